//! Hashes of new passwords, made where blocking is allowed.

use keystead_domain::draft::Problems;
use keystead_domain::user::judge_password;
use keystead_signing::{Secret, SystemEntropy, password};
use tokio::sync::Semaphore;

use crate::{Error, Result};

/// A hash holds 19 MiB while it is computed: this many at once, the rest wait their turn.
static HASHING: Semaphore = Semaphore::const_new(2);

/// Judges a new password, if there is one.
pub fn judge(password: Option<&Secret<String>>, problems: &mut Problems) {
    if let Some(password) = password {
        judge_password(password.expose(), problems);
    }
}

/// The hash to store for a password that was judged; none for a user without a password.
pub async fn hash(password: Option<Secret<String>>) -> Result<Option<String>> {
    let Some(secret) = password else {
        return Ok(None);
    };
    let _turn = HASHING.acquire().await.map_err(Error::failed)?;
    let hash = move || password::hash(secret.expose(), &mut SystemEntropy);
    let hash = tokio::task::spawn_blocking(hash)
        .await
        .map_err(Error::failed)?;
    Ok(Some(hash))
}
