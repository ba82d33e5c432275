//! Why a package can't be read.

use std::io;

/// The result of reading a package.
pub type Result<T, E = Malformed> = std::result::Result<T, E>;

/// Why a package can't be read: its maker's to mend.
#[derive(Debug, thiserror::Error)]
pub enum Malformed {
    /// It breaks off, unpacks to more than it may, or is something else altogether.
    #[error("the archive can't be read: {0}")]
    Archive(#[from] io::Error),
    /// A file is not in it.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// What has the file's name is a link, a directory or a device.
    #[error("`{0}` is no regular file")]
    NoFile(&'static str),
    /// A file is larger than it may be, in bytes.
    #[error("`{0}` has more than {1} bytes")]
    TooLarge(&'static str, u64),
    /// A file is not in UTF-8.
    #[error("`{0}` is no text in UTF-8")]
    NoText(&'static str),
    /// A file is no JSON, or says something else than it should.
    #[error("`{0}` is no JSON object: {1}")]
    Json(&'static str, String),
    /// A text is no YAML, or has too much of it.
    #[error("the gemspec is no YAML that can be read: {0}")]
    Yaml(String),
    /// A gemspec lacks something, or says what no gemspec says.
    #[error("the gemspec's {0}")]
    Gemspec(String),
}
