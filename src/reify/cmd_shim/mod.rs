//! The three shims that stand for a bin on Windows: `x` (sh), `x.cmd`, `x.ps1`. Pure text.
//!
//! Byte for byte what npm's `cmd-shim/lib/index.js` and `to-batch-syntax.js` write.

use std::fmt::Write as _;

/// The texts of the three shims of one command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shims {
    /// For sh: Git Bash, Cygwin, MSYS.
    pub sh: String,
    /// For cmd.exe.
    pub cmd: String,
    /// For PowerShell.
    pub ps1: String,
}

impl Shims {
    /// Suffix and text of each file.
    pub fn files(&self) -> [(&'static str, &str); 3] {
        [("", &self.sh), (".cmd", &self.cmd), (".ps1", &self.ps1)]
    }
}

/// What a shebang line asks for.
#[derive(Debug, PartialEq, Eq)]
struct Shebang<'a> {
    /// `A=b ` assignments behind `env`, each followed by white space.
    variables: &'a str,
    program: &'a str,
    /// The rest of the line, leading white space included.
    arguments: &'a str,
}

/// The shims for the file at `target`, a `/`-separated path relative to the shims' folder, with the given content.
pub fn shims(target: &str, content: &[u8]) -> Shims {
    let first = content.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty());
    let line = String::from_utf8_lossy(first.unwrap_or_default()).trim().to_owned();
    let shebang = parse_shebang(&line);
    Shims {
        sh: sh_shim(target, shebang.as_ref()),
        cmd: cmd_shim(target, shebang.as_ref()),
        ps1: ps1_shim(target, shebang.as_ref()),
    }
}

fn parse_shebang(line: &str) -> Option<Shebang<'_>> {
    let blank = |c: char| c == ' ' || c == '\t';
    let mut rest = line.strip_prefix("#!")?.trim_start();
    let mut variables = "";
    if let Some(behind) =
        rest.strip_prefix("/usr/bin/env").filter(|behind| behind.starts_with(blank))
    {
        let behind = behind.trim_start();
        rest = behind
            .strip_prefix("-S")
            .filter(|more| more.starts_with(blank))
            .map_or(behind, str::trim_start);
        let start = rest;
        while let Some((word, behind)) = rest.split_once(blank) {
            match word.split_once('=') {
                Some((name, value))
                    if !name.is_empty() && !value.is_empty() && !value.contains('=') =>
                {
                    rest = behind.trim_start();
                }
                _ => break,
            }
        }
        variables = start.get(..start.len() - rest.len()).unwrap_or_default();
    }
    let end = rest.find(blank).unwrap_or(rest.len());
    let (program, arguments) = rest.split_at_checked(end)?;
    (!program.is_empty()).then_some(Shebang { variables, program, arguments })
}

fn sh_shim(target: &str, shebang: Option<&Shebang<'_>>) -> String {
    let mut text = String::from(concat!(
        "#!/bin/sh\n",
        "basedir=$(dirname \"$(echo \"$0\" | sed -e 's,\\\\,/,g')\")\n",
        "\n",
        "case `uname` in\n",
        "    *CYGWIN*|*MINGW*|*MSYS*)\n",
        "        if command -v cygpath > /dev/null 2>&1; then\n",
        "            basedir=`cygpath -w \"$basedir\"`\n",
        "        fi\n",
        "    ;;\n",
        "esac\n",
        "\n",
    ));
    let target = format!("\"$basedir/{target}\"");
    match shebang {
        Some(Shebang { variables, program, arguments }) => {
            let (unix, arguments) = (program.replace('\\', "/"), arguments.trim());
            push(&mut text, format_args!("if [ -x \"$basedir/{program}\" ]; then\n"));
            push(
                &mut text,
                format_args!(
                    "  exec {variables}\"$basedir/{program}\" {arguments} {target} \"$@\"\nelse \n"
                ),
            );
            push(
                &mut text,
                format_args!("  exec {variables}{unix} {arguments} {target} \"$@\"\nfi\n"),
            );
        }
        None => push(&mut text, format_args!("exec {target}   \"$@\"\n")),
    }
    text
}

fn cmd_shim(target: &str, shebang: Option<&Shebang<'_>>) -> String {
    let mut text = String::from(concat!(
        "@ECHO off\r\n",
        "GOTO start\r\n",
        ":find_dp0\r\n",
        "SET dp0=%~dp0\r\n",
        "EXIT /b\r\n",
        ":start\r\n",
        "SETLOCAL\r\n",
        "CALL :find_dp0\r\n",
    ));
    let target = format!("\"%dp0%\\{}\"", target.replace('/', "\\"));
    match shebang {
        Some(Shebang { variables, program, arguments }) => {
            text.push_str(&set_commands(variables));
            let bare = program.trim_matches('"');
            push(&mut text, format_args!("\r\nIF EXIST \"%dp0%\\{program}.exe\" (\r\n"));
            push(&mut text, format_args!("  SET \"_prog=%dp0%\\{program}.exe\"\r\n) ELSE (\r\n"));
            push(
                &mut text,
                format_args!(
                    "  SET \"_prog={bare}\"\r\n  SET PATHEXT=%PATHEXT:;.JS;=;%\r\n)\r\n\r\n"
                ),
            );
            // Leaves the batch context first, so that Ctrl-C does not ask "Terminate batch job?".
            text.push_str("endLocal & goto #_undefined_# 2>NUL || title %COMSPEC% & ");
            push(&mut text, format_args!("\"%_prog%\" {} {target} %*\r\n", arguments.trim()));
        }
        None => push(&mut text, format_args!("{target}   %*\r\n")),
    }
    text
}

fn ps1_shim(target: &str, shebang: Option<&Shebang<'_>>) -> String {
    let mut text = String::from(concat!(
        "#!/usr/bin/env pwsh\n",
        "$basedir=Split-Path $MyInvocation.MyCommand.Definition -Parent\n",
        "\n",
        "$exe=\"\"\n",
        "if ($PSVersionTable.PSVersion -lt \"6.0\" -or $IsWindows) {\n",
        "  # Fix case when both the Windows and Linux builds of Node\n",
        "  # are installed in the same directory\n",
        "  $exe=\".exe\"\n",
        "}\n",
    ));
    let target = format!("\"$basedir/{target}\"");
    let Some(Shebang { program, arguments, .. }) = shebang else {
        push_pipe(&mut text, "", &format!("{target}  "));
        text.push_str("exit $LASTEXITCODE\n");
        return text;
    };
    let (unix, arguments) = (program.replace('\\', "/"), arguments.trim());
    push(&mut text, format_args!("$ret=0\nif (Test-Path \"$basedir/{program}$exe\") {{\n"));
    push_pipe(&mut text, "  ", &format!("\"$basedir/{program}$exe\" {arguments} {target}"));
    text.push_str("  $ret=$LASTEXITCODE\n} else {\n");
    push_pipe(&mut text, "  ", &format!("\"{unix}$exe\" {arguments} {target}"));
    text.push_str("  $ret=$LASTEXITCODE\n}\nexit $ret\n");
    text
}

fn push_pipe(text: &mut String, indent: &str, call: &str) {
    push(text, format_args!("{indent}# Support pipeline input\n"));
    push(text, format_args!("{indent}if ($MyInvocation.ExpectingInput) {{\n"));
    push(text, format_args!("{indent}  $input | & {call} $args\n{indent}}} else {{\n"));
    push(text, format_args!("{indent}  & {call} $args\n{indent}}}\n"));
}

/// `A=b C=$D` as `@SET` lines, `$D` and `${D}` as `%D%`.
fn set_commands(variables: &str) -> String {
    let mut lines = String::new();
    for (name, value) in variables.split_whitespace().filter_map(|word| word.split_once('=')) {
        push(&mut lines, format_args!("@SET {name}={}\r\n", percent_pairs(value)));
    }
    lines
}

fn percent_pairs(value: &str) -> String {
    let mut result = String::new();
    let mut rest = value;
    while let Some((before, behind)) = rest.split_once('$') {
        result.push_str(before);
        let inner = behind.strip_prefix('{').unwrap_or(behind);
        let end = inner.find(|c: char| "$@#?- \t{}:".contains(c)).unwrap_or(inner.len());
        match inner.split_at_checked(end) {
            Some((name, after)) if !name.is_empty() => {
                push(&mut result, format_args!("%{name}%"));
                rest = after.strip_prefix('}').unwrap_or(after);
            }
            _ => {
                result.push('$');
                rest = behind;
            }
        }
    }
    result + rest
}

fn push(text: &mut String, what: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _written = text.write_fmt(what);
}

#[cfg(test)]
mod tests;
