//! Look-ups that share statements: what arrives together is asked together.

use keystead_domain::{AccountId, LicenseId};
use keystead_store::Db;
use keystead_store::batch::{BatchError, Batcher, Bounds};
use keystead_store::credentials::{self, LicenseHolder, TokenHolder};
use keystead_store::licenses::{self, Activatable, Answers, Candidate, Key, Questions};

/// As many as a statement takes before its answer gets long.
const READS: Bounds = Bounds {
    batch: 256,
    in_flight: 4,
    gathers: false,
    waiting: 10_000,
};

/// Batched look-ups of the hot paths.
#[derive(Clone)]
pub struct Lookups {
    tokens: Batcher<(AccountId, [u8; 32]), Option<TokenHolder>>,
    license_keys: Batcher<(AccountId, [u8; 32]), Option<LicenseHolder>>,
    candidates: Batcher<Key, Option<Candidate>>,
    facts: Batcher<Questions, Answers>,
    activatable: Batcher<(AccountId, LicenseId), Option<Activatable>>,
}

impl std::fmt::Debug for Lookups {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lookups")
    }
}

impl Lookups {
    /// Starts the batchers on the current runtime.
    pub fn start(db: &Db) -> Self {
        let (tokens, license_keys) = (db.clone(), db.clone());
        let (candidates, facts, activatable) = (db.clone(), db.clone(), db.clone());
        Self {
            tokens: Batcher::start("tokens", READS, move |wanted| {
                let db = tokens.clone();
                async move { credentials::by_token(&db, wanted).await }
            }),
            license_keys: Batcher::start("license keys", READS, move |wanted| {
                let db = license_keys.clone();
                async move { credentials::by_license_key(&db, wanted).await }
            }),
            candidates: Batcher::start("licenses to validate", READS, move |keys| {
                let db = candidates.clone();
                async move { licenses::by_key(&db, keys).await }
            }),
            facts: Batcher::start("facts of licenses", READS, move |wanted| {
                let db = facts.clone();
                async move { licenses::facts(&db, wanted).await }
            }),
            activatable: Batcher::start("licenses to activate", READS, move |wanted| {
                let db = activatable.clone();
                async move { licenses::to_activate(&db, wanted).await }
            }),
        }
    }

    /// The token with this digest, and its bearer.
    ///
    /// # Errors
    /// When the database fails or too much is waiting.
    pub async fn token(
        &self,
        account: AccountId,
        digest: [u8; 32],
    ) -> Result<Option<TokenHolder>, BatchError> {
        self.tokens.call((account, digest)).await
    }

    /// The license whose key has this digest.
    ///
    /// # Errors
    /// When the database fails or too much is waiting.
    pub async fn license_key(
        &self,
        account: AccountId,
        digest: [u8; 32],
    ) -> Result<Option<LicenseHolder>, BatchError> {
        self.license_keys.call((account, digest)).await
    }

    /// The license to validate by its key.
    ///
    /// # Errors
    /// When the database fails or too much is waiting.
    pub async fn candidate(&self, key: Key) -> Result<Option<Candidate>, BatchError> {
        self.candidates.call(key).await
    }

    /// The license that gets a machine.
    ///
    /// # Errors
    /// When the database fails or too much is waiting.
    pub async fn activatable(
        &self,
        account: AccountId,
        id: LicenseId,
    ) -> Result<Option<Activatable>, BatchError> {
        self.activatable.call((account, id)).await
    }

    /// What a scope asks of a license; nothing is sent when it asks nothing.
    ///
    /// # Errors
    /// When the database fails or too much is waiting.
    pub async fn facts(&self, questions: Questions) -> Result<Answers, BatchError> {
        if questions.is_empty() {
            return Ok(Answers::default());
        }
        self.facts.call(questions).await
    }
}
