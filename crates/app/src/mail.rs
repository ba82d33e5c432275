//! E-mails: what they say and to whom. How they are sent is the server's matter.
//!
//! A mail is written as a job, in the transaction of the change it tells of; its text is made when
//! it is sent. Secrets that it will hold are sealed meanwhile: a queue is read by many eyes.

mod letters;
mod password_reset;

pub use letters::{LetterError, Letters};

use keystead_domain::{AccountId, UserId};
use keystead_jobs::Job;
use serde::{Deserialize, Serialize};

use crate::{App, Result};

/// The queue of mails.
pub const MAILS: &str = "mails";

/// The job that sends a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendMail {
    /// Which mail.
    pub letter: Letter,
}

impl Job for SendMail {
    const KIND: &'static str = "mail.send";
    const QUEUE: &'static str = MAILS;
}

/// A mail that is due: enough to write it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum Letter {
    /// The token that resets a user's password, for the user.
    PasswordReset {
        /// The account.
        account: AccountId,
        /// The user.
        user: UserId,
        /// The token, sealed for the user, in base64.
        sealed_token: String,
    },
}

/// A mail, ready to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// Whom it goes to.
    pub to: String,
    /// Whom an answer goes to; the sender if nobody.
    pub reply_to: Option<String>,
    /// The subject: one line.
    pub subject: String,
    /// The text.
    pub text: String,
}

impl std::fmt::Debug for Mail {
    /// Without the text, which may hold a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mail")
            .field("to", &self.to)
            .field("subject", &self.subject)
            .finish_non_exhaustive()
    }
}

impl Letter {
    /// The letter's name: its template's, and what logs call it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::PasswordReset { .. } => "password_reset",
        }
    }
}

/// Writes a mail that is due; none when there is no longer a reason to send it.
///
/// # Errors
/// When the database fails, a secret does not open, or a template can't be filled in.
pub async fn write(app: &App, letters: &Letters, letter: &Letter) -> Result<Option<Mail>> {
    match letter {
        Letter::PasswordReset {
            account,
            user,
            sealed_token,
        } => password_reset::write(app, letters, *account, *user, sealed_token).await,
    }
}
