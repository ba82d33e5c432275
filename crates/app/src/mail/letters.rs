//! The texts of mails: built in, and replaced by files of the operator's.

use std::path::Path;

use keystead_signing::Secret;
use minijinja::{Environment, UndefinedBehavior, Value, context};

use crate::{Error, Result};

/// Every letter: its name, its built-in text, and values to try it with.
const BUILT_IN: &[(&str, &str)] = &[("password_reset", include_str!("password_reset.txt"))];

/// The texts of all letters. The first line of each is the subject, an empty one follows.
#[derive(Debug)]
pub struct Letters {
    texts: Environment<'static>,
    /// Where a new password is chosen: `{token}` and `{account}` are filled in.
    reset_url: Option<String>,
}

/// Why there are no texts.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    /// A file of the operator's can't be read.
    #[error("can't read {path}: {error}")]
    File {
        /// The file.
        path: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// A text is no template, or asks for what there is not.
    #[error("the text of the mail `{name}` can't be used: {error}")]
    Template {
        /// The letter's name.
        name: String,
        /// What is wrong with it.
        error: minijinja::Error,
    },
}

impl Letters {
    /// The texts: for each letter the file `<name>.txt` in `directory`, else the built-in one.
    /// Each is tried out, so that a mistake shows when the server starts and not when a mail is due.
    ///
    /// # Errors
    /// When a file can't be read or used.
    pub fn load(directory: Option<&Path>, reset_url: Option<String>) -> Result<Self, LetterError> {
        let mut texts = Environment::new();
        texts.set_undefined_behavior(UndefinedBehavior::Strict);
        for (name, built_in) in BUILT_IN {
            let text = match directory.map(|directory| directory.join(format!("{name}.txt"))) {
                Some(path) if path.exists() => {
                    std::fs::read_to_string(&path).map_err(|error| LetterError::File {
                        path: path.display().to_string(),
                        error,
                    })?
                }
                _ => (*built_in).to_owned(),
            };
            let (subject, body) = parts(&text);
            let unusable = |error| LetterError::Template {
                name: (*name).to_owned(),
                error,
            };
            for (part, text) in [("subject", subject), ("body", body)] {
                let part = format!("{name}.{part}");
                texts.add_template_owned(part, text).map_err(unusable)?;
            }
        }
        let letters = Self { texts, reset_url };
        for with_link in [true, false] {
            letters.try_out(with_link)?;
        }
        Ok(letters)
    }

    fn try_out(&self, everything: bool) -> Result<(), LetterError> {
        let some = everything.then_some("text");
        let values = context! {
            account => "Acme", email => "ada@example.com", name => some,
            has_password => everything, link => some, user => "id", token => "token",
            secret => "secret", hours => 24,
        };
        for (name, _) in BUILT_IN {
            self.fill(name, &values)
                .map_err(|error| LetterError::Template {
                    name: (*name).to_owned(),
                    error,
                })?;
        }
        Ok(())
    }

    /// The subject and the text of a letter.
    pub(super) fn render(&self, name: &str, values: Value) -> Result<(String, String)> {
        self.fill(name, &values).map_err(Error::failed)
    }

    fn fill(&self, name: &str, values: &Value) -> Result<(String, String), minijinja::Error> {
        let part = |part: &str| {
            self.texts
                .get_template(&format!("{name}.{part}"))?
                .render(values)
        };
        // Names may hold line breaks; a subject has one line.
        let subject = part("subject")?.replace(char::is_control, " ");
        Ok((subject, part("body")?))
    }

    /// Where the user chooses a new password.
    pub(super) fn reset_link(&self, account: &str, token: &Secret<String>) -> Option<String> {
        let url = self.reset_url.as_deref()?;
        Some(
            url.replace("{account}", account)
                .replace("{token}", token.expose()),
        )
    }
}

/// A text's first line, and what follows the empty line after it.
fn parts(text: &str) -> (String, String) {
    let (subject, body) = text.split_once('\n').unwrap_or((text, ""));
    (
        subject.trim().to_owned(),
        body.trim_start_matches(['\r', '\n']).to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_in_can_be_used() {
        Letters::load(None, None).unwrap();
    }

    #[test]
    fn a_file_takes_the_place_of_a_text_and_a_mistake_in_it_is_told() {
        let directory = std::env::temp_dir().join(format!("letters-{}", std::process::id()));
        std::fs::create_dir(&directory).unwrap();
        let file = directory.join("password_reset.txt");

        std::fs::write(&file, "Hello from {{ account }}\n\n{{ token }}\n").unwrap();
        let letters = Letters::load(Some(&directory), None).unwrap();
        let values = context! { account => "Acme\r\nBcc: eve@example.com", token => "<t>" };
        let (subject, text) = letters.render("password_reset", values).unwrap();
        assert_eq!(subject, "Hello from Acme  Bcc: eve@example.com");
        assert_eq!(text, "<t>");

        for mistake in ["{{ nothing_of_the_kind }}", "{% if %}"] {
            std::fs::write(&file, mistake).unwrap();
            let refused = Letters::load(Some(&directory), None).unwrap_err();
            assert!(
                refused.to_string().contains("`password_reset`"),
                "{refused}"
            );
        }
        std::fs::remove_dir_all(&directory).unwrap();
    }

    #[test]
    fn a_link_leads_to_where_the_operator_says() {
        let url = Some("https://portal.example/{account}/reset?token={token}".to_owned());
        let token = Secret::new("a.b.c".to_owned());

        let letters = Letters::load(None, url).unwrap();
        assert_eq!(
            letters.reset_link("acme", &token).as_deref(),
            Some("https://portal.example/acme/reset?token=a.b.c")
        );
        let letters = Letters::load(None, None).unwrap();
        assert_eq!(letters.reset_link("acme", &token), None);
    }
}
