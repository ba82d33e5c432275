//! Which versions come after a version, and which of them a constraint lets through (distribution
//! reference §7).

use super::Semver;
use super::semver::Tag;
use crate::refusal::Code;
use crate::words::ReleaseChannel;

/// Whether somebody on `current` may be offered `next`: compared part by part, not by the order of
/// versions. What is finished is never followed by what isn't, of the same numbers.
pub fn follows(next: &Semver, current: &Semver) -> bool {
    let numbers = |version: &Semver| (version.major, version.minor, version.patch);
    if numbers(next) != numbers(current) {
        return numbers(next) > numbers(current);
    }
    let (from, to) = (current.pre(), next.pre());
    prerelease_follows(&to, &from) || build_follows(next, current)
}

fn prerelease_follows(to: &Tag, from: &Tag) -> bool {
    let Some(word) = &from.word else {
        return false;
    };
    match &to.word {
        // What has no word is finished, unless it is a bare number.
        None => to.num.is_none(),
        Some(next) if next == word => match (to.num, from.num) {
            (Some(next), Some(num)) => next > num,
            (Some(_), None) => true,
            (None, _) => false,
        },
        Some(next) => next > word,
    }
}

/// Builds count only where word and number of the prerelease are there, and the same.
fn build_follows(next: &Semver, current: &Semver) -> bool {
    let (from, to) = (current.pre(), next.pre());
    let same = from.word.is_some() && from.num.is_some() && from == to;
    let (from, to) = (current.build_tag(), next.build_tag());
    same && match (&to.word, &from.word) {
        (Some(next), Some(word)) if next != word => next > word,
        (Some(_), None) => true,
        (None, Some(_)) => false,
        _ => match (to.num, from.num) {
            (Some(next), Some(num)) => next > num,
            (Some(_), None) => true,
            (None, _) => false,
        },
    }
}

/// What a client is content with: `2`, `2.1`, `2.1.3`, with a prerelease or a build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    major: i64,
    minor: Option<i64>,
    patch: Option<i64>,
    pre: Tag,
    build: Tag,
}

/// Operators that may stand before a range, and say nothing.
const OPERATORS: &[&str] = &["~>", "!=", ">=", "<=", "=", ">", "<", "~"];

impl Range {
    /// The range that a text spells.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let bare = OPERATORS
            .iter()
            .find_map(|operator| text.strip_prefix(operator))
            .unwrap_or(text)
            .trim();
        let version = Semver::parse(bare)?;
        let core = bare.split(['-', '+']).next().unwrap_or_default();
        let numbers = core.split('.').count();
        Some(Self {
            major: version.major,
            minor: (numbers > 1).then_some(version.minor),
            patch: (numbers > 2).then_some(version.patch),
            pre: version.pre(),
            build: version.build_tag(),
        })
    }

    /// Whether a version is in the range: the last number given is the least, those before it are
    /// exact.
    pub fn holds(&self, version: &Semver) -> bool {
        let numbers = match (self.minor, self.patch) {
            (None, _) => true,
            (Some(minor), None) => version.minor >= minor,
            (Some(minor), Some(patch)) => version.minor == minor && version.patch >= patch,
        };
        version.major == self.major
            && numbers
            && within(&self.pre, &version.pre())
            && within(&self.build, &version.build_tag())
    }
}

/// What a client of API 1.0 is content with: `1`, `1.2` or `1.2.3`, of which the last number but
/// one is exact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pessimistic {
    least: Semver,
    below: (i64, i64),
}

impl Pessimistic {
    /// The range that a text spells; prereleases on a channel are in it from its first one on.
    ///
    /// # Errors
    /// The contract's words for what can't be.
    pub fn parse(text: &str, channel: ReleaseChannel) -> Result<Self, &'static str> {
        let text = text.trim();
        let Some(mut least) = Semver::parse(text) else {
            return Err(Code::UpgradeConstraintInvalid.detail());
        };
        if least.prerelease.is_some() {
            return Err("version constraint cannot contain prerelease tag (use channel)");
        }
        if least.build.is_some() {
            return Err("version constraint cannot contain build tag");
        }
        if channel != ReleaseChannel::Stable {
            least.prerelease = Some(channel.as_str().to_owned());
        }
        let below = match text.split('.').count() {
            3 => (least.major, least.minor.saturating_add(1)),
            _ => (least.major.saturating_add(1), 0),
        };
        Ok(Self { least, below })
    }

    /// Whether a version is in the range.
    pub fn holds(&self, version: &Semver) -> bool {
        version.precedence(&self.least).is_ge() && (version.major, version.minor) < self.below
    }
}

/// Whether a tag has what is asked for.
fn within(asked: &Tag, tag: &Tag) -> bool {
    (asked.word.is_none() || asked.word == tag.word)
        && (asked.num.is_none() || asked.num == tag.num)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_a_version_is_told_part_by_part() {
        #[rustfmt::skip]
        let table = [
            ("1.0.0",                "2.0.0",                true),
            ("1.0.0",                "1.1.0",                true),
            ("1.0.0",                "1.0.1",                true),
            ("1.2.0",                "1.1.9",                false),
            ("1.0.0",                "1.0.0",                false),
            ("1.0.0",                "1.1.0-beta.1",         true),
            ("1.0.0",                "1.0.0-rc.1",           false),
            ("1.0.0-rc.1",           "1.0.0",                true),
            ("1.0.0-alpha.1",        "1.0.0-beta.1",         true),
            ("1.0.0-beta.1",         "1.0.0-alpha.9",        false),
            ("1.0.0-beta.2",         "1.0.0-beta.11",        true),
            ("1.0.0-beta.2",         "1.0.0-beta.2",         false),
            ("1.0.0-beta",           "1.0.0-beta.1",         true),
            ("1.0.0-beta.1",         "1.0.0-beta",           false),
            ("1.0.0",                "1.0.0+1",              false),
            ("1.0.0-beta.1",         "1.0.0-beta.1+1",       true),
            ("1.0.0-beta.1+1",       "1.0.0-beta.1+2",       true),
            ("1.0.0-beta.1+2",       "1.0.0-beta.1+1",       false),
            ("1.0.0-beta.1+b.1",     "1.0.0-beta.1+b.2",     true),
            ("1.0.0-beta+1",         "1.0.0-beta+2",         false),
        ];
        for (current, next, expected) in table {
            let parse = |text| Semver::parse(text).unwrap();
            assert_eq!(
                follows(&parse(next), &parse(current)),
                expected,
                "{current} {next}"
            );
        }
    }

    #[test]
    fn a_range_is_exact_up_to_its_last_number() {
        #[rustfmt::skip]
        let table = [
            ("2",        "2.9.1",        true),
            ("2",        "3.0.0",        false),
            ("2.1",      "2.1.0",        true),
            ("2.1",      "2.9.0",        true),
            ("2.1",      "2.0.9",        false),
            ("2.1.3",    "2.1.4",        true),
            ("2.1.3",    "2.1.2",        false),
            ("2.1.3",    "2.2.3",        false),
            ("~> 2.1",   "2.5.0",        true),
            ("<2",       "2.5.0",        true),
            ("1-beta",   "1.4.0-beta.7", true),
            ("1-beta",   "1.4.0",        false),
            ("1-beta.2", "1.4.0-beta.7", false),
            ("1.0+p1",   "1.0.0+p1",     true),
            ("1.0+p1",   "1.0.0+p2",     false),
        ];
        for (range, version, expected) in table {
            let version = Semver::parse(version).unwrap();
            assert_eq!(
                Range::parse(range).unwrap().holds(&version),
                expected,
                "{range} {version}"
            );
        }
        for broken in ["", "x", "1.x", "v1", "1.2.3.4", ">>1"] {
            assert_eq!(Range::parse(broken), None, "{broken}");
        }
    }

    #[test]
    fn the_last_number_but_one_of_a_pessimistic_range_is_exact() {
        use ReleaseChannel::{Beta, Stable};
        #[rustfmt::skip]
        let table = [
            ("1",     Stable, "1.9.0",        true),
            ("1",     Stable, "2.0.0",        false),
            ("1.2",   Stable, "1.9.0",        true),
            ("1.2",   Stable, "1.1.0",        false),
            ("1.2.3", Stable, "1.2.9",        true),
            ("1.2.3", Stable, "1.3.0",        false),
            ("1.2",   Beta,   "1.2.0-beta.1", true),
            ("1.2",   Stable, "1.2.0-beta.1", false),
        ];
        for (range, channel, version, expected) in table {
            let range = Pessimistic::parse(range, channel).unwrap();
            assert_eq!(
                range.holds(&Semver::parse(version).unwrap()),
                expected,
                "{range:?} {version}"
            );
        }
        for broken in ["x", "1.2-beta", "1.2+1", ">1"] {
            assert!(Pessimistic::parse(broken, Stable).is_err(), "{broken}");
        }
    }
}
