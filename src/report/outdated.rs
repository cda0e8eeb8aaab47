//! `denpm outdated`: table, `--parseable` and `--json` (npm's `lib/commands/outdated.js`).

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::{
    Detail,
    styled::{Line, Style, Text},
};

/// One outdated dependency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutdatedRow {
    /// The dependency's name; for an alias `alias:name@range`, as npm writes it.
    pub name: String,
    /// Absolute path of the installed package; `None` when it is missing.
    pub path: Option<String>,
    /// The manifest key it is declared under, for example `devDependencies`.
    pub kind: &'static str,
    /// The installed version; `None` when it is missing.
    pub current: Option<String>,
    /// Path of the installed package from the project.
    pub location: Option<String>,
    /// The newest version in the range.
    pub wanted: String,
    /// The version `latest` points at.
    pub latest: String,
    /// `name@version` of the dependent when it is a workspace.
    pub workspace_dependent: Option<String>,
    /// The dependent's path from the project, or `global`.
    pub depended_by_location: String,
    /// The dependent's name, or `global`.
    pub dependent: String,
    /// The package's home page.
    pub homepage: Option<String>,
}

/// Sorts as npm: by name, then by dependent. `collate` is `spec::collate`.
pub fn sort(rows: &mut [OutdatedRow], collate: fn(&str, &str) -> Ordering) {
    rows.sort_by(|a, b| {
        collate(&a.name, &b.name).then_with(|| collate(&a.dependent, &b.dependent))
    });
}

/// The table; no lines when nothing is outdated.
pub fn table(rows: &[OutdatedRow], detail: Detail) -> Text {
    if rows.is_empty() {
        return Text::new();
    }
    let mut headings = vec!["Package", "Current", "Wanted", "Latest", "Location", "Depended by"];
    if detail == Detail::Long {
        headings.extend(["Package Type", "Homepage", "Depended By Location"]);
    }
    let heading = |text| Line::new().styled(Style::BoldUnderline, text);
    let mut cells = vec![headings.into_iter().map(heading).collect()];
    cells.extend(rows.iter().map(|row| row_cells(row, detail)));
    aligned(&cells)
}

fn row_cells(row: &OutdatedRow, detail: Detail) -> Vec<Line> {
    let is_wanted = row.current.as_deref() == Some(row.wanted.as_str());
    let name = if is_wanted { Style::Yellow } else { Style::Red };
    let dependent = match &row.workspace_dependent {
        Some(id) => Line::new().styled(Style::Blue, id),
        None => Line::new().plain(&row.dependent),
    };
    let mut cells = vec![
        Line::new().styled(name, &row.name),
        Line::new().plain(row.current.as_deref().unwrap_or("MISSING")),
        Line::new().styled(Style::Cyan, &row.wanted),
        Line::new().styled(Style::Blue, &row.latest),
        Line::new().plain(row.location.as_deref().unwrap_or("-")),
        dependent,
    ];
    if detail == Detail::Long {
        cells.push(Line::new().own(row.kind));
        cells.push(Line::new().styled(Style::Blue, row.homepage.as_deref().unwrap_or_default()));
        cells.push(Line::new().plain(&row.depended_by_location));
    }
    cells
}

/// Columns two spaces apart; versions to the right, all else to the left; nothing after the last word.
fn aligned(rows: &[Vec<Line>]) -> Text {
    const RIGHT: std::ops::RangeInclusive<usize> = 1..=3;
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width_of = |column| {
        rows.iter()
            .filter_map(|row: &Vec<Line>| row.get(column))
            .map(Line::width)
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width_of).collect();
    rows.iter()
        .map(|row| {
            let mut line = Line::new();
            let mut gap = 0;
            for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
                let space = width - cell.width().min(*width);
                let (before, after) = if RIGHT.contains(&column) { (space, 0) } else { (0, space) };
                gap += before;
                if !cell.is_empty() {
                    line = line.exact(&" ".repeat(gap)).join(cell.clone());
                    gap = 0;
                }
                gap += after + 2;
            }
            line
        })
        .collect()
}

/// `--parseable`: path, wanted, current, latest and dependent, with `:` between them.
pub fn parseable(rows: &[OutdatedRow], detail: Detail) -> Text {
    let line = |row: &OutdatedRow| {
        let current = row.current.as_ref().map(|version| format!("{}@{version}", row.name));
        let mut fields = vec![
            row.path.clone().unwrap_or_default(),
            format!("{}@{}", row.name, row.wanted),
            current.unwrap_or_else(|| "MISSING".to_owned()),
            format!("{}@{}", row.name, row.latest),
            row.dependent.clone(),
        ];
        if detail == Detail::Long {
            fields.push(row.kind.to_owned());
            fields.push(row.homepage.clone().unwrap_or_default());
            fields.push(row.depended_by_location.clone());
        }
        Line::new().exact(&fields.join(":"))
    };
    rows.iter().map(line).collect()
}

/// `--json`: one object keyed by name; a name with several dependents holds an array.
pub fn to_json(rows: &[OutdatedRow], detail: Detail) -> Value {
    let mut object = Map::new();
    for row in rows {
        let entry = Value::Object(json_row(row, detail));
        match object.get_mut(&row.name) {
            None => drop(object.insert(row.name.clone(), entry)),
            Some(Value::Array(entries)) => entries.push(entry),
            Some(first) => *first = Value::Array(vec![first.take(), entry]),
        }
    }
    Value::Object(object)
}

fn json_row(row: &OutdatedRow, detail: Detail) -> Map<String, Value> {
    let mut fields = vec![
        ("current", row.current.as_deref()),
        ("wanted", Some(row.wanted.as_str())),
        ("latest", Some(row.latest.as_str())),
        ("dependent", Some(row.dependent.as_str())),
        ("location", row.path.as_deref()),
    ];
    if detail == Detail::Long {
        fields.push(("type", Some(row.kind)));
        fields.push(("homepage", row.homepage.as_deref()));
        fields.push(("dependedByLocation", Some(&row.depended_by_location)));
    }
    fields.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?.into()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<OutdatedRow> {
        let dep = |name: &str, current: Option<&str>, dependent: &str| OutdatedRow {
            name: name.into(),
            path: current.map(|_| format!("/p/node_modules/{name}")),
            kind: "dependencies",
            current: current.map(Into::into),
            location: current.map(|_| format!("node_modules/{name}")),
            wanted: "1.10.0".into(),
            latest: "2.0.0".into(),
            dependent: dependent.into(),
            ..OutdatedRow::default()
        };
        let mut rows = vec![
            dep("zed", None, "project"),
            dep("alpha", Some("1.2.3"), "project"),
            dep("alpha", Some("1.10.0"), "app"),
        ];
        sort(&mut rows, Ord::cmp);
        rows
    }

    #[test]
    fn table_of_rows_is_npms() {
        insta::assert_snapshot!(table(&rows(), Detail::Short).plain_lines().join("\n"), @"
        Package  Current  Wanted  Latest  Location            Depended by
        alpha     1.10.0  1.10.0   2.0.0  node_modules/alpha  app
        alpha      1.2.3  1.10.0   2.0.0  node_modules/alpha  project
        zed      MISSING  1.10.0   2.0.0  -                   project
        ");
    }

    #[test]
    fn table_long_without_homepage_keeps_columns() {
        insta::assert_snapshot!(table(&rows(), Detail::Long).plain_lines().join("\n"), @"
        Package  Current  Wanted  Latest  Location            Depended by  Package Type  Homepage  Depended By Location
        alpha     1.10.0  1.10.0   2.0.0  node_modules/alpha  app          dependencies
        alpha      1.2.3  1.10.0   2.0.0  node_modules/alpha  project      dependencies
        zed      MISSING  1.10.0   2.0.0  -                   project      dependencies
        ");
    }

    #[test]
    fn table_of_nothing_is_empty() {
        assert_eq!(table(&[], Detail::Short), Text::new());
    }

    #[test]
    fn parseable_missing_package_has_no_path() {
        insta::assert_snapshot!(parseable(&rows(), Detail::Short).plain_lines().join("\n"), @"
        /p/node_modules/alpha:alpha@1.10.0:alpha@1.10.0:alpha@2.0.0:app
        /p/node_modules/alpha:alpha@1.10.0:alpha@1.2.3:alpha@2.0.0:project
        :zed@1.10.0:MISSING:zed@2.0.0:project
        ");
    }

    #[test]
    fn json_of_one_name_twice_is_an_array() {
        insta::assert_json_snapshot!(to_json(&rows(), Detail::Short), @r#"
        {
          "alpha": [
            {
              "current": "1.10.0",
              "wanted": "1.10.0",
              "latest": "2.0.0",
              "dependent": "app",
              "location": "/p/node_modules/alpha"
            },
            {
              "current": "1.2.3",
              "wanted": "1.10.0",
              "latest": "2.0.0",
              "dependent": "project",
              "location": "/p/node_modules/alpha"
            }
          ],
          "zed": {
            "wanted": "1.10.0",
            "latest": "2.0.0",
            "dependent": "project"
          }
        }
        "#);
    }
}
