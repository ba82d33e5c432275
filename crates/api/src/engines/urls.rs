//! Absolute URLs on the host that was asked: clients of packages send their credentials to no other.

use std::fmt::Display;

use keystead_app::Cx;
use keystead_domain::AccountId;
use keystead_domain::words::Engine;
use keystead_storage::encoded;
use keystead_store::entities::Artifact;
use poem::Request;

use crate::transport::Origin;

/// Makes URLs that lead back to where a request was sent, in the long form that every host knows.
#[derive(Debug)]
pub struct Urls {
    origin: String,
    account: AccountId,
}

impl Urls {
    /// Of a request in an account.
    pub fn of(request: &Request, cx: &Cx) -> Self {
        let origin = request.extensions().get::<Origin>();
        Self {
            origin: origin.map_or_else(String::new, |origin| origin.0.clone()),
            account: cx.account(),
        }
    }

    /// A file, under its own name.
    pub fn file(&self, artifact: &Artifact) -> String {
        let Self { origin, account } = self;
        let name = encoded(&artifact.filename);
        format!(
            "{origin}/v1/accounts/{account}/artifacts/{}/{name}",
            artifact.id
        )
    }

    /// A path that an engine's clients ask, already encoded.
    pub fn engine(&self, engine: Engine, path: impl Display) -> String {
        let Self { origin, account } = self;
        format!("{origin}/v1/accounts/{account}/engines/{engine}/{path}")
    }
}
