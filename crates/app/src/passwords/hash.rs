//! Hashes of passwords, made and compared where blocking is allowed.

use keystead_domain::draft::Problems;
use keystead_domain::user::judge_password;
use keystead_signing::password::Verdict;
use keystead_signing::{Secret, SystemEntropy, password};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::spawn_blocking;

use crate::{Error, Result};

/// A hash holds 19 MiB while it is computed: this many at once, the rest wait their turn.
static HASHING: Semaphore = Semaphore::const_new(4);

async fn turn() -> Result<SemaphorePermit<'static>> {
    HASHING.acquire().await.map_err(Error::failed)
}

/// Judges a new password, if there is one.
pub fn judge(password: Option<&Secret<String>>, problems: &mut Problems) {
    if let Some(password) = password {
        judge_password(password.expose(), problems);
    }
}

/// The hash to store for a password that was judged; none for a user without a password.
///
/// # Errors
/// When the work was cut short.
pub async fn make(password: Option<Secret<String>>) -> Result<Option<String>> {
    let Some(secret) = password else {
        return Ok(None);
    };
    let _turn = turn().await?;
    let hash = move || password::hash(secret.expose(), &mut SystemEntropy);
    Ok(Some(spawn_blocking(hash).await.map_err(Error::failed)?))
}

/// How a password compares with the stored hash. Without one nothing is right, and the work is
/// done all the same: time must not tell who has a password, or who exists.
///
/// # Errors
/// When what is stored is no hash, or the work was cut short.
pub async fn compare(password: Secret<String>, stored: Option<String>) -> Result<Verdict> {
    let _turn = turn().await?;
    let compared = spawn_blocking(move || match stored {
        Some(stored) => password::verify(password.expose(), &stored),
        None => {
            password::verify_nothing(password.expose());
            Ok(Verdict::Wrong)
        }
    });
    compared
        .await
        .map_err(Error::failed)?
        .map_err(Error::failed)
}
