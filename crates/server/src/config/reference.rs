//! The configuration reference in Markdown, made from the comments of the annotated default file.

use std::fmt::Write as _;

use super::layers::variable;

/// A key with what the file says about it.
struct Key {
    name: String,
    meaning: String,
    default: String,
}

/// A table of the file; the one before the first header has no name.
#[derive(Default)]
struct Section {
    name: String,
    intro: String,
    keys: Vec<Key>,
}

/// The reference: one heading and table per section of `file`.
pub fn markdown(file: &str) -> String {
    let mut page = String::new();
    for section in sections(file) {
        let title = if section.name.is_empty() {
            "General"
        } else {
            &section.name
        };
        let _ = writeln!(page, "### {title}\n");
        if !section.intro.is_empty() {
            let _ = writeln!(page, "{}\n", section.intro);
        }
        let _ = writeln!(page, "| Key | Environment variable | Default | Meaning |");
        let _ = writeln!(page, "|---|---|---|---|");
        for key in &section.keys {
            let Key {
                name,
                meaning,
                default,
            } = key;
            let default = if default == "\"\"" {
                "not set".to_owned()
            } else {
                format!("`{default}`")
            };
            let meaning = meaning.replace('|', "\\|");
            let _ = writeln!(
                page,
                "| `{name}` | `{}` | {default} | {meaning} |",
                variable(name)
            );
        }
        page.push('\n');
    }
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

/// Reads the file as people do: the comment right above a key or header belongs to it.
fn sections(file: &str) -> Vec<Section> {
    let mut sections = vec![Section::default()];
    let mut comment = String::new();
    for line in file.lines() {
        if let Some(text) = line.strip_prefix('#') {
            if !comment.is_empty() {
                comment.push(' ');
            }
            comment.push_str(text.trim());
        } else if let Some(name) = line
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            sections.push(Section {
                name: name.to_owned(),
                intro: std::mem::take(&mut comment),
                keys: Vec::new(),
            });
        } else if let Some((name, default)) = line.split_once(" = ") {
            let section = sections.last_mut().expect("starts with one");
            let name = if section.name.is_empty() {
                name.to_owned()
            } else {
                format!("{}.{name}", section.name)
            };
            let meaning = std::mem::take(&mut comment);
            section.keys.push(Key {
                name,
                meaning,
                default: default.to_owned(),
            });
        } else if section_is_empty(&sections) {
            // The file's opening comment is about the file.
            comment.clear();
        }
    }
    sections
}

fn section_is_empty(sections: &[Section]) -> bool {
    sections.len() == 1 && sections[0].keys.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_comment_above_a_key_becomes_its_meaning() {
        let page = markdown(
            "# About the file.\n\n# A choice: a|b.\nfirst = \"x\"\n\n# Doors.\n[http]\n\n# One.\n# Two.\nurl = \"\"\n",
        );

        assert_eq!(
            page,
            "### General\n\n\
             | Key | Environment variable | Default | Meaning |\n|---|---|---|---|\n\
             | `first` | `KEYSTEAD_FIRST` | `\"x\"` | A choice: a\\|b. |\n\n\
             ### http\n\nDoors.\n\n\
             | Key | Environment variable | Default | Meaning |\n|---|---|---|---|\n\
             | `http.url` | `KEYSTEAD_HTTP__URL` | not set | One. Two. |\n"
        );
    }
}
