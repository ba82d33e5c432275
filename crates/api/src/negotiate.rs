//! Which media type a client sends and accepts (identity §2).

use keystead_domain::Code;
use poem::Response;
use poem::http::{HeaderValue, header};

use crate::engines;
use crate::problem::Error;

/// The content type of answers, unless a client prefers plain JSON.
pub const JSON_API: &str = "application/vnd.api+json; charset=utf-8";
/// The content type of answers for clients that prefer plain JSON.
pub const JSON: &str = "application/json; charset=utf-8";
/// The content type of pages.
pub const HTML: &str = "text/html; charset=utf-8";
/// The content type of texts.
pub const TEXT: &str = "text/plain; charset=utf-8";

/// A media type that is answered in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Media {
    /// `application/vnd.api+json`.
    #[default]
    JsonApi,
    /// `application/json`.
    Json,
    /// `text/html`: pages for clients of packages.
    Html,
    /// `text/plain`: lists for clients of packages.
    Text,
}

/// What the body of a request is to be read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// JSON, whatever it calls itself.
    Json,
    /// Some other valid type: the body is ignored.
    Ignored,
}

/// Names that mean one of the answered types.
#[rustfmt::skip]
const MEDIA: &[(&str, Media)] = &[
    ("application/vnd.api+json",    Media::JsonApi),
    ("application/vnd.keygen+json", Media::JsonApi),
    ("application/json",            Media::Json),
    ("*/*",                         Media::JsonApi),
    ("*",                           Media::JsonApi),
    ("application/*",               Media::JsonApi),
];

/// Types of bodies that are read as JSON.
const READ_AS_JSON: &[&str] = &[
    "application/vnd.api+json",
    "application/vnd.keygen+json",
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "text/plain",
];

/// What a route has to answer besides documents, so that more may be asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// Documents alone.
    Documents,
    /// Files of these bytes' type, too: `application/octet-stream` is fine.
    Binary,
    /// Files of whatever type: anything is fine (distribution §2.5).
    Files,
    /// What an engine's clients read, and nothing else (distribution §9.1).
    Only(&'static Spoken),
}

/// What is answered to an engine's clients, whatever of it they ask for.
#[derive(Debug, PartialEq, Eq)]
pub struct Spoken {
    /// The type of answers.
    pub media: Media,
    /// Names of types that may be asked for, besides anything at all.
    pub asked: &'static [&'static str],
}

/// What a path relative to the account answers.
pub fn answers(path: &str) -> Answers {
    if let Some(answers) = engines::answers(path) {
        return answers;
    }
    match file_in(path) {
        Some(_) => Answers::Files,
        None if path.ends_with("/artifact") => Answers::Files,
        None => Answers::Binary,
    }
}

/// Where the name of a file begins that a path relative to the account ends in: everything after
/// `/artifacts/` is one name, whatever slashes and dots are in it.
pub fn file_in(path: &str) -> Option<usize> {
    let mut segments = path.trim_start_matches('/').split('/');
    let first = segments.next()?;
    let before = match first {
        "artifacts" => "/artifacts/".len(),
        "releases" | "products" => {
            let parent = segments.next()?;
            let before = "//".len() + first.len() + parent.len() + "/artifacts/".len();
            (segments.next()? == "artifacts").then_some(before)?
        }
        _ => return None,
    };
    (path.len() > before).then_some(before)
}

/// The media type to answer in.
///
/// # Errors
/// When no type that the client accepts can be answered.
pub fn accepted(accept: Option<&str>, answers: Answers) -> Result<Media, Error> {
    let Some(accept) = accept.filter(|accept| !accept.trim().is_empty()) else {
        return Ok(match answers {
            Answers::Only(spoken) => spoken.media,
            _ => Media::JsonApi,
        });
    };
    let mut wanted: Vec<(&str, f32)> = accept.split(',').filter_map(with_quality).collect();
    // Stable: of equal quality, a name is preferred to a wildcard, and then what comes first.
    wanted.sort_by(|(name, left), (other, right)| {
        let by_quality = right.total_cmp(left);
        by_quality.then(name.contains('*').cmp(&other.contains('*')))
    });
    if let Answers::Only(spoken) = answers {
        let asked = |(name, _): &(&str, f32)| {
            let mut names = spoken.asked.iter().chain(&["*/*", "*"]);
            names.any(|listed| name.eq_ignore_ascii_case(listed))
        };
        let found = wanted.iter().any(asked).then_some(spoken.media);
        return found.ok_or_else(|| Error::unreadable(Code::MimeTypeInvalid));
    }
    wanted
        .iter()
        .find_map(|(name, _)| {
            let known = MEDIA
                .iter()
                .find(|(listed, _)| name.eq_ignore_ascii_case(listed));
            known.map(|(_, media)| *media).or_else(|| {
                let octets = name.eq_ignore_ascii_case("application/octet-stream");
                (answers != Answers::Documents && octets).then_some(Media::JsonApi)
            })
        })
        .or_else(|| (answers == Answers::Files).then_some(Media::JsonApi))
        .ok_or_else(|| Error::unreadable(Code::MimeTypeInvalid))
}

/// One entry of an `Accept` header with its quality; nothing if it is unwanted (`q=0`).
fn with_quality(entry: &str) -> Option<(&str, f32)> {
    let mut parts = entry.split(';').map(str::trim);
    let name = parts.next()?;
    let quality = parts.find_map(|parameter| {
        let (key, value) = parameter.split_once('=')?;
        key.trim()
            .eq_ignore_ascii_case("q")
            .then(|| value.trim().parse().unwrap_or(0.0))
    });
    let quality = quality.unwrap_or(1.0);
    (quality > 0.0).then_some((name, quality))
}

/// How to read a body that calls itself `content_type`.
///
/// # Errors
/// When that is no media type at all.
pub fn content(content_type: Option<&str>) -> Result<Content, Error> {
    let Some(content_type) = content_type.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(Content::Json);
    };
    let name = content_type.split(';').next().unwrap_or_default().trim();
    if !is_media_type(name) {
        return Err(Error::unreadable(Code::MimeTypeInvalid));
    }
    let json = READ_AS_JSON
        .iter()
        .any(|listed| name.eq_ignore_ascii_case(listed));
    Ok(if json {
        Content::Json
    } else {
        Content::Ignored
    })
}

/// Whether a text is `type/subtype`, both tokens of RFC 9110.
fn is_media_type(text: &str) -> bool {
    let token = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
    };
    text.split_once('/')
        .is_some_and(|(kind, subtype)| token(kind) && token(subtype))
}

/// What the last segment of a path asks for with its extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format<'a> {
    /// Nothing: the path is as it seems.
    None,
    /// An answered type, by the path without its extension.
    Answered(&'a str, Media),
}

/// Extensions of types that are never answered.
const OTHER_FORMATS: &[&str] = &[
    "html", "htm", "xhtml", "xml", "rss", "atom", "txt", "text", "js", "css", "ics", "csv", "vcf",
    "yaml", "yml", "pdf", "zip", "gz", "png", "jpg", "jpeg", "gif", "svg", "webp", "mp3", "mp4",
];

/// Nouns whose ids may hold dots, so that their paths have no extension.
const DOTTED: &[&str] = &[
    "users",
    "licenses",
    "machines",
    "packages",
    "releases",
    "engines",
    "artifacts",
    "products",
];

/// The format that a path relative to the account asks for: `/me.xml` wants XML.
///
/// # Errors
/// When that type is never answered.
pub fn format(path: &str) -> Result<Format<'_>, Error> {
    let (before, last) = path.rsplit_once('/').unwrap_or(("", path));
    let noun = before.rsplit('/').next().unwrap_or_default();
    let Some((stem, extension)) = last.rsplit_once('.') else {
        return Ok(Format::None);
    };
    let named = file_in(path).is_some() || engines::serves(path);
    if DOTTED.contains(&noun) || stem.is_empty() || named {
        return Ok(Format::None);
    }
    let extension = extension.to_ascii_lowercase();
    let without = &path[..path.len() - extension.len() - 1];
    match extension.as_str() {
        "json" => Ok(Format::Answered(without, Media::Json)),
        "jsonapi" => Ok(Format::Answered(without, Media::JsonApi)),
        other if OTHER_FORMATS.contains(&other) => Err(Error::unreadable(Code::MimeTypeInvalid)),
        _ => Ok(Format::None),
    }
}

impl Media {
    /// The content type of answers.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::JsonApi => JSON_API,
            Self::Json => JSON,
            Self::Html => HTML,
            Self::Text => TEXT,
        }
    }

    /// An error's document in this type: where none can be read, the phrase of its status is all
    /// that is said.
    pub fn word(self, response: &mut Response) {
        if matches!(self, Self::Html | Self::Text) {
            let phrase = response.status().canonical_reason().unwrap_or_default();
            response.set_body(phrase);
            let kind = HeaderValue::from_static(self.content_type());
            response.headers_mut().insert(header::CONTENT_TYPE, kind);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answered_type_follows_the_accept_header() {
        use Media::{Json, JsonApi};
        #[rustfmt::skip]
        let table = [
            (None,                                                  Some(JsonApi)),
            (Some(""),                                              Some(JsonApi)),
            (Some("*/*"),                                           Some(JsonApi)),
            (Some("*"),                                             Some(JsonApi)),
            (Some("application/vnd.api+json"),                      Some(JsonApi)),
            (Some("application/vnd.keygen+json"),                   Some(JsonApi)),
            (Some("application/json"),                              Some(Json)),
            (Some("APPLICATION/JSON; charset=utf-8"),               Some(Json)),
            (Some("application/json, application/vnd.api+json"),    Some(Json)),
            (Some("application/vnd.api+json, application/json"),    Some(JsonApi)),
            (Some("application/vnd.api+json;q=0.5,application/json"), Some(Json)),
            (Some("application/json;q=0, */*"),                     Some(JsonApi)),
            (Some("*/*; q=0.5, application/xml"),                   Some(JsonApi)),
            (Some("*/*, application/json, text/plain"),             Some(Json)),
            (Some("text/html, application/json;q=0.1"),             Some(Json)),
            (Some("application/octet-stream"),                      Some(JsonApi)),
            (Some("application/xml"),                               None),
            (Some("text/html"),                                     None),
            (Some("text/plain"),                                    None),
            (Some("application/json;q=0"),                          None),
            (Some(",;="),                                           None),
        ];
        for (accept, media) in table {
            assert_eq!(accepted(accept, Answers::Binary).ok(), media, "{accept:?}");
        }
        assert!(accepted(Some("application/octet-stream"), Answers::Documents).is_err());
        assert_eq!(
            accepted(Some("image/png"), Answers::Files).ok(),
            Some(JsonApi)
        );
    }

    #[test]
    fn everything_after_artifacts_is_one_name() {
        #[rustfmt::skip]
        let table = [
            ("/artifacts/App.zip",               Some("App.zip")),
            ("/artifacts/dir/App.zip",           Some("dir/App.zip")),
            ("/releases/1.0/artifacts/a/b.yml",  Some("a/b.yml")),
            ("/products/x/artifacts/a.yml",      Some("a.yml")),
            ("/artifacts",                       None),
            ("/artifacts/",                      None),
            ("/releases/1.0/artifacts",          None),
            ("/releases/1.0",                    None),
            ("/releases",                        None),
            ("/licenses/x/artifacts/y",          None),
        ];
        for (path, name) in table {
            assert_eq!(file_in(path).map(|at| &path[at..]), name, "{path}");
        }
    }

    #[test]
    fn a_body_is_json_whatever_it_calls_itself_unless_it_is_something_else() {
        #[rustfmt::skip]
        let table = [
            (None,                                      Some(Content::Json)),
            (Some(""),                                  Some(Content::Json)),
            (Some("application/json"),                  Some(Content::Json)),
            (Some("application/vnd.api+json; ext=1"),   Some(Content::Json)),
            (Some("application/vnd.keygen+json"),       Some(Content::Json)),
            (Some("application/x-www-form-urlencoded"), Some(Content::Json)),
            (Some("multipart/form-data; boundary=x"),   Some(Content::Json)),
            (Some("text/plain;charset=UTF-8"),          Some(Content::Json)),
            (Some("application/xml"),                   Some(Content::Ignored)),
            (Some("vnd.api+xml"),                       None),
            (Some("application/"),                      None),
            (Some("/json"),                             None),
            (Some("a/b/c"),                             None),
            (Some("application/ json"),                 None),
        ];
        for (content_type, read) in table {
            assert_eq!(content(content_type).ok(), read, "{content_type:?}");
        }
    }

    #[test]
    fn an_extension_asks_for_a_format_where_ids_have_no_dots() {
        #[rustfmt::skip]
        let table = [
            ("/me",                    Some(Format::None)),
            ("/me.xml",                None),
            ("/me.XML",                None),
            ("/me.json",               Some(Format::Answered("/me", Media::Json))),
            ("/tokens/1.jsonapi",      Some(Format::Answered("/tokens/1", Media::JsonApi))),
            ("/policies.csv",          None),
            ("/policies.v2",           Some(Format::None)),
            ("/artifacts/a/b.zip",     Some(Format::None)),
            ("/users/ann@mail.html",   Some(Format::None)),
            ("/licenses/A.B.json",     Some(Format::None)),
            ("/licenses/a.b/actions/validate", Some(Format::None)),
            ("/licenses/a/machines.xml", None),
            ("",                       Some(Format::None)),
        ];
        for (path, wanted) in table {
            assert_eq!(format(path).ok(), wanted, "{path}");
        }
    }
}
