//! What a gem says of itself, as the indexes of RubyGems tell it.
//!
//! A gemspec is a Ruby object in YAML. Only what indexes tell is taken from it, and only what they
//! can tell: they are lines of text, so that a name with a space in it would be a name and something
//! else.

use serde::{Deserialize, Serialize};

use crate::yaml::{Document, Place};
use crate::{Malformed, Result};

/// What stands before a gemspec in YAML.
const TAG: &str = "!ruby/object:Gem::Specification";

/// Gems that one depends on, at most: five times as many as the largest of them.
const MAX_DEPENDENCIES: usize = 2_000;

/// Conditions of one dependency, at most.
const MAX_CONDITIONS: usize = 50;

/// Authors, addresses, licenses and entries of metadata, at most.
const MAX_ENTRIES: usize = 500;

/// The bytes of all texts together, at most. Nodes that are referred to again and again count each
/// time.
const MAX_BYTES: usize = 1024 * 1024;

/// The bytes of texts that indexes tell, at most: an index has many gems.
const MAX_SUMMARY_BYTES: usize = 64 * 1024;

/// The characters of a name, version or platform, at most.
const MAX_WORD: usize = 255;

/// A condition that a version has to meet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// How it is compared.
    pub operator: String,
    /// With which version.
    pub version: String,
}

/// A gem that is needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependency {
    /// Its name.
    pub name: String,
    /// What its version has to meet, all of it.
    pub conditions: Vec<Condition>,
    /// Whether only its developers need it.
    pub development: bool,
}

/// What indexes tell of a gem: small, however long its gemspec is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Its name.
    pub name: String,
    /// Its version, as it says.
    pub version: String,
    /// What it runs on; `ruby` is everywhere.
    pub platform: String,
    /// What it needs.
    pub dependencies: Vec<Dependency>,
    /// Which versions of Ruby it runs on.
    pub ruby: Vec<Condition>,
    /// Which versions of RubyGems can install it.
    pub rubygems: Vec<Condition>,
}

/// All that is told of a gem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gemspec {
    /// What indexes tell.
    pub summary: Summary,
    /// The version of RubyGems that built it.
    pub built_by: String,
    /// The day it was built: year, month and day.
    pub date: (u16, u8, u8),
    /// What it does, in a line.
    pub headline: Option<String>,
    /// What it does.
    pub description: Option<String>,
    /// Where it is at home.
    pub homepage: Option<String>,
    /// How its authors are reached; one address is no list.
    pub email: Email,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// Under which licenses.
    pub licenses: Vec<String>,
    /// What else it says.
    pub metadata: Vec<(String, String)>,
}

/// Addresses, as a gemspec gives them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Email {
    /// None at all.
    None,
    /// A single one.
    One(String),
    /// A list of them.
    Many(Vec<String>),
}

impl std::ops::Deref for Gemspec {
    type Target = Summary;

    fn deref(&self) -> &Summary {
        &self.summary
    }
}

impl Gemspec {
    /// Reads a gemspec.
    ///
    /// # Errors
    /// When it is no YAML, or no gemspec that indexes can tell of.
    pub fn parse(text: &str) -> Result<Self> {
        let document = Document::parse(text)?;
        let root = document.root();
        if root.tag() != Some(TAG) || !root.is_map() {
            return Err(refuse(format!("first line says no `{TAG}`")));
        }
        let mut taking = Taking {
            left: MAX_SUMMARY_BYTES,
        };
        let summary = taking.summary(root)?;
        taking.left = MAX_BYTES;
        Ok(Self {
            summary,
            built_by: taking.text(root, "rubygems_version")?.unwrap_or_default(),
            date: taking
                .text(root, "date")?
                .map_or(NO_DATE, |text| day(&text)),
            headline: taking.text(root, "summary")?,
            description: taking.text(root, "description")?,
            homepage: taking.text(root, "homepage")?,
            email: taking.email(root)?,
            authors: taking.texts(root, "authors")?,
            licenses: taking.texts(root, "licenses")?,
            metadata: taking.metadata(root)?,
        })
    }
}

/// The day of gems that say none, which is the first that there is.
const NO_DATE: (u16, u8, u8) = (1980, 1, 2);

/// The day that a time begins with.
fn day(text: &str) -> (u16, u8, u8) {
    let mut parts = text.get(..10).unwrap_or_default().split('-');
    let mut number = || parts.next()?.parse::<u16>().ok();
    let parsed = (|| {
        let (year, month, day) = (number()?, number()?, number()?);
        let fits = year >= 1900 && (1..=12).contains(&month) && (1..=31).contains(&day);
        fits.then_some((year, u8::try_from(month).ok()?, u8::try_from(day).ok()?))
    })();
    parsed.unwrap_or(NO_DATE)
}

/// Takes texts out of a document, and no more of them than may be.
struct Taking {
    left: usize,
}

impl Taking {
    fn take(&mut self, text: &str) -> Result<String> {
        match self.left.checked_sub(text.len() + 1) {
            Some(left) => self.left = left,
            None => return Err(refuse("texts are too long".to_owned())),
        }
        Ok(text.to_owned())
    }

    fn text(&mut self, of: Place<'_>, key: &str) -> Result<Option<String>> {
        let text = of.get(key).and_then(Place::text);
        text.map(|text| self.take(text)).transpose()
    }

    fn texts(&mut self, of: Place<'_>, key: &str) -> Result<Vec<String>> {
        let Some(list) = of.get(key) else {
            return Ok(Vec::new());
        };
        let texts = list.items().filter_map(Place::text);
        texts
            .take(MAX_ENTRIES)
            .map(|text| self.take(text))
            .collect()
    }

    fn email(&mut self, root: Place<'_>) -> Result<Email> {
        match root.get("email") {
            None => Ok(Email::None),
            Some(list) if list.is_list() => Ok(Email::Many(self.texts(root, "email")?)),
            Some(_) => Ok(self.text(root, "email")?.map_or(Email::None, Email::One)),
        }
    }

    fn metadata(&mut self, root: Place<'_>) -> Result<Vec<(String, String)>> {
        let Some(map) = root.get("metadata") else {
            return Ok(Vec::new());
        };
        let texts = map
            .entries()
            .filter_map(|(key, at)| Some((key, at.text()?)));
        texts
            .take(MAX_ENTRIES)
            .map(|(key, text)| Ok((self.take(key)?, self.take(text)?)))
            .collect()
    }

    fn summary(&mut self, root: Place<'_>) -> Result<Summary> {
        let name = self.text(root, "name")?;
        let name = name.filter(|name| is_name(name));
        // JRuby's gems are Java's, by whichever name.
        let platform = match self.platform(root)? {
            name if name == "jruby" => "java".to_owned(),
            name => name,
        };
        if !is_word(&platform, |char| "_.-".contains(char)) {
            return Err(refuse("platform is none".to_owned()));
        }
        Ok(Summary {
            name: name.ok_or_else(|| refuse("name is missing, or none of a gem".to_owned()))?,
            version: self.version(root.get("version"))?,
            platform,
            dependencies: self.dependencies(root)?,
            ruby: self.requirement(root.get("required_ruby_version"))?,
            rubygems: self.requirement(root.get("required_rubygems_version"))?,
        })
    }

    /// A version: an object that has it, or itself.
    fn version(&mut self, place: Option<Place<'_>>) -> Result<String> {
        let text = place.and_then(|place| match place.is_map() {
            true => place.get("version")?.text(),
            false => place.text(),
        });
        let text = text.map(str::trim).filter(|text| is_version(text));
        let text = text.ok_or_else(|| refuse("versions are missing, or none".to_owned()))?;
        self.take(text)
    }

    /// A platform: its name, or an object of its parts, as old gems have it.
    fn platform(&mut self, root: Place<'_>) -> Result<String> {
        let Some(place) = root.get("platform") else {
            return Ok("ruby".to_owned());
        };
        if !place.is_map() {
            let name = self.text(root, "platform")?.filter(|name| !name.is_empty());
            return Ok(name.unwrap_or_else(|| "ruby".to_owned()));
        }
        let parts = ["cpu", "os", "version"];
        let parts = parts.iter().filter_map(|part| place.get(part)?.text());
        let parts: Vec<&str> = parts.collect();
        self.take(&parts.join("-"))
    }

    fn dependencies(&mut self, root: Place<'_>) -> Result<Vec<Dependency>> {
        let Some(list) = root.get("dependencies") else {
            return Ok(Vec::new());
        };
        if list.items().nth(MAX_DEPENDENCIES).is_some() {
            let told = format!("dependencies are more than {MAX_DEPENDENCIES}");
            return Err(refuse(told));
        }
        list.items().map(|place| self.dependency(place)).collect()
    }

    fn dependency(&mut self, place: Place<'_>) -> Result<Dependency> {
        let name = self.text(place, "name")?.filter(|name| is_name(name));
        let name = name.ok_or_else(|| refuse("dependencies have no names of gems".to_owned()))?;
        // Old gems call it differently.
        let keys = ["requirement", "version_requirements", "version_requirement"];
        let requirement = keys.iter().find_map(|key| place.get(key));
        let kind = place.get("type").and_then(Place::text);
        Ok(Dependency {
            name,
            conditions: self.requirement(requirement)?,
            development: kind.is_some_and(|kind| kind.trim_start_matches(':') == "development"),
        })
    }

    /// Conditions, each a pair of how and what; none is any version.
    fn requirement(&mut self, place: Option<Place<'_>>) -> Result<Vec<Condition>> {
        let list = place.and_then(|place| place.get("requirements"));
        let pairs = list.into_iter().flat_map(Place::items);
        let mut conditions = Vec::new();
        for pair in pairs {
            if conditions.len() >= MAX_CONDITIONS {
                return Err(refuse("requirements have too many conditions".to_owned()));
            }
            let mut parts = pair.items();
            let operator = parts.next().and_then(Place::text);
            let operator = operator.filter(|operator| OPERATORS.contains(operator));
            let operator =
                operator.ok_or_else(|| refuse("requirements compare oddly".to_owned()))?;
            conditions.push(Condition {
                operator: self.take(operator)?,
                version: self.version(parts.next())?,
            });
        }
        if conditions.is_empty() {
            conditions.push(Condition {
                operator: ">=".to_owned(),
                version: "0".to_owned(),
            });
        }
        Ok(conditions)
    }
}

const OPERATORS: [&str; 7] = ["=", "!=", ">", "<", ">=", "<=", "~>"];

fn is_word(text: &str, also: impl Fn(char) -> bool) -> bool {
    let known = |char: char| char.is_ascii_alphanumeric() || also(char);
    !text.is_empty() && text.len() <= MAX_WORD && text.chars().all(known)
}

/// "Names of gems have letters, digits, dots, dashes and underscores."
fn is_name(text: &str) -> bool {
    is_word(text, |char| "_.-".contains(char))
}

/// Versions begin with a digit, and have parts of letters and digits between dots and dashes.
fn is_version(text: &str) -> bool {
    let parts = || text.split(['.', '-']);
    is_word(text, |char| ".-".contains(char))
        && text.starts_with(|char: char| char.is_ascii_digit())
        && parts().all(|part| !part.is_empty())
}

fn refuse(what: String) -> Malformed {
    Malformed::Gemspec(what)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A gemspec with these lines besides what each must have.
    fn with(lines: &str) -> Result<Gemspec> {
        let head = "--- !ruby/object:Gem::Specification\nname: ping\nversion: !ruby/object:Gem::Version\n  version: 1.0.0\n";
        Gemspec::parse(&format!("{head}{lines}"))
    }

    #[test]
    fn what_is_not_said_is_as_usual() {
        let gemspec = with("").unwrap();

        let any = vec![Condition {
            operator: ">=".to_owned(),
            version: "0".to_owned(),
        }];
        assert_eq!((&gemspec.ruby, &gemspec.rubygems), (&any, &any));
        assert_eq!((gemspec.platform.as_str(), gemspec.date), ("ruby", NO_DATE));
        assert_eq!((&gemspec.email, &gemspec.headline), (&Email::None, &None));
    }

    #[test]
    fn old_gems_say_the_same_in_other_words() {
        let gemspec = with(
            "platform: !ruby/object:Gem::Platform\n  cpu: x86\n  os: mswin32\n  version: '60'\n\
             date: 2009-03-04 00:00:00 -05:00\nemail: ada@example.com\n\
             dependencies:\n- !ruby/object:Gem::Dependency\n  name: rake\n  type: :development\n  \
             version_requirement:\n  version_requirements: &r !ruby/object:Gem::Requirement\n    \
             requirements:\n    - - \">=\"\n      - !ruby/object:Gem::Version\n        version: \"0.8\"\n    version:\n\
             required_ruby_version: *r\n",
        )
        .unwrap();

        assert_eq!(gemspec.platform, "x86-mswin32-60");
        assert_eq!(gemspec.date, (2009, 3, 4));
        assert_eq!(gemspec.email, Email::One("ada@example.com".to_owned()));
        assert_eq!(gemspec.dependencies[0].conditions, gemspec.ruby);
        assert_eq!(gemspec.ruby[0].version, "0.8");
        assert!(gemspec.dependencies[0].development);
    }

    #[test]
    fn what_would_break_an_index_is_refused() {
        let condition = |text: &str| {
            format!("required_ruby_version:\n  requirements:\n  - - {text}\n    - version: '1'\n")
        };
        let many = "- name: a\n".repeat(MAX_DEPENDENCIES + 1);
        let lines = [
            "name: two words\n".to_owned(),
            "name: \"a\\nb\"\n".to_owned(),
            "name: ''\n".to_owned(),
            format!("name: {}\n", "a".repeat(MAX_WORD + 1)),
            "version: 1.0,2.0\n".to_owned(),
            "version: one\n".to_owned(),
            "version: 1..0\n".to_owned(),
            "platform: \"a b\"\n".to_owned(),
            "dependencies:\n- name: a,b\n".to_owned(),
            "dependencies:\n- nameless\n".to_owned(),
            format!("dependencies:\n{many}"),
            condition("'=>'"),
            condition("'|'"),
        ];
        for lines in lines {
            assert!(with(&lines).is_err(), "{lines:.60}");
        }
        assert!(with(&condition("'~>'")).is_ok());
        let untagged = "name: ping\nversion: 1.0.0\n";
        assert!(Gemspec::parse(untagged).is_err());
    }

    #[test]
    fn what_is_referred_to_again_and_again_counts_each_time() {
        let mut lines = String::from("description: &d ");
        lines.push_str(&"x".repeat(100_000));
        lines.push_str("\nmetadata:\n");
        for number in 0..20 {
            lines.push_str(&format!("  k{number}: *d\n"));
        }

        let told = with(&lines).map(|_| ()).unwrap_err().to_string();
        assert_eq!(told, "the gemspec's texts are too long");
    }
}
