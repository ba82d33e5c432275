//! `keystead sso`: how the people of an account sign on. It is not asked over the wire, because who
//! may claim a domain is for the operator to know.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use keystead_app::sso::settings::{self, Change, Own};
use keystead_signing::Secret;
use keystead_store::entities::AccountSso;
use serde_json::json;

use super::{Global, master_key_variable, output};
use crate::boot::{self, Overrides};
use crate::config::{ISSUER, is_issuer, parse_duration};

const EXAMPLES: &str = "\
Examples:
  keystead sso set acme --organization acme --domains acme.com,acme.net --jit-provisioning true
  keystead sso set acme --issuer https://login.acme.com --client-id keystead \\
    --client-secret-file /run/secrets/acme-sso
  keystead sso show acme
  keystead sso remove acme                  passwords are a way in again";

/// Arguments of `keystead sso`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Sso {
    #[command(subcommand)]
    command: Command,
    /// Prints one line of JSON.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Shows how an account signs on; never the client secret.
    Show {
        /// The account's id or slug.
        account: String,
    },
    /// Makes an account sign on, or changes how; what is not said stays as it is.
    Set(Box<Set>),
    /// Lets an account log in by passwords again.
    Remove {
        /// The account's id or slug.
        account: String,
    },
}

#[derive(Args, Debug)]
struct Set {
    /// The account's id or slug.
    account: String,
    /// What the provider knows the account by.
    #[arg(long, value_name = "ID")]
    organization: Option<String>,
    /// Domains whose e-mail addresses sign on, separated by commas.
    #[arg(long, value_name = "DOMAIN", value_delimiter = ',')]
    domains: Option<Vec<String>>,
    /// How long a session lives, such as 12h, up to two weeks; "default" is 8h.
    #[arg(long, value_name = "DURATION")]
    session_duration: Option<String>,
    /// Whether users are made as they sign on.
    #[arg(long, value_name = "BOOL")]
    jit_provisioning: Option<bool>,
    /// Whether e-mail addresses of other domains may sign on.
    #[arg(long, value_name = "BOOL")]
    external_authn: Option<bool>,
    /// Whether the provider says who has which role.
    #[arg(long, value_name = "BOOL")]
    sync_roles: Option<bool>,
    /// Whether people may start at the provider.
    #[arg(long, value_name = "BOOL")]
    idp_initiated: Option<bool>,
    /// Issuer URL of a provider of the account's own.
    #[arg(long, value_name = "URL", requires = "client_id")]
    issuer: Option<String>,
    /// The id that the account's own provider gave this server.
    #[arg(long, value_name = "ID", requires = "issuer")]
    client_id: Option<String>,
    /// File with the secret that the account's own provider gave this server.
    #[arg(long, value_name = "FILE", requires = "issuer")]
    client_secret_file: Option<PathBuf>,
    /// Signs on by the installation's provider again.
    #[arg(long, conflicts_with = "issuer")]
    installation_provider: bool,
}

impl Sso {
    pub async fn run(self, global: &Global) -> Result<ExitCode> {
        let config = global.load(Vec::new())?.config;
        let production = config.is_production();
        let overrides = Overrides {
            master_key: master_key_variable().map(Secret::new),
            ..Overrides::default()
        };
        let db = boot::connect(&config).await?;
        let app = boot::application(&config, overrides, db).await?;
        let done = match self.command {
            Command::Show { account } => match settings::show(&app, &account).await? {
                Some(sso) => tell(&sso, self.json),
                None => bail!("{account} does not sign on"),
            },
            Command::Set(set) => {
                let (account, change) = set.read(production)?;
                let sso = settings::set(&app, &account, change, app.clock.now()).await?;
                tell(&sso, self.json)
            }
            Command::Remove { account } => {
                if !settings::remove(&app, &account).await? {
                    bail!("{account} does not sign on");
                }
                match self.json {
                    true => output::json(&json!({ "account": account, "removed": true }))?,
                    false => output::line(&format!("{account} logs in by passwords"))?,
                }
                Ok(())
            }
        };
        app.db.close().await?;
        done.map(|()| ExitCode::SUCCESS)
    }
}

impl Set {
    fn read(self, production: bool) -> Result<(String, Change)> {
        let provider = match (self.issuer, self.client_id) {
            (Some(issuer), Some(client_id)) => {
                if !is_issuer(&issuer, production) {
                    bail!("--issuer {ISSUER}");
                }
                let secret = self.client_secret_file.map(secret_in).transpose()?;
                Some(Some(Own {
                    issuer,
                    client_id,
                    client_secret: secret,
                }))
            }
            _ => self.installation_provider.then_some(None),
        };
        let change = Change {
            organization: self.organization,
            domains: self.domains,
            session_seconds: self.session_duration.as_deref().map(seconds).transpose()?,
            jit_provisioning: self.jit_provisioning,
            external_authn: self.external_authn,
            sync_roles: self.sync_roles,
            idp_initiated: self.idp_initiated,
            provider,
        };
        Ok((self.account, change))
    }
}

fn seconds(text: &str) -> Result<Option<i64>> {
    if text == "default" {
        return Ok(None);
    }
    let duration = parse_duration(text);
    let duration = duration.with_context(|| format!("{text:?} is no duration such as 12h"))?;
    Ok(Some(i64::try_from(duration.as_secs())?))
}

/// A file rather than a flag: flags are read by everybody who can list processes.
fn secret_in(path: PathBuf) -> Result<Secret<String>> {
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("can't read the client secret in {}", path.display()))?;
    let secret = text.trim();
    if secret.is_empty() {
        bail!("there is no client secret in {}", path.display());
    }
    Ok(Secret::new(secret.to_owned()))
}

fn tell(sso: &AccountSso, json: bool) -> Result<()> {
    let told = json!({
        "account": sso.account_id.to_string(),
        "organization": sso.organization,
        "domains": sso.domains,
        "sessionDuration": sso.session_duration,
        "jitProvisioning": sso.jit_provisioning,
        "externalAuthn": sso.external_authn,
        "syncRoles": sso.sync_roles,
        "idpInitiated": sso.idp_initiated,
        "issuer": sso.issuer,
        "clientId": sso.client_id,
    });
    if json {
        return Ok(output::json(&told)?);
    }
    for (name, value) in told.as_object().into_iter().flatten() {
        let value = match value {
            serde_json::Value::Null => "default".to_owned(),
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        output::line(&format!("{name}: {value}"))?;
    }
    Ok(())
}
