//! Does a package meet a specifier? `dep-valid.js` and `from-path.js`.

use std::{path::Path, sync::Arc};

use super::{NodeId, Tree, tree::InstallLinks};
use crate::spec::{Form, Range, Spec, SpecKind};

/// A specifier parsed once per tree; ranges are parsed with it.
#[derive(Debug)]
pub(super) struct ParsedSpec {
    pub(super) spec: Spec,
    range: Option<Range>,
}

impl ParsedSpec {
    fn new(spec: Spec) -> Self {
        let inner = match &spec.kind {
            SpecKind::Alias(inner) => inner,
            _ => &spec,
        };
        let range = match inner.kind {
            SpecKind::Range | SpecKind::Version => Range::parse(&inner.fetch_spec).ok(),
            _ => None,
        };
        Self { spec, range }
    }
}

impl Tree {
    /// True when a specifier is answered by a registry, whatever the name (`npa(spec).registry`).
    pub(super) fn is_registry_spec(&self, spec: &str) -> bool {
        if may_be_a_path(spec) {
            return Spec::resolve("name", spec, Path::new("/"))
                .is_ok_and(|spec| spec.is_registry());
        }
        self.parsed("name", spec).is_some_and(|parsed| parsed.spec.is_registry())
    }

    /// True when `child` meets `requested` as asked for by `requestor`; `accept` is an alternative.
    pub(super) fn dep_valid(
        &self,
        child: NodeId,
        requested: &str,
        accept: Option<&str>,
        requestor: NodeId,
    ) -> bool {
        self.meets(child, requested, requestor)
            || accept.is_some_and(|accept| self.meets(child, accept, requestor))
    }

    fn meets(&self, child: NodeId, requested: &str, requestor: NodeId) -> bool {
        let requested = if requested.is_empty() { "*" } else { requested };
        // Only paths depend on who asks; everything else is parsed once.
        if may_be_a_path(requested) {
            let edge = self.edge_out_named(requestor, self[child].name);
            let from = self.specifier_base(requestor, edge);
            let Ok(spec) = Spec::resolve(self.name(child), requested, Path::new(&from)) else {
                return false;
            };
            return self.meets_spec(child, &ParsedSpec::new(spec), requestor);
        }
        match self.parsed(self.name(child), requested) {
            Some(parsed) => self.meets_spec(child, &parsed, requestor),
            None => false,
        }
    }

    fn parsed(&self, name: &str, requested: &str) -> Option<Arc<ParsedSpec>> {
        if let Some(parsed) = self.specs.borrow().get(requested) {
            return Some(Arc::clone(parsed));
        }
        let spec = Spec::resolve(name, requested, Path::new("/")).ok()?;
        let parsed = Arc::new(ParsedSpec::new(spec));
        self.specs.borrow_mut().insert(Arc::from(requested), Arc::clone(&parsed));
        Some(parsed)
    }

    fn meets_spec(&self, child: NodeId, parsed: &ParsedSpec, requestor: NodeId) -> bool {
        let spec = match &parsed.spec.kind {
            SpecKind::Alias(inner) => inner.as_ref(),
            _ => &parsed.spec,
        };
        let node = &self[child];
        match &spec.kind {
            SpecKind::Range if spec.fetch_spec == "*" => true,
            SpecKind::Range | SpecKind::Version => match (&parsed.range, &self.version(child)) {
                (Some(range), Some(version)) => range.satisfies(version),
                _ => false,
            },
            SpecKind::Directory => self.meets_directory(child, spec),
            SpecKind::File => {
                !node.is_link()
                    && self.resolved(child).is_some_and(|resolved| {
                        resolved.replace('\\', "/")
                            == format!("file:{}", spec.fetch_spec.replace('\\', "/"))
                    })
            }
            SpecKind::Tag => self.resolved(child).is_some_and(|resolved| {
                Spec::parse(&resolved, Path::new("/"))
                    .is_ok_and(|spec| matches!(spec.kind, SpecKind::Remote))
            }),
            SpecKind::Remote => {
                self.resolved(child).is_some_and(|resolved| *resolved == *spec.fetch_spec)
            }
            SpecKind::Git(_) => self.meets_git(child, spec, requestor),
            SpecKind::Alias(_) => false,
        }
    }

    /// The version of a package; a link has the version of its target.
    pub fn version(&self, id: NodeId) -> Option<Arc<crate::spec::Version>> {
        self[self.target_or_self(id)].version.clone()
    }

    fn meets_directory(&self, child: NodeId, spec: &Spec) -> bool {
        let node = &self[child];
        if self.settings.install_links == InstallLinks::Pack && !self.is_workspace(child) {
            return !node.is_link();
        }
        node.is_link() && *node.realpath == *spec.fetch_spec
    }

    fn meets_git(&self, child: NodeId, spec: &Spec, requestor: NodeId) -> bool {
        let SpecKind::Git(wanted) = &spec.kind else { return false };
        let resolved = self.resolved(child).unwrap_or_default();
        let Ok(have) = Spec::parse(&resolved, Path::new("/")) else { return false };
        let committish = wanted.committish.as_deref().unwrap_or_default();
        let is_commit = (40..=64).contains(&committish.len())
            && committish.bytes().all(|byte| byte.is_ascii_hexdigit());
        let same = match &have.kind {
            SpecKind::Git(git) => match &git.hosted {
                Some(hosted) => {
                    let form = if is_commit { Form::Full } else { Form::NoCommittish };
                    wanted.hosted.as_ref().is_some_and(|w| w.ssh(form) == hosted.ssh(form))
                }
                None => have.fetch_spec == spec.fetch_spec,
            },
            _ => have.fetch_spec == spec.fetch_spec,
        };
        if !same {
            return false;
        }
        match &wanted.range {
            Some(range) => crate::spec::satisfies(self[child].version_text(), range),
            None => is_commit || self.locked_git_ref_matches(child, committish, requestor),
        }
    }

    /// A branch or tag cannot be compared with a commit offline: the lock must have asked for the same one.
    fn locked_git_ref_matches(&self, child: NodeId, wanted: &str, requestor: NodeId) -> bool {
        let Some(package) = self.locked.get(&self[requestor].location) else { return true };
        let name = self.name(child);
        let spec = [
            &package.dependencies,
            &package.optional_dependencies,
            &package.dev_dependencies,
            &package.peer_dependencies,
        ]
        .into_iter()
        .find_map(|deps| deps.get(name));
        let where_ = self[requestor].realpath.to_string();
        match spec.and_then(|spec| Spec::resolve(name, spec, Path::new(&where_)).ok()) {
            Some(Spec { kind: SpecKind::Git(locked), .. }) => {
                locked.committish.as_deref().unwrap_or_default() == wanted
            }
            _ => true,
        }
    }

    /// Whether an override of the project says what an edge asks for.
    fn is_overridden(&self, edge: super::EdgeId) -> bool {
        let rule = self[edge].overrides.and_then(|rule| self.override_sets.rule(rule));
        rule.is_some_and(|rule| rule.name == self.edge_name(edge) && !rule.value.is_empty())
    }

    /// Whether what an edge asks for is the project's own word: not where a rule has only keys (its
    /// value is `*`) or refers to what the project itself does not name, so that the dependent's own
    /// specifier holds.
    pub fn is_named_by_project(&self, edge: super::EdgeId) -> bool {
        let rule = self[edge].overrides.and_then(|rule| self.override_sets.rule(rule));
        let Some(rule) = rule.filter(|_| self.is_overridden(edge)) else { return false };
        let is_own = |reference: &str| {
            let from = self[edge].from;
            let base = from.map(|from| self[from].source_reference.unwrap_or(from));
            base.is_some_and(|base| self.dependency_named(self[base].root, reference).is_some())
        };
        rule.value != "*" && rule.value.strip_prefix('$').is_none_or(is_own)
    }

    /// The folder that a relative specifier of `node` is relative to.
    pub(super) fn specifier_base(&self, node: NodeId, edge: Option<super::EdgeId>) -> String {
        if edge.is_some_and(|edge| self.is_overridden(edge)) {
            let base = self[node].source_reference.unwrap_or(node);
            return self[self[base].root].realpath.to_string();
        }
        if let Some(resolved) = self.resolved(node)
            && resolved.starts_with("file:")
            && let Ok(spec) = Spec::parse(&resolved, Path::new("/"))
            && matches!(spec.kind, SpecKind::File)
        {
            return super::paths::dirname(&spec.fetch_spec).to_owned();
        }
        self[node].realpath.to_string()
    }
}

/// Whether a specifier may name a file or folder, so that its meaning depends on who asks.
fn may_be_a_path(spec: &str) -> bool {
    let bytes = spec.as_bytes();
    let ends_with = |ending: &[u8]| {
        let start = bytes.len().checked_sub(ending.len());
        start
            .and_then(|start| bytes.get(start..))
            .is_some_and(|end| end.eq_ignore_ascii_case(ending))
    };
    spec.starts_with("file:")
        || spec.starts_with('.')
        || spec.contains(['/', '\\'])
        || [".tgz", ".tar", ".tar.gz"].iter().any(|ending| ends_with(ending.as_bytes()))
}
