//! What the checksum of a file says, which its maker wrote as a free text (distribution reference
//! §9.1).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A digest whose algorithm is told by its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// 16 bytes.
    Md5,
    /// 20 bytes.
    Sha1,
    /// 28 bytes.
    Sha224,
    /// 32 bytes.
    Sha256,
    /// 48 bytes.
    Sha384,
    /// 64 bytes.
    Sha512,
}

impl Algorithm {
    fn of(bytes: usize) -> Option<Self> {
        Some(match bytes {
            16 => Self::Md5,
            20 => Self::Sha1,
            28 => Self::Sha224,
            32 => Self::Sha256,
            48 => Self::Sha384,
            64 => Self::Sha512,
            _ => return None,
        })
    }

    /// Its name, as clients of packages spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha224 => "sha224",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }
}

/// How a digest was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Two digits a byte.
    Hex,
    /// Padded.
    Base64,
}

/// A checksum that is a digest of a known length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checksum<'a> {
    /// What it was made by.
    pub algorithm: Algorithm,
    /// How it was written.
    pub encoding: Encoding,
    /// The digits, as they were written, without `0x`.
    pub text: &'a str,
}

impl<'a> Checksum<'a> {
    /// The digest that a text is: digits of a hexadecimal number, or else base64.
    pub fn parse(text: &'a str) -> Option<Self> {
        let digits = text.strip_prefix("0x").unwrap_or(text);
        if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            let algorithm =
                Algorithm::of(digits.len() / 2).filter(|_| digits.len().is_multiple_of(2))?;
            return Some(Self {
                algorithm,
                encoding: Encoding::Hex,
                text: digits,
            });
        }
        let bytes = STANDARD.decode(text).ok()?;
        Some(Self {
            algorithm: Algorithm::of(bytes.len())?,
            encoding: Encoding::Base64,
            text,
        })
    }

    /// The algorithm's name and the digits, if they are hexadecimal.
    pub fn hex(&self) -> Option<(&'static str, &'a str)> {
        (self.encoding == Encoding::Hex).then_some((self.algorithm.as_str(), self.text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_is_told_by_its_digits_and_their_number() {
        use Algorithm::{Md5, Sha1, Sha224, Sha256, Sha384, Sha512};
        use Encoding::{Base64, Hex};
        let hex = |bytes: usize| "aF".repeat(bytes);
        let base64 = |bytes: usize| STANDARD.encode(vec![0xfb; bytes]);
        #[rustfmt::skip]
        let table = [
            (hex(16),                      Some((Md5, Hex))),
            (hex(20),                      Some((Sha1, Hex))),
            (hex(28),                      Some((Sha224, Hex))),
            (hex(32),                      Some((Sha256, Hex))),
            (hex(48),                      Some((Sha384, Hex))),
            (hex(64),                      Some((Sha512, Hex))),
            (format!("0x{}", hex(32)),     Some((Sha256, Hex))),
            (base64(32),                   Some((Sha256, Base64))),
            (base64(64),                   Some((Sha512, Base64))),
            (hex(4),                       None),
            (format!("{}a", hex(16)),      None),
            (base64(33),                   None),
            ("checksum".to_owned(),        None),
            (String::new(),                None),
        ];
        for (text, expected) in table {
            let parsed = Checksum::parse(&text);
            let told = parsed.map(|checksum| (checksum.algorithm, checksum.encoding));
            assert_eq!(told, expected, "{text}");
        }
        let prefixed = format!("0x{}", hex(16));
        let parsed = Checksum::parse(&prefixed).unwrap();
        assert_eq!(parsed.hex(), Some(("md5", &*hex(16))));
    }
}
