//! Where the master key comes from: the environment, or a file that only its owner can read.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use keystead_signing::seal::MasterKeyError as Malformed;
use keystead_signing::{Entropy, MasterKey};

use crate::data_dir;

/// The environment variable that wins over the file.
pub const VARIABLE: &str = "KEYSTEAD_MASTER_KEY";

/// The file's name in the data directory.
const FILE_NAME: &str = "master.key";

/// Read and write for the owner.
const MODE: u32 = 0o600;

/// Of 32 random bytes, fewer different ones than this come up once in 10^28 keys.
const MIN_DIFFERENT_BYTES: usize = 8;

/// Why there is no usable master key.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// The variable's value is no key.
    #[error("{VARIABLE}: {0}")]
    Variable(Malformed),
    /// The file's content is no key.
    #[error("{}: {fault}", path.display())]
    Content {
        /// The key file.
        path: PathBuf,
        /// What is wrong with it.
        fault: Malformed,
    },
    /// Others can read the file.
    #[error(
        "{} can be read by others (mode {mode:03o}): run `chmod 600 {}`, and make a new key if they may have",
        path.display(), path.display()
    )]
    Exposed {
        /// The key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file can't be read or written.
    #[error("{}: {error}", path.display())]
    File {
        /// The key file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

/// The key file of a data directory.
pub fn path(data_dir: &Path) -> PathBuf {
    data_dir.join(FILE_NAME)
}

/// The key of the environment, else of the file; `None` when there is neither.
///
/// # Errors
/// When the one that counts can't be used.
pub fn load(variable: Option<&str>, data_dir: &Path) -> Result<Option<MasterKey>, MasterKeyError> {
    if let Some(text) = variable.filter(|text| !text.is_empty()) {
        return MasterKey::from_text(text)
            .map(Some)
            .map_err(MasterKeyError::Variable);
    }
    let path = path(data_dir);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => zeroize::Zeroizing::new(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(MasterKeyError::File { path, error }),
    };
    let mode = match data_dir::mode(&path) {
        Ok(mode) => mode,
        Err(error) => return Err(MasterKeyError::File { path, error }),
    };
    if mode & 0o077 != 0 {
        return Err(MasterKeyError::Exposed { path, mode });
    }
    MasterKey::from_text(&text)
        .map(Some)
        .map_err(|fault| MasterKeyError::Content { path, fault })
}

/// Makes a key and writes its file, mode 0600. When another process was faster, its key is taken.
///
/// # Errors
/// When the file can't be written.
pub fn create(data_dir: &Path, entropy: &mut dyn Entropy) -> Result<MasterKey, MasterKeyError> {
    let path = path(data_dir);
    let fresh = MasterKey::generate(entropy);
    match write_new(&path, fresh.to_hex().expose()) {
        Ok(()) => Ok(fresh),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            load(None, data_dir)?.ok_or(MasterKeyError::File { path, error })
        }
        Err(error) => Err(MasterKeyError::File { path, error }),
    }
}

/// Written elsewhere first, so that nobody ever sees half a key, then linked, which unlike a rename
/// never replaces a key that is there.
fn write_new(path: &Path, hex: &str) -> io::Result<()> {
    let draft = path.with_extension(format!("key.{}", std::process::id()));
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(MODE)
        .open(&draft)
        .and_then(|mut file| {
            writeln!(file, "{hex}")?;
            file.sync_all()
        })
        .and_then(|()| std::fs::hard_link(&draft, path));
    std::fs::remove_file(&draft)?;
    written?;
    // The name has to survive a crash too, or the database would outlive its key.
    match path.parent() {
        Some(directory) => std::fs::File::open(directory)?.sync_all(),
        None => Ok(()),
    }
}

/// Why a key looks made up rather than random, if it does.
pub fn weakness(key: &MasterKey) -> Option<&'static str> {
    let hex = key.to_hex();
    let bytes: Vec<u8> = hex
        .expose()
        .as_bytes()
        .chunks(2)
        .filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect();
    let mut different = bytes.clone();
    different.sort_unstable();
    different.dedup();
    let step = bytes[1].wrapping_sub(bytes[0]);
    if different.len() < MIN_DIFFERENT_BYTES {
        Some("the master key repeats a few bytes; make a random one with `openssl rand -hex 32`")
    } else if bytes
        .windows(2)
        .all(|pair| pair[1].wrapping_sub(pair[0]) == step)
    {
        Some("the master key counts; make a random one with `openssl rand -hex 32`")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use keystead_signing::SystemEntropy;

    use super::*;

    fn hex(key: &MasterKey) -> String {
        key.to_hex().expose().clone()
    }

    #[test]
    fn a_made_key_is_found_again_and_is_its_owners_alone() {
        let directory = tempfile::tempdir().unwrap();

        let made = create(directory.path(), &mut SystemEntropy).unwrap();
        let found = load(None, directory.path()).unwrap().unwrap();

        assert_eq!(hex(&made), hex(&found));
        assert_eq!(data_dir::mode(&path(directory.path())).unwrap(), 0o600);
        assert_eq!(
            std::fs::read_dir(directory.path()).unwrap().count(),
            1,
            "no draft is left"
        );
    }

    #[test]
    fn a_key_that_is_there_is_never_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let first = create(directory.path(), &mut SystemEntropy).unwrap();

        let second = create(directory.path(), &mut SystemEntropy).unwrap();

        assert_eq!(hex(&first), hex(&second));
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let directory = tempfile::tempdir().unwrap();
        create(directory.path(), &mut SystemEntropy).unwrap();
        let text = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

        let found = load(Some(text), directory.path()).unwrap().unwrap();

        assert_eq!(hex(&found), text);
        assert!(
            load(Some(""), directory.path()).unwrap().is_some(),
            "empty is not set"
        );
        assert!(
            load(Some("short"), directory.path())
                .unwrap_err()
                .to_string()
                .starts_with(VARIABLE)
        );
    }

    #[test]
    fn a_file_that_others_can_read_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        create(directory.path(), &mut SystemEntropy).unwrap();

        for mode in [0o640, 0o604, 0o660, 0o601] {
            let permissions = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(path(directory.path()), permissions).unwrap();
            let message = load(None, directory.path()).unwrap_err().to_string();
            assert!(
                message.contains("can be read by others"),
                "{mode:o}: {message}"
            );
            assert!(message.contains("chmod 600"), "{message}");
        }
    }

    #[test]
    fn no_key_at_all_is_no_error() {
        assert!(
            load(None, tempfile::tempdir().unwrap().path())
                .unwrap()
                .is_none()
        );
    }

    #[test]
    fn a_file_that_holds_no_key_is_named() {
        let directory = tempfile::tempdir().unwrap();
        write_new(&path(directory.path()), "not a key").unwrap();

        let message = load(None, directory.path()).unwrap_err().to_string();

        assert!(message.contains("master.key: "), "{message}");
    }

    #[test]
    fn made_up_keys_are_told_from_random_ones() {
        let counting: String = (0..32).map(|byte| format!("{byte:02x}")).collect();
        let down: String = (0..32)
            .map(|byte| format!("{:02x}", 200 - 3 * byte))
            .collect();
        let few = "0102".repeat(16);
        let weak = |text: &str| weakness(&MasterKey::from_text(text).unwrap()).is_some();

        assert!(weak(&counting) && weak(&down) && weak(&few));
        assert!(!weak(&hex(&MasterKey::generate(&mut SystemEntropy))));
    }
}
