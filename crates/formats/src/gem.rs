//! Packages of RubyGems: a tar whose `metadata.gz` is a gzipped gemspec.

use std::io::{Cursor, Read};

use flate2::read::MultiGzDecoder;

use crate::archive::{Bounded, MAX_UNPACKED_BYTES, member};
use crate::gemspec::Gemspec;
use crate::{Malformed, Result};

/// Where a package says what it is.
const METADATA: &str = "metadata.gz";

/// The bytes of a gemspec, at most.
pub const MAX_GEMSPEC_BYTES: u64 = 1024 * 1024;

/// What a package says that it is: its gemspec as it stands there, and as it was understood.
///
/// # Errors
/// When the archive has none, or can't be read up to it; when it is no gemspec.
pub fn gemspec(package: impl Read) -> Result<(String, Gemspec)> {
    let bounded = Bounded::new(package, MAX_UNPACKED_BYTES);
    // What is packed is never longer than what it is unpacked to, but for a few bytes.
    let packed = member(bounded, METADATA, MAX_GEMSPEC_BYTES)?;
    let mut bytes = Vec::new();
    Bounded::new(MultiGzDecoder::new(Cursor::new(packed)), MAX_GEMSPEC_BYTES)
        .read_to_end(&mut bytes)?;
    let text = String::from_utf8(bytes).map_err(|_| Malformed::NoText(METADATA))?;
    let gemspec = Gemspec::parse(&text)?;
    Ok((text, gemspec))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;
    use tar::{Builder, Header};

    use super::*;

    /// What `gem build` of RubyGems 3.3 made; see `fixtures/README.md`.
    const REAL: &[u8] = include_bytes!("../fixtures/ping-1.2.0.gem");
    const JAVA: &[u8] = include_bytes!("../fixtures/ping-2.0.0.pre.beta.1-java.gem");

    fn built(name: &str, gemspec: &[u8]) -> Vec<u8> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(gemspec).unwrap();
        let packed = packed.finish().unwrap();
        let mut builder = Builder::new(Vec::new());
        let mut header = Header::new_ustar();
        header.set_size(packed.len() as u64);
        builder.append_data(&mut header, name, &packed[..]).unwrap();
        builder.into_inner().unwrap()
    }

    fn told(package: &[u8]) -> String {
        match gemspec(Cursor::new(package)) {
            Ok((_, gemspec)) => {
                format!("{} {} {}", gemspec.name, gemspec.version, gemspec.platform)
            }
            Err(malformed) => malformed.to_string(),
        }
    }

    #[test]
    fn real_gems_say_what_they_are() {
        assert_eq!(told(REAL), "ping 1.2.0 ruby");
        assert_eq!(told(JAVA), "ping 2.0.0.pre.beta.1 java");
        let (text, _) = gemspec(Cursor::new(REAL)).unwrap();
        assert!(text.starts_with("--- !ruby/object:Gem::Specification\nname: ping\n"));
    }

    #[test]
    fn what_is_no_gem_is_refused_with_the_reason() {
        let long = format!("# {}\n", "x".repeat(1024 * 1024));
        #[rustfmt::skip]
        let table: &[(Vec<u8>, &str)] = &[
            (built("metadata", b""),              "`metadata.gz` is missing"),
            (built(METADATA, b"\xff"),            "`metadata.gz` is no text in UTF-8"),
            (built(METADATA, b"a: ["),            "the gemspec is no YAML that can be read: "),
            (built(METADATA, b"name: ping\n"),    "the gemspec's "),
            (built(METADATA, long.as_bytes()),    "the archive can't be read: it unpacks to more than 1048576 bytes"),
            (b"PK\x03\x04".to_vec(),              "the archive can't be read: "),
            (Vec::new(),                          "`metadata.gz` is missing"),
        ];
        for (package, expected) in table {
            let told = told(package);
            assert!(told.starts_with(expected), "{told}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..2048)) {
            let _ = gemspec(Cursor::new(&bytes));
            let _ = gemspec(Cursor::new(built(METADATA, &bytes)));
        }

        #[test]
        fn a_real_gem_that_was_changed_is_read_or_refused(
            at in 0..REAL.len(), byte in any::<u8>(), length in 0..REAL.len()
        ) {
            let mut bytes = REAL.to_vec();
            bytes[at] = byte;
            let _ = gemspec(Cursor::new(&bytes));
            let _ = gemspec(Cursor::new(&bytes[..length]));
        }

        #[test]
        fn a_real_gemspec_that_was_changed_is_read_or_refused(
            at in any::<prop::sample::Index>(), with in "[-:&*!|>\\[\\]{}, \n'\"a0]{1,8}"
        ) {
            let (mut text, _) = gemspec(Cursor::new(JAVA)).unwrap();
            let places: Vec<usize> = text.char_indices().map(|(place, _)| place).collect();
            text.insert_str(*at.get(&places), &with);
            let _ = Gemspec::parse(&text);
        }
    }
}
