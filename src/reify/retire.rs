//! npm's name for a package folder that is moved out of the way.

use std::path::{Path, PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha1::{Digest as _, Sha1};

/// Where npm parks the folder `from` while it replaces it: `.name-XXXXXXXX` beside it, where
/// the suffix is the first eight alphanumerics of base64(sha1(`from`)).
///
/// A killed npm leaves such folders behind; knowing their name is what lets us remove them.
/// `None` when `from` has no file name or is not UTF-8. Source: arborist's `retire-path.js`.
pub fn retire_path(from: &Path) -> Option<PathBuf> {
    let name = from.file_name()?.to_str()?;
    let digest = STANDARD.encode(Sha1::digest(from.to_str()?.as_bytes()));
    let suffix: String = digest.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
    Some(from.with_file_name(format!(".{name}-{suffix}")))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn retire_path_is_the_one_npm_uses() {
        let retired = |path: &str| retire_path(Path::new(path)).unwrap();
        assert_eq!(
            retired("/p/node_modules/lodash"),
            Path::new("/p/node_modules/.lodash-Gd1WyfEL")
        );
        assert_eq!(retired("/p/node_modules/@s/x"), Path::new("/p/node_modules/@s/.x-aRdF1czD"));
    }

    #[test]
    fn retire_path_of_the_root_folder_is_none() {
        assert_eq!(retire_path(Path::new("/")), None);
    }
}
