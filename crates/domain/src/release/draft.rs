//! What releases and packages may be (distribution reference §1.3, §1.4, §3). Whether a version,
//! a tag or a key is taken is the database's to say.

use chrono::{DateTime, Utc};

use super::Semver;
use crate::draft::Problems;
use crate::ids::{id_shaped, reserved};
use crate::refusal::{At, Code};
use crate::words::{Engine, ReleaseChannel};

/// Characters of a release's description, at most.
const MAX_DESCRIPTION: usize = 16_384;

/// What may be changed of a release, as it will be stored.
#[derive(Clone, Copy, Debug)]
pub struct Texts<'a> {
    /// Its name.
    pub name: Option<&'a str>,
    /// What there is to say of it.
    pub description: Option<&'a str>,
    /// A name to look it up by.
    pub tag: Option<&'a str>,
    /// When it is to count as created.
    pub backdated_at: Option<DateTime<Utc>>,
}

/// Judges what may be changed of a release.
pub fn judge(texts: Texts<'_>, now: DateTime<Utc>, problems: &mut Problems) {
    let short = |text: Option<&str>, max: usize| text.is_none_or(|t| t.chars().count() <= max);
    problems.require(short(texts.name, 255), Code::NameTooLong, "name");
    let described = short(texts.description, MAX_DESCRIPTION);
    problems.require(described, Code::DescriptionTooLong, "description");
    problems.require(short(texts.tag, 255), Code::TagTooLong, "tag");
    let allowed = texts.tag.is_none_or(|tag| !reserved(tag));
    problems.require(allowed, Code::TagNotAllowed, "tag");
    let past = texts.backdated_at.is_none_or(|at| at < now);
    problems.require(past, Code::BackdatedInvalid, "backdated");
}

/// The version that a text spells, if it fits the channel.
pub fn version(text: &str, channel: ReleaseChannel, problems: &mut Problems) -> Option<Semver> {
    let at = || At::Attribute("version".into());
    let Some(version) = Semver::parse(text) else {
        problems.add(Code::VersionInvalid.at(at()));
        return None;
    };
    let prerelease = version.prerelease.as_deref();
    let told = match (channel, prerelease) {
        (ReleaseChannel::Stable, None) => None,
        (ReleaseChannel::Stable, Some(_)) => Some(format!(
            "version does not match stable channel (expected x.y.z got {version})"
        )),
        (channel, Some(tag)) if tag.starts_with(channel.as_str()) => None,
        (channel, _) => Some(format!(
            "version does not match prerelease channel (expected x.y.z-{channel}.n got {version})"
        )),
    };
    match told {
        Some(detail) => {
            problems.add(Code::VersionChannelInvalid.says(detail, at()));
            None
        }
        None => Some(version),
    }
}

/// Judges a package's name and key.
pub fn package(name: &str, key: &str, problems: &mut Problems) {
    problems.require(!name.trim().is_empty(), Code::NameMissing, "name");
    problems.short(name, Code::NameTooLong, "name");
    problems.require(!key.trim().is_empty(), Code::KeyMissing, "key");
    if key.chars().count() > 255 {
        let detail = "is too long (maximum is 255 characters)";
        problems.add(Code::KeyTooLong.says(detail, At::Attribute("key".into())));
    }
    problems.require(!reserved(key), Code::KeyNotAllowed, "key");
    problems.require(id_shaped(key).is_none(), Code::KeyInvalid, "key");
}

/// A package's key as its engine's clients ask for it: to PyPI's, runs of dashes, underscores and
/// dots are one dash.
pub fn package_key(key: &str, engine: Option<Engine>) -> String {
    if engine != Some(Engine::Pypi) {
        return key.to_owned();
    }
    let mut normal = String::with_capacity(key.len());
    for letter in key.chars() {
        match letter {
            '-' | '_' | '.' if normal.ends_with('-') => {}
            '-' | '_' | '.' => normal.push('-'),
            letter => normal.push(letter),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_fits_its_channel() {
        use ReleaseChannel::{Alpha, Beta, Stable};
        #[rustfmt::skip]
        let table = [
            ("1",             Stable, Ok("1.0.0")),
            ("1.0.0+b.1",     Stable, Ok("1.0.0+b.1")),
            ("1.0.0-beta.1",  Beta,   Ok("1.0.0-beta.1")),
            ("1.0.0-alpha1",  Alpha,  Ok("1.0.0-alpha1")),
            ("v1",            Stable, Err("must be a valid version")),
            ("1.0.0-alpha.1", Stable, Err("version does not match stable channel (expected x.y.z got 1.0.0-alpha.1)")),
            ("1.0.0-alpha.1", Beta,   Err("version does not match prerelease channel (expected x.y.z-beta.n got 1.0.0-alpha.1)")),
            ("1.0.0",         Beta,   Err("version does not match prerelease channel (expected x.y.z-beta.n got 1.0.0)")),
        ];
        for (text, channel, expected) in table {
            let mut problems = Problems::none();
            let judged = version(text, channel, &mut problems).map(|version| version.to_string());
            let told = match (judged, problems.into_result()) {
                (Some(version), Ok(())) => Ok(version),
                (_, told) => Err(told.unwrap_err().problems[0].detail.to_string()),
            };
            assert_eq!(told.as_deref().map_err(String::as_str), expected, "{text}");
        }
    }

    #[test]
    fn only_pythons_packages_are_spelled_with_single_dashes() {
        #[rustfmt::skip]
        let table = [
            ("My__fine.-package", Some(Engine::Pypi), "My-fine-package"),
            ("@scope/my_pkg",     Some(Engine::Npm),  "@scope/my_pkg"),
            ("my_pkg",            None,               "my_pkg"),
        ];
        for (key, engine, expected) in table {
            assert_eq!(package_key(key, engine), expected);
        }
    }
}
