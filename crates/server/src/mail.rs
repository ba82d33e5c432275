//! How e-mails leave: to a mail server over SMTP, or, without one, into the log.

use std::time::Duration;

use anyhow::{Context, Result};
use keystead_app::App;
use keystead_app::mail::{self, Letter, Letters, Mail};
use keystead_jobs::JobError;
use keystead_signing::digest::sha256;
use lettre::message::{Mailbox, header::ContentType};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use crate::config::Config;

type Smtp = AsyncSmtpTransport<Tokio1Executor>;

/// Writes mails and sends them.
#[derive(Debug)]
pub struct Post {
    letters: Letters,
    from: Mailbox,
    /// The mail server; none where mails are only logged.
    smtp: Option<Smtp>,
    log_bodies: bool,
}

impl Post {
    /// Makes ready to send mails as the configuration says. Nothing is connected to yet.
    ///
    /// # Errors
    /// When a text, the sender or the mail server's URL can't be used.
    pub fn open(config: &Config) -> Result<Self> {
        let settings = &config.mail;
        let letters = Letters::load(
            settings.templates_dir.as_deref(),
            settings.password_reset_url.clone(),
        )
        .context("`mail.templates_dir` can't be used")?;
        let smtp = match &config.smtp.url {
            Some(url) => Some(smtp(url.expose(), config.smtp.timeout)?),
            None => None,
        };
        Ok(Self {
            letters,
            from: settings.from.parse().context("`mail.from` can't be used")?,
            smtp,
            log_bodies: settings.log_bodies,
        })
    }

    /// Sends a mail that is due, unless there is no longer a reason to.
    ///
    /// # Errors
    /// To be tried again when the mail server or the database fails; not when the mail server
    /// refuses for good, or the address is none.
    pub async fn send(&self, app: &App, letter: &Letter) -> Result<(), JobError> {
        let name = letter.name();
        let Some(mail) = mail::write(app, &self.letters, letter).await? else {
            tracing::debug!(letter = name, "a mail is no longer due");
            return Ok(());
        };
        let Some(smtp) = &self.smtp else {
            self.log(name, &mail);
            return Ok(());
        };
        let message = self
            .message(app, letter, mail)
            .map_err(|error| JobError::Discard(format!("the mail can't be written: {error:#}")))?;
        match smtp.send(message).await {
            Ok(_) => {
                tracing::info!(letter = name, "a mail was sent");
                Ok(())
            }
            // It would say so again.
            Err(error) if refuses_mail(&error) => Err(JobError::Discard(format!(
                "the mail server refuses the mail: {error}"
            ))),
            Err(error) => Err(error.into()),
        }
    }

    fn message(&self, app: &App, letter: &Letter, mail: Mail) -> Result<Message> {
        let to: Address = mail.to.parse()?;
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(to.into())
            .message_id(Some(self.message_id(letter)?))
            .date(app.clock.now().into())
            .subject(mail.subject)
            .header(ContentType::TEXT_PLAIN);
        // An admin whose address is none is no reason to keep a user from a mail.
        if let Some(Ok(admin)) = mail.reply_to.map(|admin| admin.parse::<Address>()) {
            message = message.reply_to(admin.into());
        }
        Ok(message.body(mail.text)?)
    }

    /// The same for every try: a mail that was taken and not acknowledged comes twice, and mail
    /// programs see by this that it is one.
    fn message_id(&self, letter: &Letter) -> Result<String> {
        let digest = hex(&sha256(&serde_json::to_vec(letter)?)[..16]);
        Ok(format!("<{digest}@{}>", self.from.email.domain()))
    }

    fn log(&self, name: &str, mail: &Mail) {
        let (to, subject) = (&mail.to, &mail.subject);
        if self.log_bodies {
            let text = &mail.text;
            tracing::info!(letter = name, %to, %subject, %text, "a mail was due, and no `smtp.url` is set");
        } else {
            tracing::info!(letter = name, %to, %subject, "a mail was due, and no `smtp.url` is set");
        }
    }
}

/// Whether the mail itself is refused for good: its address or its content. A refused login, which
/// is as permanent for SMTP, is the operator's to mend, and the mail waits for it.
fn refuses_mail(error: &lettre::transport::smtp::Error) -> bool {
    let code = error.status().map(|code| code.to_string());
    code.is_some_and(|code| code.starts_with("55"))
}

fn smtp(url: &str, timeout: Duration) -> Result<Smtp> {
    // What lettre says of a URL could hold the password.
    let builder = Smtp::from_url(url)
        .map_err(|_| anyhow::anyhow!("`smtp.url` can't be used: is it smtp://user:password@host:587?tls=required, or smtps://?"))?;
    Ok(builder.timeout(Some(timeout)).build())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
