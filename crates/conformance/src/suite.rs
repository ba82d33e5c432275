//! Feature files as a flat list of scenarios: backgrounds put in front, outlines written out.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use gherkin::{Background, Examples, Feature, GherkinEnv};

/// One scenario, ready to run.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Where it stands: `path:line`, the path relative to the suite.
    pub at: String,
    /// The part of the contract it belongs to.
    pub area: String,
    /// Its name.
    pub name: String,
    /// Its tags and those of what it stands in, without `@`.
    pub tags: Vec<String>,
    /// Its steps, the background's first.
    pub steps: Vec<Step>,
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// What it says, without its keyword.
    pub text: String,
    /// The text block below it.
    pub body: Option<String>,
    /// The table below it.
    pub table: Option<Vec<Vec<String>>>,
}

/// A file that can't be read as a feature: told as one failing scenario.
#[derive(Clone, Debug)]
pub struct Unreadable {
    /// The path relative to the suite.
    pub at: String,
    /// The part of the contract it belongs to.
    pub area: String,
    /// What the parser says.
    pub why: String,
}

/// Everything below a directory, in the order of paths.
///
/// # Errors
/// When the directory or a file in it can't be read.
pub fn read(root: &Path) -> Result<(Vec<Scenario>, Vec<Unreadable>)> {
    let mut files = Vec::new();
    collect(root, &mut files)
        .with_context(|| format!("can't read the suite in {}", root.display()))?;
    files.sort();

    let (mut scenarios, mut unreadable) = (Vec::new(), Vec::new());
    for file in files {
        let path = file
            .strip_prefix(root)
            .unwrap_or(&file)
            .display()
            .to_string();
        let text = std::fs::read_to_string(&file)?;
        let area = area(&path);
        match parse(&path, &area, &text) {
            Ok(found) => scenarios.extend(found),
            Err(why) => unreadable.push(Unreadable {
                at: path,
                area,
                why,
            }),
        }
    }
    Ok((scenarios, unreadable))
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "feature")
        {
            files.push(path);
        }
    }
    Ok(())
}

/// The first folder below `features/api/v1`, or below `features` for the rest.
fn area(path: &str) -> String {
    let path = path.rsplit_once("features/").map_or(path, |(_, rest)| rest);
    let path = path.strip_prefix("api/v1/").unwrap_or(path);
    match path.split_once('/') {
        Some((area, _)) => area.to_owned(),
        None => path.trim_end_matches(".feature").to_owned(),
    }
}

/// The scenarios of one feature.
///
/// # Errors
/// What the parser says.
pub fn parse(path: &str, area: &str, text: &str) -> Result<Vec<Scenario>, String> {
    let feature =
        Feature::parse(readable(text), GherkinEnv::default()).map_err(|error| error.to_string())?;
    let mut scenarios = Vec::new();
    let mut add = |scenario: &gherkin::Scenario, above: &[&Background], tags: &[&[String]]| {
        let mut steps: Vec<Step> = above
            .iter()
            .flat_map(|background| &background.steps)
            .map(step)
            .collect();
        steps.extend(scenario.steps.iter().map(step));
        let mut all_tags: Vec<String> = tags.iter().flat_map(|tags| tags.iter()).cloned().collect();
        all_tags.extend(scenario.tags.iter().cloned());
        for tag in &mut all_tags {
            *tag = tag.trim_start_matches('@').to_owned();
        }
        let plain = Scenario {
            at: format!("{path}:{}", scenario.position.line),
            area: area.to_owned(),
            name: scenario.name.clone(),
            tags: all_tags,
            steps,
        };
        match scenario.examples.as_slice() {
            [] => scenarios.push(plain),
            examples => {
                scenarios.extend(examples.iter().flat_map(|e| written_out(&plain, path, e)));
            }
        }
    };
    let above: Vec<&Background> = feature.background.iter().collect();
    for scenario in &feature.scenarios {
        add(scenario, &above, &[&feature.tags]);
    }
    for rule in &feature.rules {
        let mut above = above.clone();
        above.extend(rule.background.iter());
        for scenario in &rule.scenarios {
            add(scenario, &above, &[&feature.tags, &rule.tags]);
        }
    }
    Ok(scenarios)
}

/// The text with backslashes in tables doubled where they escape nothing: the parser knows three
/// escapes and refuses all others, where other parsers take them as they stand.
fn readable(text: &str) -> String {
    let mut readable = String::with_capacity(text.len() + 16);
    let mut in_block = false;
    for line in text.lines() {
        let start = line.trim_start();
        if start.starts_with("\"\"\"") {
            in_block = !in_block;
        }
        if in_block || !start.starts_with('|') {
            readable.push_str(line);
        } else {
            let mut letters = line.chars().peekable();
            while let Some(letter) = letters.next() {
                readable.push(letter);
                match (letter, letters.peek()) {
                    ('\\', Some('n' | '|' | '\\')) => readable.extend(letters.next()),
                    ('\\', _) => readable.push('\\'),
                    _ => {}
                }
            }
        }
        readable.push('\n');
    }
    readable
}

fn step(step: &gherkin::Step) -> Step {
    Step {
        text: step.value.trim().to_owned(),
        // A fourth quote at the fence is no part of the text.
        body: step.docstring.as_ref().map(|text| {
            let text = text.strip_prefix("\"\n").unwrap_or(text);
            text.to_owned()
        }),
        table: step.table.as_ref().map(|table| table.rows.clone()),
    }
}

/// An outline's scenario for every row of one table of examples.
fn written_out(outline: &Scenario, path: &str, examples: &Examples) -> Vec<Scenario> {
    let Some(table) = &examples.table else {
        return Vec::new();
    };
    let Some((names, rows)) = table.rows.split_first() else {
        return Vec::new();
    };
    rows.iter()
        .enumerate()
        .map(|(index, row)| {
            let fill = |text: &str| {
                names
                    .iter()
                    .zip(row)
                    .fold(text.to_owned(), |text, (name, value)| {
                        text.replace(&format!("<{name}>"), value)
                    })
            };
            let steps = outline.steps.iter().map(|step| Step {
                text: fill(&step.text),
                body: step.body.as_deref().map(fill),
                table: step.table.as_ref().map(|rows| {
                    rows.iter()
                        .map(|row| row.iter().map(|cell| fill(cell)).collect())
                        .collect()
                }),
            });
            let mut tags = outline.tags.clone();
            tags.extend(
                examples
                    .tags
                    .iter()
                    .map(|tag| tag.trim_start_matches('@').to_owned()),
            );
            Scenario {
                at: format!("{path}:{}", table.position.line + 1 + index),
                area: outline.area.clone(),
                name: fill(&outline.name),
                tags,
                steps: steps.collect(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outline_is_written_out_with_the_background_in_front() {
        let text = "@a\nFeature: Doors\n  Background:\n    Given a house\n\n  @b\n  Scenario Outline: \
            <what>\n    When I open \"<what>\"\n    Examples:\n      | what |\n      | a |\n      | b |\n";

        let found = parse("features/api/v1/doors/open.feature", "doors", text).expect("a feature");

        let names: Vec<&str> = found
            .iter()
            .map(|scenario| scenario.name.as_str())
            .collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(found[1].tags, ["a", "b"]);
        let steps: Vec<&str> = found[1]
            .steps
            .iter()
            .map(|step| step.text.as_str())
            .collect();
        assert_eq!(steps, ["a house", "I open \"b\""]);
        assert_eq!(found[1].at, "features/api/v1/doors/open.feature:12");
    }

    #[test]
    fn the_area_is_the_first_folder() {
        assert_eq!(
            area("features/api/v1/licenses/actions/validate.feature"),
            "licenses"
        );
        assert_eq!(area("features/auth/tokens.feature"), "auth");
    }
}
