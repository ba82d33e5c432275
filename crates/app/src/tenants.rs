//! Accounts with their keys parsed, kept in memory for a few seconds.

use std::sync::Arc;
use std::time::Duration;

use keystead_domain::AccountId;
use keystead_signing::keys::Signer;
use keystead_signing::seal::MasterKey;
use keystead_store::entities::Account;
use keystead_store::{Db, accounts, domains};
use moka::future::Cache;

use crate::{Error, Result};

/// How long another replica's change of an account may stay unseen here.
const FRESH: Duration = Duration::from_secs(5);
/// Parsed keys are some kilobytes an account.
const KEPT: u64 = 10_000;

/// An account and the keys it signs with.
#[derive(Debug)]
pub struct Tenant {
    /// The account's row.
    pub account: Account,
    /// The account's keys, parsed once.
    pub signer: Signer,
}

/// The accounts in use, by the path segment that names them.
#[derive(Clone)]
pub struct Tenants {
    db: Db,
    master_key: Arc<MasterKey>,
    by_segment: Cache<String, Option<Arc<Tenant>>>,
    /// Parsing unseals; an unchanged account need not be parsed again.
    by_id: Cache<AccountId, Arc<Tenant>>,
}

impl std::fmt::Debug for Tenants {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tenants")
    }
}

impl Tenants {
    /// An empty directory over `db`; private keys are unsealed with `master_key`.
    pub fn new(db: Db, master_key: Arc<MasterKey>) -> Self {
        Self {
            db,
            master_key,
            by_segment: Cache::builder()
                .max_capacity(KEPT)
                .time_to_live(FRESH)
                .build(),
            by_id: Cache::builder().max_capacity(KEPT).build(),
        }
    }

    /// The account that a path segment names: an id, or a slug.
    ///
    /// # Errors
    /// When the database fails, or the master key is not the one the keys were sealed with.
    pub async fn find(&self, segment: &str) -> Result<Option<Arc<Tenant>>> {
        self.cached(segment.to_lowercase(), async || {
            Ok(accounts::find(&self.db, segment).await?)
        })
        .await
    }

    /// The account of a single-account server: the oldest.
    ///
    /// # Errors
    /// As [`Tenants::find`].
    pub async fn only(&self) -> Result<Option<Arc<Tenant>>> {
        // No slug is empty, so the empty segment is free to mean "the only one".
        self.cached(String::new(), async || Ok(accounts::first(&self.db).await?))
            .await
    }

    /// The account that a custom domain leads to; `host` is a name in lower case.
    ///
    /// # Errors
    /// As [`Tenants::find`].
    pub async fn by_host(&self, host: &str) -> Result<Option<Arc<Tenant>>> {
        // No slug has a slash, so hosts can't be mistaken for slugs.
        self.cached(format!("//{host}"), async || {
            Ok(domains::account_of(&self.db, host).await?)
        })
        .await
    }

    /// Forgets what is known of an account, because it was changed here.
    pub fn forget(&self) {
        self.by_segment.invalidate_all();
    }

    async fn cached(
        &self,
        segment: String,
        load: impl AsyncFnOnce() -> Result<Option<Account>>,
    ) -> Result<Option<Arc<Tenant>>> {
        if let Some(known) = self.by_segment.get(&segment).await {
            return Ok(known);
        }
        let tenant = match load().await? {
            Some(account) => Some(self.parsed(account).await?),
            None => None,
        };
        self.by_segment.insert(segment, tenant.clone()).await;
        Ok(tenant)
    }

    async fn parsed(&self, account: Account) -> Result<Arc<Tenant>> {
        if let Some(known) = self.by_id.get(&account.id).await
            && known.account == account
        {
            return Ok(known);
        }
        let id = account.id;
        let signer = crate::accounts::signer(&account, &self.master_key).map_err(Error::failed)?;
        let tenant = Arc::new(Tenant { account, signer });
        self.by_id.insert(id, tenant.clone()).await;
        Ok(tenant)
    }
}
