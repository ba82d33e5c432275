//! Files that the server's own words make: the `OpenAPI` document and blocks in docs/.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::python::Environment;
use crate::server::{self, Build};
use crate::{program, workspace};

const OPENAPI: &str = "openapi/keystead.json";
const VALIDATOR: &str = "openapi-spec-validator==0.9.0";

/// In a page, what stands between these lines is what `keystead ARGUMENTS` prints: as it is when the
/// arguments ask for Markdown, else fenced.
const BEGIN: &str = "<!-- begin: keystead ";
const END: &str = "<!-- end -->";

/// Writes, or with `--check` only compares.
#[derive(clap::Args)]
pub struct Options {
    /// Change nothing; fail when something would change.
    #[arg(long)]
    check: bool,
}

/// `cargo xtask openapi`.
pub fn openapi(options: &Options) -> Result<()> {
    if !options.check {
        return write_openapi();
    }
    openapi_is_fresh()?;
    openapi_is_valid()
}

/// `cargo xtask docs`.
pub fn docs(options: &Options) -> Result<()> {
    if options.check {
        docs_are_fresh()
    } else {
        write_docs()
    }
}

/// Writes the document.
pub fn write_openapi() -> Result<()> {
    let file = workspace::root().join(OPENAPI);
    let document = keystead(&["openapi"])?;
    if let Some(directory) = file.parent() {
        fs::create_dir_all(directory)?;
    }
    write_if_changed(&file, &document)
}

/// Fails with the command to run when the document in the tree is not the server's.
pub fn openapi_is_fresh() -> Result<()> {
    let written = fs::read_to_string(workspace::root().join(OPENAPI)).unwrap_or_default();
    if written != keystead(&["openapi"])? {
        bail!("{OPENAPI} is not what the server says: run `cargo xtask openapi`");
    }
    Ok(())
}

/// Asks a validator of others' making.
pub fn openapi_is_valid() -> Result<()> {
    let validator = Environment::with("openapi", &[VALIDATOR])?;
    program::run(validator.program("openapi-spec-validator").arg(OPENAPI))
}

/// Rewrites every generated block.
pub fn write_docs() -> Result<()> {
    for page in pages_with_blocks()? {
        write_if_changed(&page.file, &regenerate(&page.text, &keystead)?)?;
    }
    Ok(())
}

/// Fails with the command to run when a block is not what the server says.
pub fn docs_are_fresh() -> Result<()> {
    for page in pages_with_blocks()? {
        if regenerate(&page.text, &keystead)? != page.text {
            bail!(
                "{} has a generated block that is out of date: run `cargo xtask docs`",
                workspace::relative(&page.file)
            );
        }
    }
    Ok(())
}

struct Page {
    file: PathBuf,
    text: String,
}

/// No page at all is an error: the configuration reference is one, so we looked in the wrong place.
fn pages_with_blocks() -> Result<Vec<Page>> {
    let mut pages = Vec::new();
    for file in workspace::files_below(&workspace::root().join("docs"), "md")? {
        let text = fs::read_to_string(&file)?;
        if text.contains(BEGIN) {
            pages.push(Page { file, text });
        }
    }
    if pages.is_empty() {
        bail!("no page in docs/ has a generated block, not even the configuration reference");
    }
    Ok(pages)
}

/// The text with every block's content made anew by `speak`, which runs `keystead` with arguments.
fn regenerate(text: &str, speak: &dyn Fn(&[&str]) -> Result<String>) -> Result<String> {
    let mut made = String::with_capacity(text.len());
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        made.push_str(line);
        made.push('\n');
        let Some(command) = line.strip_prefix(BEGIN) else {
            continue;
        };
        let command = command
            .strip_suffix("-->")
            .with_context(|| format!("`{line}` does not end with `-->`"))?;
        let arguments: Vec<&str> = command.split_whitespace().collect();
        if !lines.any(|line| line == END) {
            bail!("`{line}` has no `{END}` after it");
        }
        let said = speak(&arguments)?;
        let said = said.trim_end();
        made.push_str(&if arguments.contains(&"--markdown") {
            format!("{said}\n{END}\n")
        } else {
            format!("```text\n{said}\n```\n{END}\n")
        });
    }
    Ok(made)
}

fn keystead(arguments: &[&str]) -> Result<String> {
    let binary = server::build(Build::Debug)?;
    program::output(program::program(binary).args(arguments))
}

fn write_if_changed(file: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(file).is_ok_and(|written| written == text) {
        return Ok(());
    }
    println!("wrote {}", workspace::relative(file));
    fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(text: &str) -> Result<String> {
        regenerate(text, &|arguments| Ok(format!("{}!\n", arguments.join(" "))))
    }

    #[test]
    fn only_what_stands_between_the_marks_is_replaced() {
        let text = "before\n<!-- begin: keystead a --markdown -->\nold\n<!-- end -->\nafter\n";
        let fresh =
            "before\n<!-- begin: keystead a --markdown -->\na --markdown!\n<!-- end -->\nafter\n";

        assert_eq!(made(text).unwrap(), fresh);
        assert_eq!(made(fresh).unwrap(), fresh);
    }

    #[test]
    fn what_is_not_markdown_is_fenced() {
        let text = "<!-- begin: keystead a -->\n<!-- end -->\n";

        assert_eq!(
            made(text).unwrap(),
            "<!-- begin: keystead a -->\n```text\na!\n```\n<!-- end -->\n"
        );
    }

    #[test]
    fn a_block_without_an_end_is_an_error() {
        assert!(made("<!-- begin: keystead a -->\nold\n").is_err());
    }
}
