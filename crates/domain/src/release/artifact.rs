//! What the files of releases may be (distribution reference §2.2).

use crate::draft::Problems;
use crate::refusal::{At, Code};

/// The largest file, in bytes: what an upload in one piece may be.
pub const MAX_BYTES: i64 = 5_368_709_120;

/// Characters of a signature or a checksum, at most.
const MAX_PROOF: usize = 4096;

/// What may be changed of a file, as it will be stored.
#[derive(Clone, Copy, Debug)]
pub struct Claims<'a> {
    /// Its size in bytes, as its maker says.
    pub filesize: Option<i64>,
    /// Its signature, as its maker says.
    pub signature: Option<&'a str>,
    /// Its checksum, as its maker says.
    pub checksum: Option<&'a str>,
}

/// Judges what may be changed of a file.
pub fn judge(claims: Claims<'_>, problems: &mut Problems) {
    let at = || At::Attribute("filesize".into());
    match claims.filesize {
        Some(size) if size < 0 => problems.add(Code::FilesizeInvalid.at(at())),
        Some(size) if size > MAX_BYTES => {
            let detail = format!("must be less than or equal to {MAX_BYTES}");
            problems.add(Code::FilesizeInvalid.says(detail, at()));
        }
        _ => {}
    }
    let short = |text: Option<&str>| text.is_none_or(|text| text.chars().count() <= MAX_PROOF);
    let (signature, checksum) = (short(claims.signature), short(claims.checksum));
    problems.require(signature, Code::SignatureTooLong, "signature");
    problems.require(checksum, Code::ChecksumTooLong, "checksum");
}

/// A key of a file type, a platform or an arch, as it is stored; none when blank.
pub fn key(sent: Option<&str>) -> Option<String> {
    let key = sent?.trim().to_lowercase();
    (!key.is_empty()).then_some(key)
}

/// A file type as it is stored: without the dot that people write before it.
pub fn filetype(sent: Option<&str>) -> Option<String> {
    let key = key(sent)?;
    let key = key.strip_prefix('.').unwrap_or(&key).trim();
    (!key.is_empty()).then(|| key.to_owned())
}

/// Judges a file's name, which must end as its type says where it has an extension.
pub fn filename(name: &str, filetype: Option<&str>, problems: &mut Problems) {
    let at = || At::Attribute("filename".into());
    problems.require(!name.trim().is_empty(), Code::FilenameMissing, "filename");
    problems.short(name, Code::FilenameTooLong, "filename");
    problems.require(plain(name), Code::FilenameInvalid, "filename");
    if let Some(filetype) = filetype
        && name.contains('.')
        && !name.to_lowercase().ends_with(&format!(".{filetype}"))
    {
        let detail = format!("filename extension does not match filetype (expected {filetype})");
        problems.add(Code::FilenameExtensionInvalid.says(detail, at()));
    }
}

/// Whether a name leads nowhere else when somebody takes it for a path.
fn plain(name: &str) -> bool {
    let leads_up = name.split(['/', '\\']).any(|part| part == "..");
    !leads_up && !name.starts_with('/') && !name.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_stored_in_small_letters_and_types_without_their_dot() {
        #[rustfmt::skip]
        let table = [
            (Some(" .EXE "),  Some("exe"),    Some(".exe")),
            (Some("tar.gz"),  Some("tar.gz"), Some("tar.gz")),
            (Some("  "),      None,           None),
            (Some("."),       None,           Some(".")),
            (None,            None,           None),
        ];
        for (sent, as_type, as_key) in table {
            assert_eq!(filetype(sent).as_deref(), as_type, "{sent:?}");
            assert_eq!(key(sent).as_deref(), as_key, "{sent:?}");
        }
    }

    #[test]
    fn a_name_ends_as_its_type_says_and_leads_nowhere() {
        #[rustfmt::skip]
        let table = [
            ("App.exe",          Some("exe"),    None),
            ("App.EXE",          Some("exe"),    None),
            ("dir/App.tar.gz",   Some("tar.gz"), None),
            ("App",              Some("exe"),    None),
            ("App.dmg",          None,           None),
            ("App..old.dmg",     None,           None),
            ("App.dmg",          Some("exe"),    Some(Code::FilenameExtensionInvalid)),
            ("",                 None,           Some(Code::FilenameMissing)),
            ("../App",           None,           Some(Code::FilenameInvalid)),
            ("a/../App",         None,           Some(Code::FilenameInvalid)),
            ("a\\..\\App",       None,           Some(Code::FilenameInvalid)),
            ("/App",             None,           Some(Code::FilenameInvalid)),
            ("App\nfoo",         None,           Some(Code::FilenameInvalid)),
        ];
        for (name, filetype, expected) in table {
            let mut problems = Problems::none();
            filename(name, filetype, &mut problems);
            let told = problems.into_result().err();
            let code = told.and_then(|refused| refused.problems[0].code);
            assert_eq!(code, expected, "{name:?}");
        }
    }

    #[test]
    fn claims_have_bounds() {
        let long = "x".repeat(MAX_PROOF + 1);
        let nothing = Claims {
            filesize: None,
            signature: None,
            checksum: None,
        };
        #[rustfmt::skip]
        let table = [
            (Claims { filesize: Some(0),             ..nothing }, None),
            (Claims { filesize: Some(MAX_BYTES),     ..nothing }, None),
            (Claims { signature: Some(""),           ..nothing }, None),
            (Claims { filesize: Some(-1),            ..nothing }, Some(Code::FilesizeInvalid)),
            (Claims { filesize: Some(MAX_BYTES + 1), ..nothing }, Some(Code::FilesizeInvalid)),
            (Claims { signature: Some(&long),        ..nothing }, Some(Code::SignatureTooLong)),
            (Claims { checksum: Some(&long),         ..nothing }, Some(Code::ChecksumTooLong)),
        ];
        for (claims, expected) in table {
            let mut problems = Problems::none();
            judge(claims, &mut problems);
            let told = problems.into_result().err();
            let code = told.and_then(|refused| refused.problems[0].code);
            assert_eq!(code, expected, "{:?}", claims.filesize);
        }
    }
}
