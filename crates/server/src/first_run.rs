//! The first account and admin of an empty database, and the one time its password is said.

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keystead_app::accounts::{Founding, found};
use keystead_app::{App, Error};
use keystead_domain::{AccountId, Code};
use keystead_signing::{Entropy, Secret, SystemEntropy};
use keystead_store::accounts;
use serde::Serialize;

use crate::config::Config;

/// Random bytes of a generated password: 24 characters.
const PASSWORD_BYTES: usize = 18;

/// What was made on an empty database.
#[derive(Clone, Debug)]
pub struct FirstRun {
    /// The account's id.
    pub account_id: AccountId,
    /// The account's slug.
    pub account: String,
    /// The account's Ed25519 public key, in hex, which clients verify answers with.
    pub public_key: String,
    /// The admin's e-mail.
    pub email: String,
    /// The admin's password, when it was generated; a configured one is not repeated.
    pub password: Option<Secret<String>>,
}

/// What is printed once.
#[derive(Serialize)]
pub struct Announcement<'a> {
    url: &'a str,
    account_id: String,
    account: &'a str,
    public_key: &'a str,
    email: &'a str,
    password: Option<&'a str>,
}

/// Makes the configured account and admin, when there is no account yet.
///
/// # Errors
/// When the database fails.
pub async fn bootstrap(app: &App, config: &Config) -> Result<Option<FirstRun>> {
    if accounts::count(&app.db).await? > 0 {
        return Ok(None);
    }
    let configured = config.bootstrap.password.clone();
    let generated = configured
        .is_none()
        .then(|| generate_password(&mut SystemEntropy));
    let founding = Founding {
        slug: config.bootstrap.account.clone(),
        name: config.bootstrap.account.clone(),
        email: config.bootstrap.email.clone(),
        password: configured
            .or_else(|| generated.clone())
            .expect("generated when not configured"),
        protected: true,
    };
    let founded = match found(app, founding).await {
        Ok(founded) => founded,
        // Another replica looked at the empty database at the same moment, and was faster.
        Err(Error::Refused(refused)) if refused.problems[0].code == Some(Code::SlugTaken) => {
            return Ok(None);
        }
        Err(error) => return Err(error).context("can't make the first account"),
    };
    Ok(Some(FirstRun {
        account_id: founded.account.id,
        account: founded.account.slug,
        public_key: founded.account.ed25519_public,
        email: founded.admin.email,
        password: generated,
    }))
}

fn generate_password(entropy: &mut dyn Entropy) -> Secret<String> {
    let mut bytes = [0; PASSWORD_BYTES];
    entropy.fill(&mut bytes);
    Secret::new(URL_SAFE_NO_PAD.encode(bytes))
}

impl FirstRun {
    /// What to print, for a server at `url`.
    pub fn announcement<'a>(&'a self, url: &'a str) -> Announcement<'a> {
        Announcement {
            url,
            account_id: self.account_id.to_string(),
            account: &self.account,
            public_key: &self.public_key,
            email: &self.email,
            password: self
                .password
                .as_ref()
                .map(|password| password.expose().as_str()),
        }
    }
}

impl std::fmt::Display for Announcement<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            url,
            account_id,
            account,
            public_key,
            email,
            password,
        } = self;
        let password = password.unwrap_or("as configured");
        writeln!(f, "Keystead is set up. This is shown once:\n")?;
        writeln!(f, "  url         {url}")?;
        writeln!(f, "  account     {account} ({account_id})")?;
        writeln!(f, "  public key  {public_key}")?;
        writeln!(f, "  email       {email}")?;
        writeln!(f, "  password    {password}")
    }
}
