//! Packages of npm: `npm pack` makes a gzipped tar whose `package/package.json` says all that an
//! index of them tells.

use std::io::Read;

use flate2::read::MultiGzDecoder;
use serde_json::{Map, Value};

use crate::archive::{Bounded, MAX_UNPACKED_BYTES, member};
use crate::{Malformed, Result};

/// Where a package says what it is.
const MANIFEST: &str = "package/package.json";

/// The bytes that it takes to say it, at most.
pub const MAX_MANIFEST_BYTES: u64 = 1024 * 1024;

/// What a package says that it is: its `package.json`, without the spaces between.
///
/// # Errors
/// When the archive has none, or can't be read up to it; when it is no JSON object.
pub fn manifest(package: impl Read) -> Result<String> {
    within(package, MAX_UNPACKED_BYTES)
}

fn within(package: impl Read, max_unpacked_bytes: u64) -> Result<String> {
    let unpacked = Bounded::new(MultiGzDecoder::new(package), max_unpacked_bytes);
    let bytes = member(unpacked, MANIFEST, MAX_MANIFEST_BYTES)?;
    let text = String::from_utf8(bytes).map_err(|_| Malformed::NoText(MANIFEST))?;
    // Editors of Windows begin files like this, and npm does not mind.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let object: Map<String, Value> =
        serde_json::from_str(text).map_err(|error| Malformed::Json(MANIFEST, error.to_string()))?;
    Ok(Value::Object(object).to_string())
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write, repeat};

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;
    use tar::{Builder, Header};

    use super::*;

    /// What `npm pack` of npm 11 made of a small package; see `fixtures/README.md`.
    const REAL: &[u8] = include_bytes!("../fixtures/keystead-ping-1.2.0.tgz");

    fn packed(name: &str, bytes: &[u8]) -> Vec<u8> {
        let mut builder = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        let mut header = Header::new_ustar();
        header.set_size(bytes.len() as u64);
        builder.append_data(&mut header, name, bytes).unwrap();
        builder.into_inner().unwrap().finish().unwrap()
    }

    fn told(package: &[u8]) -> String {
        manifest(Cursor::new(package)).unwrap_or_else(|malformed| malformed.to_string())
    }

    #[test]
    fn a_real_package_says_what_it_is() {
        let manifest: Value = serde_json::from_str(&told(REAL)).unwrap();

        assert_eq!(manifest["name"], "@keystead/ping");
        assert_eq!(manifest["version"], "1.2.0");
        assert_eq!(manifest["dependencies"]["left-pad"], "^1.3.0");
        let keys: Vec<_> = manifest.as_object().unwrap().keys().take(2).collect();
        assert_eq!(keys, ["name", "version"]);
    }

    #[test]
    fn spaces_go_and_what_is_no_object_is_refused() {
        #[rustfmt::skip]
        let table: &[(&[u8], &str)] = &[
            (b"{ \"b\": 1,\n \"a\": \"\\u00e9\" }", "{\"b\":1,\"a\":\"é\"}"),
            ("\u{feff}{}".as_bytes(),               "{}"),
            (b"\"text\"",                           "`package/package.json` is no JSON object: "),
            (b"[]",                                 "`package/package.json` is no JSON object: "),
            (b"{",                                  "`package/package.json` is no JSON object: "),
            (b"",                                   "`package/package.json` is no JSON object: "),
            (b"{\"a\":\"\xff\"}",                   "`package/package.json` is no text in UTF-8"),
        ];
        for (bytes, expected) in table {
            let told = told(&packed(MANIFEST, bytes));
            assert!(told.starts_with(expected), "{told}");
        }
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
        assert!(told(&packed(MANIFEST, deep.as_bytes())).contains("no JSON object"));
        assert!(told(b"PK\x03\x04").contains("can't be read"));
        assert!(told(&packed("elsewhere.json", b"{}")).contains("is missing"));
    }

    #[test]
    fn a_bomb_is_left_alone() {
        let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
        let mut header = Header::new_ustar();
        header.set_path("package/filler").unwrap();
        header.set_size(8 * 1024 * 1024 * 1024 - 1);
        header.set_cksum();
        bomb.write_all(header.as_bytes()).unwrap();
        let mut filler = repeat(0).take(4 * 1024 * 1024);
        std::io::copy(&mut filler, &mut bomb).unwrap();
        let bomb = bomb.finish().unwrap();

        let told = within(Cursor::new(&bomb), 1024 * 1024).unwrap_err();

        assert!(bomb.len() < 8 * 1024, "{}", bomb.len());
        assert!(told.to_string().contains("unpacks to more than"), "{told}");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..2048)) {
            let _ = manifest(Cursor::new(&bytes));
        }

        #[test]
        fn a_real_package_that_was_changed_is_read_or_refused(
            at in 0..REAL.len(), byte in any::<u8>(), length in 0..REAL.len()
        ) {
            let mut bytes = REAL.to_vec();
            bytes[at] = byte;
            let _ = manifest(Cursor::new(&bytes));
            let _ = manifest(Cursor::new(&bytes[..length]));
        }

        #[test]
        fn any_tar_is_read_or_refused(at in 0usize..512, bytes in prop::collection::vec(any::<u8>(), 1..64)) {
            let mut tar = Vec::new();
            MultiGzDecoder::new(Cursor::new(REAL)).read_to_end(&mut tar).unwrap();
            let end = (at + bytes.len()).min(tar.len());
            tar[at..end].copy_from_slice(&bytes[..end - at]);
            let _ = member(Cursor::new(&tar), MANIFEST, MAX_MANIFEST_BYTES);
        }
    }
}
