//! What a package says about itself: one version's manifest, all versions' packument, and the
//! `package.json` file a person keeps. Pure: bytes in, values and bytes out.
//!
//! | question | answered by | npm's source |
//! |---|---|---|
//! | what does this version depend on, run, install | [`Manifest`] | @npmcli/package-json 7 `normalize` |
//! | which versions exist, and since when | [`Packument`] | the registry's document, read lazily |
//! | what does this file say, and how is it written back | [`PackageJson`] | @npmcli/package-json 7 |
//! | how is JSON written so that npm would change no byte | [`render_json`] | ECMA-262 `JSON.stringify` |

mod bin;
mod json;
#[allow(clippy::module_inception, reason = "a manifest is what npm calls one version of a package")]
mod manifest;
mod package_json;
mod packument;
mod string_map;
mod time;

pub use bin::secured_path;
pub use json::{
    Json, JsonFormat, JsonParseError, Members, detect_format, members, parse_json, render_json,
    render_json_sorted,
};
pub use manifest::{Deps, Dist, Manifest, ManifestError, Signature, is_truthy};
pub use package_json::{PackageJson, PackageJsonError};
pub use packument::{Document, Excerpt, Packument, PackumentError, Release};
pub use string_map::StringMap;
pub use time::parse_epoch_ms;
