//! Founds an account: its keys, its secret and its admins, in one transaction.

use chrono::{DateTime, Utc};
use keystead_domain::access::Role;
use keystead_domain::code::judge_slug;
use keystead_domain::draft::Problems;
use keystead_domain::founding::{Origin, names_after, namesake};
use keystead_domain::permissions::PermissionSet;
use keystead_domain::user::{judge_email, judge_names, judge_password, normalised_email};
use keystead_domain::version::ApiVersion;
use keystead_domain::words::UserRole;
use keystead_domain::{AccountId, At, Code, Problem, Refused};
use keystead_signing::{AccountKeys, Entropy, Secret, Signer, SystemEntropy, password};
use keystead_store::entities::{Account, User};
use keystead_store::{OnDuplicate, accounts, users};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

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

/// An account to be founded by whoever comes along.
#[derive(Debug)]
pub struct Draft {
    /// What names it in paths; told by the last founder's address when unsaid.
    pub slug: Option<String>,
    /// Its name; told by the last founder's address when unsaid.
    pub name: Option<String>,
    /// Whether strangers are kept from creating users.
    pub protected: bool,
    /// The version for clients that ask for none.
    pub version: ApiVersion,
    /// Its admins: at least one.
    pub founders: Vec<Founder>,
}

/// An admin of a new account.
#[derive(Debug, Default)]
pub struct Founder {
    /// The address.
    pub email: String,
    /// The password; without one the admin has to ask for a reset.
    pub password: Option<Secret<String>>,
    /// The first name.
    pub first_name: Option<String>,
    /// The last name.
    pub last_name: Option<String>,
    /// Free data: an object with keys in snake case.
    pub metadata: Option<Value>,
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

/// Making keys keeps a core busy for a tenth of a second or more: so many at once, and so many that
/// wait, because founding needs no credential.
static MAKING: Semaphore = Semaphore::const_new(2);
static FOUNDING: Semaphore = Semaphore::const_new(16);

/// How often a namesake is tried before chance is given up on.
const NAMESAKES: usize = 4;

/// Founds an account. Takes a tenth of a second or more: RSA keys are slow to make.
///
/// # Errors
/// As [`create`].
pub async fn found(app: &App, founding: Founding) -> Result<Founded> {
    let draft = Draft {
        slug: Some(founding.slug),
        name: Some(founding.name),
        protected: founding.protected,
        version: ApiVersion::LATEST,
        founders: vec![Founder {
            email: founding.email,
            password: Some(founding.password),
            ..Founder::default()
        }],
    };
    create(app, draft).await
}

/// Founds an account, whoever asks.
///
/// # Errors
/// 422 for the problems of the account and its admins, `SLUG_TAKEN` among them; overloaded when many
/// accounts are being founded already.
pub async fn create(app: &App, draft: Draft) -> Result<Founded> {
    let _place = FOUNDING.try_acquire().map_err(|_| Error::Overloaded)?;
    let now = app.clock.now();
    let id = app.ids.next();
    let (slug, name) = named(app, &draft).await?;
    judge(app, &draft, &slug, &name).await?;

    let passwords = draft
        .founders
        .iter()
        .map(|founder| founder.password.clone())
        .collect();
    let master_key = app.master_key.clone();
    let made = {
        let _turn = MAKING.acquire().await.map_err(Error::failed)?;
        tokio::task::spawn_blocking(move || make(id, &master_key, passwords))
            .await
            .map_err(Error::failed)??
    };
    let account = Account {
        id,
        slug,
        name,
        protected: draft.protected,
        api_version: draft.version.to_string(),
        created_at: now,
        updated_at: now,
        ..made.account
    };

    let tx = app.db.begin().await?;
    let account = accounts::insert(&tx, account)
        .await
        .on_duplicate(Code::SlugTaken.at(At::Attribute("slug".into())))?;
    let mut first = None;
    for (index, (founder, hash)) in draft.founders.into_iter().zip(made.hashes).enumerate() {
        let row = admin(app, id, founder, hash, now);
        let taken = Code::EmailTaken.at(At::Path(place(index, "email")));
        let admin = users::insert(&tx, row).await.on_duplicate(taken)?;
        first.get_or_insert(admin);
    }
    let admin = first.ok_or_else(|| Refused::missing("admins"))?;
    tx.commit().await?;

    app.tenants.forget();
    Ok(Founded { account, admin })
}

/// The slug and the name: as asked for, else after the last founder.
async fn named(app: &App, draft: &Draft) -> Result<(String, String)> {
    let last = draft.founders.last().map(|f| normalised_email(&f.email));
    let names = last.as_deref().and_then(names_after);
    let name = draft.name.clone();
    let name = name.or_else(|| names.as_ref().map(|names| names.name.clone()));
    let name = name.unwrap_or_default();
    if let Some(slug) = &draft.slug {
        return Ok((slug.clone(), name));
    }
    // Without an address there are no names, and the address is what is told to be wrong.
    let Some(names) = names else {
        return Ok((String::new(), name));
    };
    let taken = accounts::find(&app.db, &names.slug).await?.is_some();
    match names.origin {
        Origin::Company if taken => {
            let detail = "already exists for this domain (please use a different domain or use \
                          account recovery)";
            Err(Code::SlugTaken
                .says(detail, At::Attribute("slug".into()))
                .into())
        }
        Origin::Company => Ok((names.slug, name)),
        Origin::Person if names.slug.len() < 2 => Ok((free_namesake(app, "account").await?, name)),
        Origin::Person if taken => Ok((free_namesake(app, &names.slug).await?, name)),
        Origin::Person => Ok((names.slug, name)),
    }
}

async fn free_namesake(app: &App, slug: &str) -> Result<String> {
    let mut tried = String::new();
    for _ in 0..NAMESAKES {
        let mut chance = [0; 8];
        SystemEntropy.fill(&mut chance);
        tried = namesake(slug, u64::from_be_bytes(chance));
        if accounts::find(&app.db, &tried).await?.is_none() {
            break;
        }
    }
    Ok(tried)
}

async fn judge(app: &App, draft: &Draft, slug: &str, name: &str) -> Result<()> {
    let mut all = Problems::none();
    for (index, founder) in draft.founders.iter().enumerate() {
        let mut problems = Problems::none();
        judge_founder(founder, &mut problems);
        if let Err(refused) = problems.into_result() {
            all.extend(refused.problems.into_iter().map(|p| below(p, index)));
        }
    }
    // Names told by an address that is none have no problems of their own.
    if all.is_empty() || draft.slug.is_some() {
        judge_slug(slug, &mut all);
        // Told together with what else is wrong; the index decides between two at once.
        if draft.slug.is_some() && accounts::find(&app.db, slug).await?.is_some() {
            all.add(Code::SlugTaken.at(At::Attribute("slug".into())));
        }
    }
    if all.is_empty() || draft.name.is_some() {
        all.require(!name.trim().is_empty(), Code::NameMissing, "name");
        all.short(name, Code::NameTooLong, "name");
    }
    Ok(all.into_result()?)
}

fn judge_founder(founder: &Founder, problems: &mut Problems) {
    judge_email(&normalised_email(&founder.email), problems);
    let (first, last) = (founder.first_name.as_deref(), founder.last_name.as_deref());
    judge_names(first, last, problems);
    if let Some(password) = &founder.password {
        judge_password(password.expose(), problems);
    }
    if let Some(metadata) = &founder.metadata {
        problems.metadata(metadata);
    }
}

/// A problem of an admin, at its place in the account's document.
fn below(problem: Problem, index: usize) -> Problem {
    match &problem.at {
        At::Attribute(name) => {
            let at = At::Path(place(index, name));
            Problem { at, ..problem }
        }
        _ => problem,
    }
}

fn place(index: usize, attribute: &str) -> String {
    format!("data/relationships/admins/data/{index}/attributes/{attribute}")
}

fn admin(
    app: &App,
    account: AccountId,
    founder: Founder,
    password_hash: Option<String>,
    now: DateTime<Utc>,
) -> User {
    User {
        id: app.ids.next(),
        account_id: account,
        environment_id: None,
        group_id: None,
        email: normalised_email(&founder.email),
        first_name: founder.first_name,
        last_name: founder.last_name,
        password_hash,
        role: UserRole::Admin,
        permissions: PermissionSet::default_for(Role::Admin),
        metadata: founder.metadata.unwrap_or_else(|| json!({})),
        banned_at: None,
        created_at: now,
        updated_at: now,
    }
}

struct Made {
    account: Account,
    hashes: Vec<Option<String>>,
}

/// All that is slow or random: keys, their sealed form, and the passwords' hashes.
fn make(
    id: AccountId,
    master_key: &keystead_signing::MasterKey,
    passwords: Vec<Option<Secret<String>>>,
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
        doomed_at: None,
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
    };
    let hashes = passwords
        .into_iter()
        .map(|text| text.map(|text| password::hash(text.expose(), &mut entropy)))
        .collect();
    Ok(Made { account, hashes })
}
