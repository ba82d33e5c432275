//! The indexes of RubyGems: lines of text for those that resolve by themselves, and Ruby's own bytes
//! for those that don't (distribution reference §9.5).

use std::cmp::Ordering;
use std::fmt::Write as _;
use std::io::Write as _;

use flate2::write::ZlibEncoder;
use flate2::{Compression, GzBuilder};
use md5::{Digest, Md5};

use crate::gemspec::{Condition, Dependency, Email, Gemspec, Summary};
use crate::marshal::{Value, dump};
use crate::platform::Platform;

/// The platform of what runs everywhere.
pub const ANYWHERE: &str = "ruby";

/// A version of a gem, as an index tells it.
#[derive(Clone, Copy, Debug)]
pub struct Listed<'a> {
    /// What the gem says of itself.
    pub summary: &'a Summary,
    /// The SHA-256 of its file, as its maker spelled it.
    pub checksum: Option<&'a str>,
}

impl Listed<'_> {
    /// The version, with the platform where there is one: `1.1.0-java`.
    fn number(&self) -> String {
        let Summary {
            version, platform, ..
        } = self.summary;
        match platform == ANYWHERE {
            true => version.clone(),
            false => format!("{version}-{platform}"),
        }
    }

    fn line(&self) -> String {
        let summary = self.summary;
        let needed: Vec<String> = summary.dependencies.iter().map(needed).collect();
        let checksum = self.checksum.unwrap_or_default();
        let mut line = format!("{} {}|checksum:{checksum}", self.number(), needed.join(","));
        for (what, conditions) in [("ruby", &summary.ruby), ("rubygems", &summary.rubygems)] {
            let told = joined(conditions);
            if told != ">= 0" {
                let _ = write!(line, ",{what}:{told}");
            }
        }
        line
    }
}

fn needed(dependency: &Dependency) -> String {
    format!("{}:{}", dependency.name, joined(&dependency.conditions))
}

/// Conditions in the order of their spelling.
fn joined(conditions: &[Condition]) -> String {
    let spelled = |condition: &Condition| format!("{} {}", condition.operator, condition.version);
    let mut spelled: Vec<String> = conditions.iter().map(spelled).collect();
    spelled.sort_unstable();
    spelled.join("&")
}

/// In the order that indexes of text list versions: as they are spelled, and what runs everywhere
/// after what doesn't.
fn as_spelled(one: &Listed<'_>, other: &Listed<'_>) -> Ordering {
    let place = |listed: &Listed<'_>| listed.summary.platform == ANYWHERE;
    let (one_summary, other_summary) = (one.summary, other.summary);
    one_summary
        .version
        .cmp(&other_summary.version)
        .then_with(|| place(one).cmp(&place(other)))
        .then_with(|| one_summary.platform.cmp(&other_summary.platform))
}

/// The versions of one gem: the answer of `info`.
pub fn info(mut versions: Vec<Listed<'_>>) -> String {
    versions.sort_by(as_spelled);
    let lines = versions.iter().map(Listed::line);
    lines.fold("---\n".to_owned(), |text, line| text + &line + "\n")
}

/// All gems with their versions: the answer of `versions`. `created` is an instant as RFC 3339
/// spells it, to the second.
pub fn versions<'a>(
    created: &str,
    gems: impl IntoIterator<Item = (&'a str, Vec<Listed<'a>>)>,
) -> String {
    let mut gems: Vec<_> = gems.into_iter().collect();
    gems.sort_by_key(|(name, _)| *name);
    let mut text = format!("created_at: {created}\n---\n");
    for (name, mut versions) in gems {
        versions.sort_by(as_spelled);
        let numbers: Vec<String> = versions.iter().map(Listed::number).collect();
        let digest = hex::encode(Md5::digest(info(versions)));
        let _ = writeln!(text, "{name} {} {digest}", numbers.join(","));
    }
    text
}

/// The names of gems: the answer of `names`.
pub fn names<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut names: Vec<_> = names.into_iter().collect();
    names.sort_unstable();
    let lines = names.into_iter();
    lines.fold("---\n".to_owned(), |text, name| text + name + "\n")
}

/// Versions as Ruby's bytes, gzipped: the answer of `specs` and its like.
pub fn specs(mut versions: Vec<&Summary>) -> Vec<u8> {
    versions.sort_by(|one, other| {
        one.name
            .cmp(&other.name)
            .then_with(|| by_parts(&one.version, &other.version))
            .then_with(|| one.platform.cmp(&other.platform))
    });
    let listed = versions.into_iter().map(|summary| {
        Value::Array(vec![
            Value::text(&summary.name),
            version(&summary.version),
            Value::text(&summary.platform),
        ])
    });
    let bytes = dump(&Value::Array(listed.collect()));
    let mut packed = GzBuilder::new()
        .mtime(0)
        .write(Vec::new(), Compression::default());
    packed.write_all(&bytes).expect("memory takes all bytes");
    packed.finish().expect("memory takes all bytes")
}

/// A gemspec as Ruby's bytes, packed by zlib: the answer of `quick`.
pub fn quick(gemspec: &Gemspec) -> Vec<u8> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    packed
        .write_all(&dump(&specification(gemspec)))
        .expect("memory takes all bytes");
    packed.finish().expect("memory takes all bytes")
}

/// A gemspec as Ruby writes it: an array that the class puts together itself.
fn specification(gemspec: &Gemspec) -> Value {
    let (year, month, day) = gemspec.date;
    let metadata = gemspec.metadata.iter();
    let metadata = metadata.map(|(key, text)| (Value::text(key), Value::text(text)));
    let email = match &gemspec.email {
        Email::None => Value::Nil,
        Email::One(address) => Value::text(address),
        Email::Many(addresses) => Value::texts(addresses),
    };
    let fields = vec![
        Value::text(&gemspec.built_by),
        Value::Int(4),
        Value::text(&gemspec.name),
        version(&gemspec.version),
        Value::Day(year, month, day),
        Value::maybe(gemspec.headline.as_deref()),
        requirement(&gemspec.ruby),
        requirement(&gemspec.rubygems),
        Value::text(&gemspec.platform),
        Value::Array(gemspec.dependencies.iter().map(dependency).collect()),
        Value::text(""),
        email,
        Value::texts(&gemspec.authors),
        Value::maybe(gemspec.description.as_deref()),
        Value::maybe(gemspec.homepage.as_deref()),
        Value::Bool(true),
        platform(&gemspec.platform),
        Value::texts(&gemspec.licenses),
        Value::Hash(metadata.collect()),
    ];
    Value::Dumped("Gem::Specification", dump(&Value::Array(fields)))
}

/// A version, whose dashes RubyGems spells differently.
fn version(text: &str) -> Value {
    let spelled = text.replace('-', ".pre.");
    let made_of = Value::Array(vec![Value::text(spelled)]);
    Value::Made("Gem::Version", Box::new(made_of))
}

fn requirement(conditions: &[Condition]) -> Value {
    let conditions = conditions.iter().map(|condition| {
        let operator = Value::text(&condition.operator);
        Value::Array(vec![operator, version(&condition.version)])
    });
    let made_of = Value::Array(vec![Value::Array(conditions.collect())]);
    Value::Made("Gem::Requirement", Box::new(made_of))
}

fn dependency(dependency: &Dependency) -> Value {
    let kind = match dependency.development {
        true => "development",
        false => "runtime",
    };
    Value::Object(
        "Gem::Dependency",
        vec![
            ("@name", Value::text(&dependency.name)),
            ("@requirement", requirement(&dependency.conditions)),
            ("@type", Value::Symbol(kind)),
            ("@prerelease", Value::Bool(false)),
            ("@version_requirements", requirement(&dependency.conditions)),
        ],
    )
}

fn platform(name: &str) -> Value {
    if name == ANYWHERE {
        return Value::text(ANYWHERE);
    }
    let Platform { cpu, os, version } = Platform::parse(name);
    let parts = [("@cpu", cpu), ("@os", os), ("@version", version)];
    let parts = parts.map(|(name, part)| (name, Value::maybe(part.as_deref())));
    Value::Object("Gem::Platform", parts.to_vec())
}

/// The order of versions in which numbers are numbers, and words come before them.
fn by_parts(one: &str, other: &str) -> Ordering {
    let (one, other) = (parts(one), parts(other));
    let zero = Part::Number(String::new());
    for index in 0..one.len().max(other.len()) {
        let (one, other) = (one.get(index), other.get(index));
        match one.unwrap_or(&zero).cmp(other.unwrap_or(&zero)) {
            Ordering::Equal => {}
            unequal => return unequal,
        }
    }
    Ordering::Equal
}

/// A part of a version. Digits are kept without zeros before them, so that the longer is the larger.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    Word(String),
    Number(String),
}

impl Part {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Word(one), Self::Word(other)) => one.cmp(other),
            (Self::Number(one), Self::Number(other)) => {
                one.len().cmp(&other.len()).then_with(|| one.cmp(other))
            }
            (Self::Word(_), Self::Number(_)) => Ordering::Less,
            (Self::Number(_), Self::Word(_)) => Ordering::Greater,
        }
    }
}

/// Runs of digits and of letters; a dash is where a prerelease begins.
fn parts(version: &str) -> Vec<Part> {
    let spelled = version.replace('-', ".pre.");
    let mut parts = Vec::new();
    for part in spelled.split('.') {
        let mut rest = part;
        while let Some(first) = rest.chars().next() {
            let digits = first.is_ascii_digit();
            let end = rest.find(|char: char| char.is_ascii_digit() != digits);
            let (run, after) = rest.split_at(end.unwrap_or(rest.len()));
            parts.push(match digits {
                true => Part::Number(run.trim_start_matches('0').to_owned()),
                false => Part::Word(run.to_owned()),
            });
            rest = after;
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use flate2::read::{GzDecoder, ZlibDecoder};

    use super::*;
    use crate::gem;

    /// What Ruby makes of the gems beside it; see `fixtures/README.md`.
    const REAL: &str = include_str!("../fixtures/marshal.txt");
    const PING: &[u8] = include_bytes!("../fixtures/ping-1.2.0.gem");
    const JAVA: &[u8] = include_bytes!("../fixtures/ping-2.0.0.pre.beta.1-java.gem");

    fn real(name: &str) -> &'static str {
        let mut lines = REAL.lines().filter_map(|line| line.split_once(' '));
        let found = lines.find(|(known, _)| *known == name);
        found
            .unwrap_or_else(|| panic!("Ruby was not asked for {name}"))
            .1
    }

    fn gemspec(bytes: &[u8]) -> Gemspec {
        gem::gemspec(Cursor::new(bytes)).unwrap().1
    }

    fn summary(version: &str, platform: &str) -> Summary {
        Summary {
            version: version.to_owned(),
            platform: platform.to_owned(),
            dependencies: Vec::new(),
            ..gemspec(PING).summary
        }
    }

    #[test]
    fn a_gemspec_is_packed_as_ruby_packs_it() {
        for (name, bytes) in [
            ("ping-1.2.0.gem", PING),
            ("ping-2.0.0.pre.beta.1-java.gem", JAVA),
        ] {
            let packed = quick(&gemspec(bytes));
            let mut unpacked = Vec::new();
            ZlibDecoder::new(&packed[..])
                .read_to_end(&mut unpacked)
                .unwrap();
            assert_eq!(hex::encode(unpacked), real(name), "{name}");
            // The header of zlib's fastest level.
            assert_eq!(packed[..2], [0x78, 0x01]);
        }
    }

    #[test]
    fn an_index_is_packed_as_ruby_packs_it_and_the_same_at_any_time() {
        let (ping, java) = (gemspec(PING), gemspec(JAVA));
        for (name, versions) in [
            ("index", vec![&java.summary, &ping.summary]),
            ("nothing", vec![]),
        ] {
            let packed = specs(versions);
            let mut unpacked = Vec::new();
            GzDecoder::new(&packed[..])
                .read_to_end(&mut unpacked)
                .unwrap();
            assert_eq!(hex::encode(unpacked), real(name), "{name}");
            assert_eq!(packed[4..8], [0; 4], "the time of packing");
        }
    }

    #[test]
    fn a_line_tells_what_a_version_needs() {
        let (ping, java) = (gemspec(PING), gemspec(JAVA));
        let listed = |summary, checksum| Listed { summary, checksum };

        let text = info(vec![
            listed(&ping.summary, Some("9f86")),
            listed(&java.summary, None),
        ]);

        assert_eq!(
            text,
            "---\n1.2.0 json:< 9&>= 1.8,rake:~> 13.0,minitest:>= 5|checksum:9f86,ruby:< 5&>= 2.7,rubygems:>= 3.0\n\
             2.0.0.pre.beta.1-java |checksum:,rubygems:> 1.3.1\n"
        );
    }

    #[test]
    fn versions_are_listed_as_spelled_and_what_runs_everywhere_last() {
        let known = [
            summary("1.9.0", "ruby"),
            summary("1.10.0", "ruby"),
            summary("1.1.0", "ruby"),
            summary("1.1.0", "x86_64-linux"),
            summary("1.1.0", "java"),
        ];
        let listed = |summary| Listed {
            summary,
            checksum: None,
        };

        let text = versions(
            "2026-03-02T08:30:00Z",
            [
                ("pong", vec![listed(&known[0])]),
                ("ping", known.iter().map(listed).collect()),
            ],
        );

        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[..2], ["created_at: 2026-03-02T08:30:00Z", "---"]);
        let numbers = "ping 1.1.0-java,1.1.0-x86_64-linux,1.1.0,1.10.0,1.9.0 ";
        assert!(lines[2].starts_with(numbers), "{text}");
        let digest = hex::encode(Md5::digest(info(vec![listed(&known[0])])));
        assert_eq!(lines[3], format!("pong 1.9.0 {digest}"));
        assert_eq!(names(["pong", "ping"]), "---\nping\npong\n");
    }

    #[test]
    fn versions_are_ordered_as_rubygems_orders_them() {
        let ordered = [
            "1.0.0-alpha.2",
            "1.0.0.pre.beta.1",
            "1.0.0.rc1",
            "1.0.0",
            "1.0.1",
            "1.9",
            "1.10",
            "1.10.0.1",
            "99999999999999999999999.1",
        ];
        for pair in ordered.windows(2) {
            assert_eq!(by_parts(pair[0], pair[1]), Ordering::Less, "{pair:?}");
            assert_eq!(by_parts(pair[1], pair[0]), Ordering::Greater, "{pair:?}");
        }
        assert_eq!(by_parts("1.0", "1.0.0"), Ordering::Equal);
        assert_eq!(by_parts("1.01", "1.1"), Ordering::Equal);
    }
}
