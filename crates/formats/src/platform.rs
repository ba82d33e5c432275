//! What a gem runs on, as RubyGems takes the name of a platform apart.

/// The parts of a platform.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Platform {
    /// The processor.
    pub cpu: Option<String>,
    /// The system, or what stands for one.
    pub os: Option<String>,
    /// The system's version.
    pub version: Option<String>,
}

/// What may follow a system's name.
#[derive(Clone, Copy)]
enum Then {
    /// Nothing that matters.
    Nothing,
    /// Digits.
    Digits,
    /// Digits, a dot, digits.
    Pair,
    /// Digits and dots.
    Dotted,
}

/// The systems: the first that is part of a name is the one. (part, system, what follows)
#[rustfmt::skip]
const SYSTEMS: &[(&str, &str, Then)] = &[
    ("aix",       "aix",       Then::Digits),
    ("cygwin",    "cygwin",    Then::Nothing),
    ("darwin",    "darwin",    Then::Digits),
    ("macruby",   "macruby",   Then::Nothing),
    ("freebsd",   "freebsd",   Then::Digits),
    ("hpux",      "hpux",      Then::Digits),
    ("jruby",     "java",      Then::Nothing),
    ("java",      "java",      Then::Dotted),
    ("dalvik",    "dalvik",    Then::Digits),
    ("dotnet",    "dotnet",    Then::Dotted),
    ("linux",     "linux",     Then::Nothing),
    ("mingw32",   "mingw32",   Then::Nothing),
    ("mingw",     "mingw",     Then::Nothing),
    ("mswin",     "mswin",     Then::Nothing),
    ("netbsdelf", "netbsdelf", Then::Nothing),
    ("openbsd",   "openbsd",   Then::Pair),
    ("bitrig",    "bitrig",    Then::Pair),
    ("solaris",   "solaris",   Then::Pair),
];

/// Those that are the whole name, or its beginning.
const ANCHORED: [&str; 5] = ["macruby", "jruby", "java", "dalvik", "dotnet"];

impl Platform {
    /// Takes the name of a platform apart.
    pub fn parse(name: &str) -> Self {
        let mut parts: Vec<String> = name.split('-').map(str::to_owned).collect();
        // `x86-linux-gnu` has two parts, and not three.
        if parts.len() > 2 && !parts.last().is_some_and(|last| has_digit(last)) {
            let extra = parts.pop().unwrap_or_default();
            if let Some(last) = parts.last_mut() {
                last.push('-');
                last.push_str(&extra);
            }
        }
        let first = parts.remove(0);
        if let [os, version] = &parts[..]
            && is_number(version)
        {
            return Self {
                cpu: Some(cpu(first)),
                os: Some(os.clone()),
                version: Some(version.clone()),
            };
        }
        match parts.first() {
            Some(os) => Self {
                cpu: Some(cpu(first)),
                ..system(os)
            },
            // Names such as `java`, which say no processor.
            None => system(&first),
        }
    }
}

/// Intel's are one family.
fn cpu(name: String) -> String {
    let bytes = name.as_bytes();
    let intel = |part: &[u8]| part[0] == b'i' && part[1].is_ascii_digit() && &part[2..] == b"86";
    match bytes.windows(4).any(intel) {
        true => "x86".to_owned(),
        false => name,
    }
}

fn system(name: &str) -> Platform {
    for (part, os, then) in SYSTEMS {
        let Some(at) = name.find(part) else {
            continue;
        };
        let rest = &name[at + part.len()..];
        if ANCHORED.contains(part) && !anchored(part, at, rest) {
            continue;
        }
        let known = |os: &str, version: Option<&str>| Platform {
            cpu: None,
            os: Some(os.to_owned()),
            version: version.map(str::to_owned),
        };
        return match *part {
            "linux" => known(os, linux(rest)),
            "mingw" => known(os, word(rest.strip_prefix('-').unwrap_or(rest))),
            "mswin" => match windows(rest) {
                Some(platform) => platform,
                None => continue,
            },
            _ => known(os, follows(rest, *then)),
        };
    }
    Platform {
        os: Some("unknown".to_owned()),
        ..Platform::default()
    }
}

fn anchored(part: &str, at: usize, rest: &str) -> bool {
    match part {
        "macruby" | "jruby" => at == 0 && rest.is_empty(),
        "dalvik" => at == 0 && rest.chars().all(|char| char.is_ascii_digit()),
        _ => at == 0,
    }
}

/// The variant of Linux: its C library, unless that is the usual one.
fn linux(rest: &str) -> Option<&str> {
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    match rest.starts_with("gnu") {
        true => None,
        false => word(rest),
    }
}

/// `mswin32_60` and its like, where a processor may be implied.
fn windows(rest: &str) -> Option<Platform> {
    let bits = digits(rest)?;
    let os = format!("mswin{bits}");
    let version = rest[bits.len()..].strip_prefix('_').and_then(digits);
    Some(Platform {
        cpu: bits.ends_with("32").then(|| "x86".to_owned()),
        os: Some(os),
        version: version.map(str::to_owned),
    })
}

fn follows(rest: &str, then: Then) -> Option<&str> {
    match then {
        Then::Nothing => None,
        Then::Digits => digits(rest),
        Then::Pair => {
            let (major, minor) = rest.split_once('.')?;
            let minor = digits(minor)?;
            let whole = &rest[..major.len() + 1 + minor.len()];
            is_number(whole).then_some(whole)
        }
        Then::Dotted => match rest {
            "" => None,
            rest => Some(start(rest, |char| char.is_ascii_digit() || char == '.')),
        },
    }
}

fn start(text: &str, of: impl Fn(char) -> bool) -> &str {
    let end = text.find(|char| !of(char)).unwrap_or(text.len());
    &text[..end]
}

fn digits(text: &str) -> Option<&str> {
    let digits = start(text, |char| char.is_ascii_digit());
    (!digits.is_empty()).then_some(digits)
}

fn word(text: &str) -> Option<&str> {
    let word = start(text, |char| char.is_ascii_alphanumeric() || char == '_');
    (!word.is_empty()).then_some(word)
}

fn has_digit(text: &str) -> bool {
    text.contains(|char: char| char.is_ascii_digit())
}

/// Digits, or two times digits with a dot between.
fn is_number(text: &str) -> bool {
    let mut parts = text.splitn(2, '.');
    parts.all(|part| !part.is_empty() && part.chars().all(|char| char.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What RubyGems makes of names; see `fixtures/README.md`.
    const REAL: &str = include_str!("../fixtures/platforms.txt");

    #[test]
    fn names_are_taken_apart_as_rubygems_does() {
        let mut names = 0;
        for line in REAL.lines() {
            let (name, parts) = line.split_once(' ').unwrap();
            let parts: Vec<&str> = parts.split(' ').collect();
            let part = |index: usize| match parts[index] {
                "-" => None,
                part => Some(part.to_owned()),
            };
            let expected = Platform {
                cpu: part(0),
                os: part(1),
                version: part(2),
            };
            assert_eq!(Platform::parse(name), expected, "{name}");
            names += 1;
        }
        assert!(names > 40, "{names}");
    }
}
