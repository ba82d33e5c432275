//! Finding one file in a tar archive: in one pass, without unpacking the others anywhere.

use std::fmt;
use std::io::{self, Read};

use tar::PaxExtensions;

use crate::{Malformed, Result};

/// The bytes that a compressed archive may unpack to before the file is found that is looked for.
/// Packages of 32 MiB are seldom ten times as large when unpacked, and bombs a thousand times.
pub const MAX_UNPACKED_BYTES: u64 = 512 * 1024 * 1024;

/// The bytes of a header that says the name of the file after it.
const MAX_NAME_BYTES: u64 = 64 * 1024;

/// More bytes came than may.
#[derive(Debug)]
struct Overflow(u64);

impl fmt::Display for Overflow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it unpacks to more than {} bytes", self.0)
    }
}

impl std::error::Error for Overflow {}

/// A reader that fails when more bytes come than may, where `Read::take` would call it the end.
#[derive(Debug)]
pub struct Bounded<R> {
    inner: R,
    left: u64,
    max: u64,
}

impl<R: Read> Bounded<R> {
    /// No more than `max` bytes of `inner`.
    pub fn new(inner: R, max: u64) -> Self {
        Self {
            inner,
            left: max,
            max,
        }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.left == 0 {
            return match self.inner.read(&mut [0])? {
                0 => Ok(0),
                _ => Err(io::Error::other(Overflow(self.max))),
            };
        }
        let most = usize::try_from(self.left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let read = self.inner.read(&mut buffer[..most])?;
        self.left -= read as u64;
        Ok(read)
    }
}

/// The bytes of the first file with exactly this name. Nothing is read beyond it.
///
/// Names are told apart as tar does: those that a header before the file says count, whether in the
/// way of POSIX or of GNU.
///
/// # Errors
/// When there is none, it is no file or larger than `max_bytes`, or the archive can't be read up to
/// its end.
pub fn member(archive: impl Read, name: &'static str, max_bytes: u64) -> Result<Vec<u8>> {
    let mut archive = tar::Archive::new(archive);
    let mut said: Option<Vec<u8>> = None;
    // Raw, as the crate would read names of any length into memory.
    for entry in archive.entries()?.raw(true) {
        let mut entry = entry?;
        let kind = entry.header().entry_type();
        if kind.is_pax_local_extensions() {
            let records = small(&mut entry)?;
            said = pax_path(&records)?.or(said);
            continue;
        }
        if kind.is_gnu_longname() {
            let mut path = small(&mut entry)?;
            path.truncate(
                path.iter()
                    .position(|byte| *byte == 0)
                    .unwrap_or(path.len()),
            );
            said = Some(path);
            continue;
        }
        if kind.is_gnu_longlink() || kind.is_pax_global_extensions() {
            continue;
        }
        let path = said.take();
        let path = path.unwrap_or_else(|| entry.header().path_bytes().into_owned());
        if path != name.as_bytes() {
            continue;
        }
        if !kind.is_file() {
            return Err(Malformed::NoFile(name));
        }
        if entry.size() > max_bytes {
            return Err(Malformed::TooLarge(name, max_bytes));
        }
        return Ok(whole(&mut entry)?);
    }
    Err(Malformed::Missing(name))
}

/// The path that records before a file say, if they do.
fn pax_path(records: &[u8]) -> io::Result<Option<Vec<u8>>> {
    let mut path = None;
    for record in PaxExtensions::new(records) {
        let record = record?;
        if record.key_bytes() == b"path" {
            path = Some(record.value_bytes().to_vec());
        }
    }
    Ok(path)
}

fn small<R: Read>(entry: &mut tar::Entry<'_, R>) -> io::Result<Vec<u8>> {
    match entry.size() {
        size if size > MAX_NAME_BYTES => Err(io::Error::other("a file's name is too long")),
        _ => whole(entry),
    }
}

/// All bytes of an entry, whose size was looked at.
fn whole<R: Read>(entry: &mut tar::Entry<'_, R>) -> io::Result<Vec<u8>> {
    let size = entry.size();
    let mut bytes = Vec::new();
    entry.read_to_end(&mut bytes)?;
    match bytes.len() as u64 == size {
        true => Ok(bytes),
        false => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use tar::{Builder, EntryType, Header};

    use super::*;

    const NAME: &str = "package/package.json";

    /// Name, kind, bytes.
    type Entry<'a> = (&'a str, EntryType, &'a [u8]);

    /// An archive of these entries.
    fn archive(entries: &[Entry<'_>]) -> Vec<u8> {
        let mut builder = Builder::new(Vec::new());
        for (name, kind, bytes) in entries {
            let mut header = Header::new_ustar();
            header.set_entry_type(*kind);
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            builder.append_data(&mut header, name, *bytes).unwrap();
        }
        builder.into_inner().unwrap()
    }

    fn read(archive: &[u8]) -> Result<Vec<u8>> {
        member(Cursor::new(archive), NAME, 16)
    }

    #[test]
    fn the_first_file_of_the_name_is_found_and_no_other() {
        use EntryType::{Directory, Regular, Symlink};
        let table: &[(&[Entry<'_>], &str)] = &[
            (&[("a", Regular, b"no"), (NAME, Regular, b"{}")], "{}"),
            (&[(NAME, Regular, b"one"), (NAME, Regular, b"two")], "one"),
            (
                &[("package.json", Regular, b"{}")],
                "`package/package.json` is missing",
            ),
            (
                &[("package/package.json.bak", Regular, b"{}")],
                "`package/package.json` is missing",
            ),
            (&[], "`package/package.json` is missing"),
            (
                &[(NAME, Directory, b"")],
                "`package/package.json` is no regular file",
            ),
            (
                &[(NAME, Symlink, b"")],
                "`package/package.json` is no regular file",
            ),
            (
                &[(NAME, Regular, &[b' '; 17])],
                "`package/package.json` has more than 16 bytes",
            ),
        ];
        for (entries, expected) in table {
            let told = match read(&archive(entries)) {
                Ok(bytes) => String::from_utf8(bytes).unwrap(),
                Err(malformed) => malformed.to_string(),
            };
            assert_eq!(told, *expected);
        }
    }

    #[test]
    fn a_name_that_is_said_before_the_file_is_the_files() {
        use EntryType::{GNULongName, Regular, XHeader};
        let pax = b"30 path=package/package.json\n\n";
        let long = b"package/package.json\0";
        for (kind, bytes) in [(XHeader, &pax[..29]), (GNULongName, &long[..])] {
            let record = format!("{} path={NAME}\n", 7 + NAME.len() + 2);
            let bytes = match kind {
                XHeader => record.as_bytes(),
                _ => bytes,
            };
            let said = archive(&[("x", kind, bytes), ("other", Regular, b"{}")]);
            assert_eq!(read(&said).unwrap(), b"{}");
            let elsewhere = archive(&[("x", GNULongName, b"other\0"), (NAME, Regular, b"{}")]);
            assert!(matches!(read(&elsewhere), Err(Malformed::Missing(_))));
        }
    }

    #[test]
    fn what_breaks_off_is_no_archive() {
        let archive = archive(&[
            ("a", EntryType::Regular, b"no"),
            (NAME, EntryType::Regular, b"{}"),
        ]);

        for length in [1, 511, 513, 1024 + 511, 1537] {
            assert!(read(&archive[..length]).is_err(), "{length}");
        }
        let mut changed = archive;
        changed[1] ^= 1;
        assert!(matches!(read(&changed), Err(Malformed::Archive(_))));
    }

    #[test]
    fn a_name_as_long_as_a_file_is_refused() {
        let name = vec![b'a'; 70_000];
        let archive = archive(&[("x", EntryType::GNULongName, &name)]);

        assert!(matches!(read(&archive), Err(Malformed::Archive(_))));
    }

    #[test]
    fn what_is_bounded_ends_or_fails() {
        let text = |bytes: &[u8], max| {
            let mut text = String::new();
            let read = Bounded::new(Cursor::new(bytes), max).read_to_string(&mut text);
            read.map(|_| text).map_err(|error| error.to_string())
        };

        assert_eq!(text(b"four", 4), Ok("four".to_owned()));
        let refused = Err("it unpacks to more than 4 bytes".to_owned());
        assert_eq!(text(b"fives", 4), refused);
    }
}
