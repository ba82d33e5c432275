//! `keystead token`: credentials for scripts, made where the database is.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use chrono::{DateTime, TimeDelta, Utc};
use clap::{Args, Subcommand};
use keystead_app::tokens::{Draft, Fresh, generate};
use keystead_app::{App, Cx};
use keystead_domain::access::{Bearer, BearerId, Environment};
use keystead_domain::version::ApiVersion;
use keystead_signing::Secret;
use keystead_store::users;
use serde_json::json;

use super::{Global, master_key_variable, output};
use crate::boot::{self, Overrides};
use crate::config::{Config, parse_duration};

/// Arguments of `keystead token`.
#[derive(Args, Debug)]
pub struct Token {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Makes a token for a user, which may do what the user may.
    Create(Create),
}

/// Flags of `keystead token create`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  keystead token create --name ci\n  keystead token create --email ada@example.com --expires-in 30d\n  TOKEN=$(keystead token create --json | jq -r .token)\n\nThe token is shown this once."
)]
struct Create {
    /// The user's e-mail [default: the configured `bootstrap.email`].
    #[arg(long)]
    email: Option<String>,
    /// The account's slug or id [default: the oldest].
    #[arg(long)]
    account: Option<String>,
    /// What the token is called.
    #[arg(long)]
    name: Option<String>,
    /// How long it lives, such as 12h or 30d [default: for ever].
    #[arg(long, value_name = "DURATION", value_parser = lifetime)]
    expires_in: Option<TimeDelta>,
    /// A permission it has, such as license.read; may be repeated [default: all of the user's].
    #[arg(long = "permission", value_name = "NAME")]
    permissions: Vec<String>,
    /// Prints one line of JSON.
    #[arg(long)]
    json: bool,
}

impl Token {
    pub async fn run(self, global: &Global) -> Result<ExitCode> {
        let Command::Create(create) = self.command;
        let config = global.load(Vec::new())?.config;
        let overrides = Overrides {
            master_key: master_key_variable().map(Secret::new),
            ..Overrides::default()
        };
        let db = boot::connect(&config).await?;
        let app = boot::application(&config, overrides, db).await?;
        let made = create.run(&app, &config).await;
        app.db.close().await?;
        made?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Create {
    async fn run(self, app: &Arc<App>, config: &Config) -> Result<()> {
        let now = app.clock.now();
        let email = self.email.as_deref().unwrap_or(&config.bootstrap.email);
        let cx = speak_for(app, self.account.as_deref(), email, now).await?;

        let draft = Draft {
            name: self.name,
            expiry: Some(self.expires_in.map(|lifetime| now + lifetime)),
            permissions: (!self.permissions.is_empty()).then_some(self.permissions),
            ..Draft::default()
        };
        let Fresh { issued, secret, .. } = generate(&cx, None, draft).await?;

        let token = issued.token;
        let expiry = token
            .expiry
            .map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
        if self.json {
            output::json(&json!({
                "id": token.id.to_string(),
                "token": secret.expose(),
                "account_id": cx.account().to_string(),
                "email": email,
                "expiry": expiry,
            }))?;
        } else {
            output::line(secret.expose())?;
        }
        Ok(())
    }
}

/// A context as if this user asked: whoever can open the database may speak for anybody in it.
async fn speak_for(
    app: &Arc<App>,
    account: Option<&str>,
    email: &str,
    now: DateTime<Utc>,
) -> Result<Cx> {
    let tenant = match account {
        Some(segment) => app.tenants.find(segment).await?,
        None => app.tenants.only().await?,
    };
    let tenant = match (tenant, account) {
        (Some(tenant), _) => tenant,
        (None, Some(segment)) => bail!("there is no account {segment:?}"),
        (None, None) => bail!("there is no account yet: run `keystead setup` first"),
    };
    let user = users::by_email(&app.db, tenant.account.id, email)
        .await?
        .with_context(|| format!("there is no user {email:?}"))?;
    if user.banned_at.is_some() {
        bail!("user {email:?} is banned");
    }
    let bearer = Bearer {
        role: user.role.into(),
        id: BearerId::User(user.id),
        environment: user.environment_id,
        permissions: user.permissions,
        token: None,
    };
    Ok(Cx::new(
        app.clone(),
        tenant,
        Environment::Global,
        Some(Arc::new(bearer)),
        now,
        app.ids.next(),
        ApiVersion::LATEST,
    ))
}

fn lifetime(text: &str) -> Result<TimeDelta, String> {
    parse_duration(text)
        .and_then(|duration| TimeDelta::from_std(duration).ok())
        .filter(|duration| *duration > TimeDelta::zero() && *duration < TimeDelta::days(36_500))
        .ok_or_else(|| "write a duration with its unit, such as 30d, up to 100 years".to_owned())
}
