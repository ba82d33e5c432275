//! `keystead healthcheck`: asks a running server, for containers without curl.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use url::Url;

use super::{Global, output};
use crate::server::reachable;

/// Less than what containers usually give a check.
const PATIENCE: Duration = Duration::from_secs(4);

/// Flags of `keystead healthcheck`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  keystead healthcheck\n  keystead healthcheck http://127.0.0.1:6480/livez\n\nExits with 0 when the answer is a success, else with 1."
)]
pub struct Healthcheck {
    /// What to ask; without a path, /readyz [default: the configured `http.listen`].
    url: Option<Url>,
}

impl Healthcheck {
    pub async fn run(self, global: &Global) -> Result<ExitCode> {
        let mut url = match self.url {
            Some(url) => url,
            None => of(global.load(Vec::new())?.config.http.listen)?,
        };
        if url.path() == "/" {
            url.set_path("/readyz");
        }
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .no_proxy()
            .build()?;
        let response = client.get(url.clone()).send().await.context("no answer")?;
        let status = response.status();
        let text = response.text().await.unwrap_or_default();
        if !status.is_success() {
            bail!("{url} answers {status}: {}", text.trim());
        }
        output::line(text.trim())?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The URL of a server on this machine that listens there.
fn of(listen: SocketAddr) -> Result<Url> {
    Ok(Url::parse(&format!("http://{}", reachable(listen)))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_on_every_address_is_asked_on_this_machine() {
        let url = |listen: &str| of(listen.parse().unwrap()).unwrap().to_string();

        assert_eq!(url("0.0.0.0:6480"), "http://127.0.0.1:6480/");
        assert_eq!(url("[::]:6480"), "http://[::1]:6480/");
        assert_eq!(url("10.1.2.3:80"), "http://10.1.2.3/");
    }
}
