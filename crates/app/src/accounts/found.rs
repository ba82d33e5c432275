//! Founds an account: its keys, its secret and its first admin, in one transaction.

use keystead_domain::access::Role;
use keystead_domain::permissions::PermissionSet;
use keystead_domain::version::ApiVersion;
use keystead_domain::words::UserRole;
use keystead_domain::{At, Code};
use keystead_signing::{AccountKeys, Entropy, Secret, Signer, SystemEntropy, password};
use keystead_store::entities::{Account, User};
use keystead_store::{OnDuplicate, accounts, users};

use crate::{App, Error, Result};

/// What a new account starts with.
#[derive(Debug)]
pub struct Founding {
    /// The account's slug: lower-case letters, digits and dashes.
    pub slug: String,
    /// The account's name.
    pub name: String,
    /// The first admin's e-mail.
    pub email: String,
    /// The first admin's password, 6 to 72 characters.
    pub password: Secret<String>,
    /// Whether strangers are kept from creating users.
    pub protected: bool,
}

/// A new account and its first admin.
#[derive(Debug)]
pub struct Founded {
    /// The account.
    pub account: Account,
    /// The first admin.
    pub admin: User,
}

/// Bytes of the secret that legacy tokens are checked with (identity reference §16.1).
const SECRET_BYTES: usize = 64;

/// Founds an account. Takes a tenth of a second or more: RSA keys are slow to make.
///
/// # Errors
/// `SLUG_TAKEN`; otherwise when the database fails.
pub async fn found(app: &App, founding: Founding) -> Result<Founded> {
    let Founding {
        slug,
        name,
        email,
        password,
        protected,
    } = founding;
    let now = app.clock.now();
    let account = app.ids.next();
    let master_key = app.master_key.clone();
    let made = tokio::task::spawn_blocking(move || make(account, &master_key, &password))
        .await
        .map_err(Error::failed)??;

    let account = Account {
        id: account,
        slug,
        name,
        protected,
        api_version: ApiVersion::LATEST.to_string(),
        legacy_signature: false,
        created_at: now,
        updated_at: now,
        ..made.account
    };
    let admin = User {
        id: app.ids.next(),
        account_id: account.id,
        environment_id: None,
        group_id: None,
        email: email.trim().to_lowercase(),
        first_name: None,
        last_name: None,
        password_hash: Some(made.password_hash),
        role: UserRole::Admin,
        permissions: PermissionSet::default_for(Role::Admin),
        metadata: serde_json::json!({}),
        banned_at: None,
        created_at: now,
        updated_at: now,
    };

    let tx = app.db.begin().await?;
    let account = accounts::insert(&tx, account)
        .await
        .on_duplicate(Code::SlugTaken.at(At::Attribute("slug".into())))?;
    let admin = users::insert(&tx, admin).await?;
    tx.commit().await?;

    app.tenants.forget();
    Ok(Founded { account, admin })
}

struct Made {
    account: Account,
    password_hash: String,
}

/// All that is slow or random: keys, their sealed form, and the password's hash.
fn make(
    id: keystead_domain::AccountId,
    master_key: &keystead_signing::MasterKey,
    password: &Secret<String>,
) -> Result<Made> {
    let mut entropy = SystemEntropy;
    let context = id.0.as_bytes();
    let keys = AccountKeys::generate(&mut entropy);
    let sealed = keys.seal(master_key, context, &mut entropy);
    let signer = Signer::new(keys);
    let public = signer.public_keys().map_err(Error::failed)?;
    let mut secret = [0; SECRET_BYTES];
    entropy.fill(&mut secret);
    let account = Account {
        id,
        slug: String::new(),
        name: String::new(),
        protected: true,
        api_version: String::new(),
        legacy_signature: false,
        ed25519_public: public.ed25519_hex().to_owned(),
        ed25519_private: sealed.ed25519,
        rsa2048_public: public.rsa_pem().to_owned(),
        rsa2048_private: sealed.rsa,
        ecdsa_public: public.p256_pem().to_owned(),
        ecdsa_private: sealed.p256,
        secret: master_key.seal(&[context, b"secret"], &secret, &mut entropy),
        created_at: chrono::DateTime::UNIX_EPOCH,
        updated_at: chrono::DateTime::UNIX_EPOCH,
    };
    let password_hash = password::hash(password.expose(), &mut entropy);
    Ok(Made {
        account,
        password_hash,
    })
}
