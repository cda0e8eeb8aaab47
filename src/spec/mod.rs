//! What a dependency is asked for by: names, versions, ranges and package specs, and the
//! order npm sorts them in. Pure: nothing here reads a file or the network.
//!
//! | question | answered by | npm's source |
//! |---|---|---|
//! | which of two names comes first | [`collate`] | `String.prototype.localeCompare(…, 'en')` |
//! | is this a package name, and safe as a folder | [`PackageName`] | validate-npm-package-name 7 |
//! | is this version newer | [`Version`] | semver 7.8 `classes/semver.js` |
//! | does it satisfy this range | [`Range`], [`satisfies`] | semver 7.8 `classes/range.js` |
//! | what does `name@spec` point at | [`Spec`] | npm-package-arg 13 |
//! | which git host is that, and its URLs | [`Hosted`] | hosted-git-info 9 |

mod collation;
mod comparator;
mod hosted;
mod lexical;
mod name;
mod range;
#[allow(
    clippy::module_inception,
    reason = "a spec is what npm-package-arg calls its result, and it is the heart of this module"
)]
mod spec;
mod subset;
mod uri;
mod version;
mod xrange;

pub use collation::collate;
pub use hosted::{Form, GitHost, Hosted, Representation};
pub use name::{NameError, PackageName, name_from_folder, name_problems};
pub use range::{Prereleases, Range, RangeError, RangeOptions, Syntax, intersects, satisfies};
pub use spec::{GitSpec, Spec, SpecError, SpecKind};
pub use version::{Version, VersionError, eq, gt, gte, plain_numbers};
