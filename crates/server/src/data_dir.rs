//! The data directory: made on first run, readable by its owner alone.

use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;

/// Read, write and enter for the owner.
const MODE: u32 = 0o700;

/// Makes the directory with mode 0700, unless it is there already.
///
/// # Errors
/// When it can't be made, or something else has its name.
pub fn ensure(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(MODE)
        .create(path)
}

/// The permission bits of a file or directory.
///
/// # Errors
/// When it isn't there or can't be looked at.
pub fn mode(path: &Path) -> io::Result<u32> {
    Ok(std::fs::metadata(path)?.permissions().mode() & 0o777)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_directory_is_its_owners_alone() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("deep/data");

        ensure(&path).unwrap();

        assert_eq!(mode(&path).unwrap(), 0o700);
        ensure(&path).unwrap();
    }

    #[test]
    fn a_file_in_its_place_is_an_error() {
        let file = tempfile::NamedTempFile::new().unwrap();

        assert!(ensure(file.path()).is_err());
    }
}
