//! What an answer tells of gems in Ruby's own bytes: unpacked, read by code that did not write them,
//! and said as Ruby would say it.

mod ruby;

use std::fmt::Write as _;
use std::io::Read;

use flate2::read::{GzDecoder, ZlibDecoder};
use futures::FutureExt;

use self::ruby::{Object, load};
use super::{Call, Entry};
use crate::fault::{Outcome, failed};
use crate::world::World;

pub const STEPS: &[Entry] = &[
    (
        "the response body should be gemspecs with the following content:",
        |w, c| index(w, c).boxed(),
    ),
    (
        "the response body should be a gemspec with the following content:",
        |w, c| gemspec(w, c).boxed(),
    ),
];

/// A list of versions, each a name, a version and a platform.
async fn index(w: &mut World, c: &Call<'_>) -> Outcome {
    let expected = c.filled(w).await?;
    let unpacked = unpacked(GzDecoder::new(&w.answer()?.bytes[..]))?;
    let told = match load(&unpacked)? {
        Object::Array(versions) => versions.iter().map(version).collect::<Outcome<Vec<_>>>()?,
        other => return failed(format!("no array: {other:?}")),
    };
    same(&format!("[{}]", told.join(", ")), &expected)
}

fn version(listed: &Object) -> Outcome<String> {
    match listed {
        Object::Array(parts) if parts.len() == 3 => Ok(format!(
            "[{:?}, #<Gem::Version {:?}>, {:?}]",
            parts[0].text()?,
            number(&parts[1])?,
            parts[2].text()?,
        )),
        other => failed(format!("no version: {other:?}")),
    }
}

fn number(version: &Object) -> Outcome<&str> {
    version.made_of("Gem::Version")?.item(0)?.text()
}

/// What one gem says of itself, as the Ruby that would make it.
async fn gemspec(w: &mut World, c: &Call<'_>) -> Outcome {
    let expected = c.filled(w).await?;
    let unpacked = unpacked(ZlibDecoder::new(&w.answer()?.bytes[..]))?;
    let Object::Dumped(class, bytes) = load(&unpacked)? else {
        return failed("no object that dumps itself");
    };
    if class != "Gem::Specification" {
        return failed(format!("a {class}"));
    }
    same(&source(&load(&bytes)?)?, &expected)
}

fn source(fields: &Object) -> Outcome<String> {
    let text = |index: usize| fields.item(index)?.text();
    let (name, platform) = (text(2)?, text(8)?);
    let version = number(fields.item(3)?)?;
    let mut told = String::new();
    let mut say = |line: String| {
        let _ = writeln!(told, "{line}");
    };
    say("# -*- encoding: utf-8 -*-".to_owned());
    say(format!("# stub: {name} {version} {platform} lib"));
    say(String::new());
    say("Gem::Specification.new do |s|".to_owned());
    say(format!("  s.name = {name:?}.freeze"));
    say(format!("  s.version = {version:?}.freeze"));
    if platform != "ruby" {
        say(format!("  s.platform = {platform:?}.freeze"));
    }
    say(String::new());
    let rubygems = conditions(fields.item(7)?)?.join(", ");
    say(format!(
        "  s.required_rubygems_version = Gem::Requirement.new({rubygems}) if s.respond_to? :required_rubygems_version="
    ));
    say("  s.require_paths = [\"lib\".freeze]".to_owned());
    if !fields.item(12)?.items()?.is_empty() {
        say(format!("  s.authors = [{}]", fields.item(12)?.texts()?));
    }
    say(format!("  s.date = {:?}", fields.item(4)?.day()?));
    for (attribute, index) in [("description", 13), ("homepage", 14)] {
        if *fields.item(index)? != Object::Nil {
            say(format!("  s.{attribute} = {:?}.freeze", text(index)?));
        }
    }
    if !fields.item(17)?.items()?.is_empty() {
        say(format!("  s.licenses = [{}]", fields.item(17)?.texts()?));
    }
    let ruby = conditions(fields.item(6)?)?.join(", ");
    if ruby != "\">= 0\".freeze" {
        say(format!(
            "  s.required_ruby_version = Gem::Requirement.new({ruby})"
        ));
    }
    say(format!("  s.rubygems_version = {:?}.freeze", text(0)?));
    let summary = match fields.item(5)? {
        Object::Nil => "nil".to_owned(),
        summary => format!("{:?}.freeze", summary.text()?),
    };
    say(format!("  s.summary = {summary}"));
    say(String::new());
    say(format!(
        "  s.specification_version = {}",
        fields.item(1)?.int()?
    ));
    let dependencies = fields.item(9)?.items()?;
    if !dependencies.is_empty() {
        say(String::new());
    }
    for dependency in dependencies {
        let kind = dependency.variable("@type")?.symbol()?;
        let name = dependency.variable("@name")?.text()?;
        let conditions = conditions(dependency.variable("@requirement")?)?.join(", ");
        say(format!(
            "  s.add_{kind}_dependency(%q<{name}>.freeze, [{conditions}])"
        ));
    }
    say("end".to_owned());
    Ok(told)
}

fn conditions(requirement: &Object) -> Outcome<Vec<String>> {
    let pairs = requirement.made_of("Gem::Requirement")?.item(0)?.items()?;
    let spelled = pairs.iter().map(|pair| {
        let (operator, version) = (pair.item(0)?.text()?, number(pair.item(1)?)?);
        Ok(format!("\"{operator} {version}\".freeze"))
    });
    spelled.collect()
}

fn unpacked(mut packed: impl Read) -> Outcome<Vec<u8>> {
    let mut bytes = Vec::new();
    match packed.read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => failed(format!("the body can't be unpacked: {error}")),
    }
}

fn same(told: &str, expected: &str) -> Outcome {
    match told.trim() == expected.trim() {
        true => Ok(()),
        false => failed(format!("{told} instead of {expected}")),
    }
}
