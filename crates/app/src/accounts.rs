//! Accounts: a vendor's tenant, its keys and its first admin.

pub mod delete;
pub mod destroy;
pub mod domains;
pub mod found;
pub mod show;
pub mod update;

pub use delete::delete;
pub use found::{Draft, Founded, Founder, Founding, create, found};
pub use show::show;
pub use update::{Change, Changeable, changeable, update};

use keystead_signing::keys::{SealedKeys, Signer};
use keystead_signing::seal::{MasterKey, OpenError};
use keystead_store::entities::Account;

/// The account's keys, unsealed and ready to sign.
///
/// # Errors
/// When the master key is not the one the keys were sealed with, or a row was altered.
pub fn signer(account: &Account, master_key: &MasterKey) -> Result<Signer, OpenError> {
    let sealed = SealedKeys {
        ed25519: account.ed25519_private.clone(),
        rsa: account.rsa2048_private.clone(),
        p256: account.ecdsa_private.clone(),
    };
    let keys = sealed.open(master_key, account.id.0.as_bytes())?;
    Ok(Signer::new(keys))
}
