//! What travels to the provider and back with the browser: sealed, so that nobody reads or makes it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use keystead_domain::sso::Sent;
use keystead_domain::{AccountId, EnvironmentId};
use keystead_signing::{MasterKey, SystemEntropy};
use keystead_store::entities::Account;
use serde::{Deserialize, Serialize};

/// What states are sealed for, beside their account and its secret.
const CONTEXT: &[u8] = b"sso state";

/// Whom we sent to the provider, where to, and what the answer must fit.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The address that somebody wants to sign on with.
    pub email: String,
    /// The environment that they want to get into.
    pub environment: Option<EnvironmentId>,
    /// What the ID token must repeat.
    pub nonce: String,
    /// What the code is redeemed with.
    pub verifier: String,
    /// Until when we wait.
    pub expires: DateTime<Utc>,
}

// Nonce and verifier are nobody's business.
impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl State {
    /// The state as it travels: the account's id, and the rest sealed for it. It opens no more once
    /// the account has another secret.
    pub fn seal(&self, key: &MasterKey, account: &Account) -> String {
        let plain = serde_json::to_vec(self).expect("a state is texts and a time");
        let sealed = key.seal(&context(account), &plain, &mut SystemEntropy);
        let id = URL_SAFE_NO_PAD.encode(account.id.0.as_bytes());
        format!("{id}.{}", URL_SAFE_NO_PAD.encode(sealed))
    }

    /// The account that a state says it is of; it is believed once it opens.
    pub fn account(text: &str) -> Option<AccountId> {
        let (id, _) = text.split_once('.')?;
        let id = URL_SAFE_NO_PAD.decode(id).ok()?;
        uuid::Uuid::from_slice(&id).ok().map(AccountId)
    }

    /// The state, when it was sealed for this account.
    pub fn open(key: &MasterKey, account: &Account, text: &str) -> Option<Self> {
        let (_, sealed) = text.split_once('.')?;
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let plain = key.open(&context(account), &sealed).ok()?;
        serde_json::from_slice(plain.expose()).ok()
    }

    /// What of it is judged.
    pub fn sent(&self) -> Sent<'_> {
        Sent {
            email: &self.email,
            expires: self.expires,
        }
    }
}

fn context(account: &Account) -> [&[u8]; 3] {
    [CONTEXT, account.id.0.as_bytes(), &account.secret]
}
