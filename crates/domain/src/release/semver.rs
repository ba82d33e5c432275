//! Versions of releases: lenient to read, one spelling to store, and an order of their own
//! (distribution reference §1.3).

use std::cmp::Ordering;
use std::fmt;

/// A version: `major.minor.patch[-prerelease][+build]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Semver {
    /// What breaks.
    pub major: i64,
    /// What is new.
    pub minor: i64,
    /// What is mended.
    pub patch: i64,
    /// What precedes the release, e.g. `beta.3`.
    pub prerelease: Option<String>,
    /// What tells builds apart, e.g. `build.91`.
    pub build: Option<String>,
}

/// A tag as versions are ordered by it: its last identifier if that is a number, and the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tag {
    /// The identifiers but a last number, joined by dots.
    pub word: Option<String>,
    /// The last identifier, if it is a number.
    pub num: Option<i64>,
}

impl Semver {
    /// The version that a text spells: minor and patch may be left out.
    pub fn parse(text: &str) -> Option<Self> {
        let (rest, build) = match text.split_once('+') {
            Some((rest, build)) => (rest, Some(tag(build)?)),
            None => (text, None),
        };
        let (core, prerelease) = match rest.split_once('-') {
            Some((core, prerelease)) => (core, Some(tag(prerelease)?)),
            None => (rest, None),
        };
        let mut numbers = core.split('.').map(number);
        let major = numbers.next()??;
        let minor = numbers.next().unwrap_or(Some(0))?;
        let patch = numbers.next().unwrap_or(Some(0))?;
        numbers.next().is_none().then_some(Self {
            major,
            minor,
            patch,
            prerelease,
            build,
        })
    }

    /// What the prerelease is ordered by.
    pub fn pre(&self) -> Tag {
        self.prerelease.as_deref().map(Tag::of).unwrap_or_default()
    }

    /// What the build is ordered by.
    pub fn build_tag(&self) -> Tag {
        self.build.as_deref().map(Tag::of).unwrap_or_default()
    }
}

impl fmt::Display for Semver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)?;
        if let Some(prerelease) = &self.prerelease {
            write!(f, "-{prerelease}")?;
        }
        if let Some(build) = &self.build {
            write!(f, "+{build}")?;
        }
        Ok(())
    }
}

impl Tag {
    fn of(text: &str) -> Self {
        let mut words: Vec<&str> = text.split(['.', '-']).filter(|w| !w.is_empty()).collect();
        let num = words.last().and_then(|last| number(last));
        if num.is_some() {
            words.pop();
        }
        let word = (!words.is_empty()).then(|| words.join("."));
        Self { word, num }
    }
}

impl Semver {
    /// The precedence of the SemVer standard, by which clients of API 1.0 upgrade: builds don't
    /// count, numbers are compared as numbers and come before words.
    pub fn precedence(&self, other: &Self) -> Ordering {
        let numbers = (self.major, self.minor, self.patch);
        let others = (other.major, other.minor, other.patch);
        numbers.cmp(&others).then_with(|| {
            match (self.prerelease.as_deref(), other.prerelease.as_deref()) {
                (None, None) => Ordering::Equal,
                (None, Some(_)) => Ordering::Greater,
                (Some(_), None) => Ordering::Less,
                (Some(this), Some(other)) => this
                    .split('.')
                    .map(Part::of)
                    .cmp(other.split('.').map(Part::of)),
            }
        })
    }
}

/// One identifier of a prerelease, in the order of the standard.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Part<'a> {
    Number(i64),
    Word(&'a str),
}

impl<'a> Part<'a> {
    fn of(text: &'a str) -> Self {
        number(text).map_or(Self::Word(text), Self::Number)
    }
}

/// Not the precedence of the SemVer standard: builds count, and words are compared as texts.
impl Ord for Semver {
    fn cmp(&self, other: &Self) -> Ordering {
        let (pre, build) = (self.pre(), self.build_tag());
        let (other_pre, other_build) = (other.pre(), other.build_tag());
        (self.major, self.minor, self.patch)
            .cmp(&(other.major, other.minor, other.patch))
            // A version without a word is finished: it comes after all that have one.
            .then_with(|| pre.word.is_none().cmp(&other_pre.word.is_none()))
            .then_with(|| pre.word.cmp(&other_pre.word))
            .then_with(|| pre.num.cmp(&other_pre.num))
            .then_with(|| build.word.cmp(&other_build.word))
            .then_with(|| build.num.cmp(&other_build.num))
    }
}

impl PartialOrd for Semver {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn number(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// The text, if it is identifiers separated by dots.
fn tag(text: &str) -> Option<String> {
    let formed = |word: &str| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    text.split('.').all(formed).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_leniently_and_spelled_in_one_way() {
        #[rustfmt::skip]
        let table = [
            ("1",                       Some("1.0.0")),
            ("1.2",                     Some("1.2.0")),
            ("1.2.3",                   Some("1.2.3")),
            ("1.2-beta.1",              Some("1.2.0-beta.1")),
            ("1.0.0-rc.1+build.7",      Some("1.0.0-rc.1+build.7")),
            ("1.0.0+exp-1.sha.5114f85", Some("1.0.0+exp-1.sha.5114f85")),
            ("9223372036854775807.0.0", Some("9223372036854775807.0.0")),
            ("9223372036854775808.0.0", None),
            ("v1.0.0",                  None),
            ("1.0.0.0",                 None),
            ("1..0",                    None),
            ("-1.0.0",                  None),
            ("+1.0.0",                  None),
            ("1.0.0-",                  None),
            ("1.0.0-a..b",              None),
            ("1.0.0-ä",                 None),
            ("1.0.0 ",                  None),
            ("",                        None),
        ];
        for (text, expected) in table {
            let spelled = Semver::parse(text).map(|version| version.to_string());
            assert_eq!(spelled.as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn a_tag_is_a_word_and_a_last_number() {
        #[rustfmt::skip]
        let table = [
            ("beta.11",         Some("beta"),            Some(11)),
            ("beta-2",          Some("beta"),            Some(2)),
            ("alpha.1.x",       Some("alpha.1.x"),       None),
            ("exp.sha.5114f85", Some("exp.sha.5114f85"), None),
            ("20130313144700",  None,                    Some(20_130_313_144_700)),
            ("alpha1",          Some("alpha1"),          None),
        ];
        for (text, word, num) in table {
            let tag = Tag::of(text);
            assert_eq!((tag.word.as_deref(), tag.num), (word, num), "{text:?}");
        }
    }

    #[test]
    fn the_standards_precedence_is_its_own() {
        // SemVer 2.0.0, §11.
        let ascending = [
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.0.1",
            "2.0.0",
        ]
        .map(|text| Semver::parse(text).unwrap());
        for pair in ascending.windows(2) {
            let told = pair[0].precedence(&pair[1]);
            assert_eq!(told, Ordering::Less, "{} < {}", pair[0], pair[1]);
        }
        let build = Semver::parse("1.0.0+1").unwrap();
        assert_eq!(build.precedence(&ascending[7]), Ordering::Equal);
    }

    #[test]
    fn versions_descend_as_the_contract_lists_them() {
        let descending = [
            "2.0.0",
            "1.0.0+21AF26D3",
            "1.0.0+20130313144700",
            "1.0.0",
            "1.0.0-rc.1",
            "1.0.0-beta.11",
            "1.0.0-beta.2",
            "1.0.0-beta+exp.sha.5114f85",
            "1.0.0-beta+exp.sha.6",
            "1.0.0-beta",
            "1.0.0-alpha.beta",
            "1.0.0-alpha.1",
            "1.0.0-alpha+001",
            "1.0.0-alpha",
        ]
        .map(|text| Semver::parse(text).unwrap());
        for pair in descending.windows(2) {
            assert!(pair[0] > pair[1], "{} > {}", pair[0], pair[1]);
        }
    }
}
