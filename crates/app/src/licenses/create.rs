//! Creates a license: the right to use a product under a policy's terms.

use chrono::{DateTime, Utc};
use keystead_domain::access::{Action, Role, Scope, Tie};
use keystead_domain::draft::{self, Problems};
use keystead_domain::event::EventName;
use keystead_domain::issuance::{key_problems, override_problems};
use keystead_domain::permissions::PermissionSet;
use keystead_domain::term::{self, CalendarDuration, Limits};
use keystead_domain::words::ExpirationBasis;
use keystead_domain::{At, Code, EnvironmentId, GroupId, LicenseId, PolicyId, Refused, UserId};
use keystead_signing::Secret;
use keystead_signing::digest::sha256;
use keystead_store::entities::{License, Policy, User};
use keystead_store::licenses::{self, Loaded};
use keystead_store::{Tx, keys as pooled_keys, policies, users};
use serde_json::{Value, json};

use super::bind::join_group;
use super::keys::{self, Holder};
use super::{as_owner, judge_name, judge_permissions};
use crate::herald::Payload;
use crate::{Cx, Result, settings};

/// A license to be created.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The id, where the client chooses it.
    pub id: Option<LicenseId>,
    /// The policy.
    pub policy: PolicyId,
    /// The user who will own it.
    pub owner: Option<UserId>,
    /// Its group; its owner's when unsaid.
    pub group: Option<GroupId>,
    /// Its environment: unsaid, global, or this one.
    pub environment: Option<Option<EnvironmentId>>,
    /// Its name.
    pub name: Option<String>,
    /// Its key, or what a scheme makes the key of; one is made when unsaid.
    pub key: Option<String>,
    /// When it expires, rather than as the policy says.
    pub expiry: Option<DateTime<Utc>>,
    /// Whether it is suspended from the start.
    pub suspended: bool,
    /// Whether it is protected from its users; as the policy is when unsaid.
    pub protected: Option<bool>,
    /// Limits of its own.
    pub limits: Limits,
    /// The names of its permissions; the default ones when unsaid.
    pub permissions: Option<Vec<String>>,
    /// Free data: an object with keys in snake case.
    pub metadata: Option<Value>,
}

/// A license, and what is known of its key this once.
#[derive(Clone, Debug)]
pub struct Created {
    /// The license.
    pub license: Loaded,
    /// The raw form of a legacy encrypted key: shown now, never stored.
    pub raw_key: Option<Secret<String>>,
}

/// Creates a license.
///
/// # Errors
/// 401, 403 by the access matrix, and 422 for the draft's problems.
pub async fn create(cx: &Cx, draft: Draft) -> Result<Created> {
    cx.bearer()?;
    let permissions = match draft::permissions(draft.permissions.as_deref())? {
        Some(permissions) => permissions,
        None => settings::default_permissions(cx, Role::License).await?,
    };
    // In whatever environment they are: a wrong one is told as such.
    let anywhere = Scope::system(cx.account());
    let policy = policies::by_id(&cx.db, &anywhere, draft.policy).await?;
    cx.allow_create(Action::LicenseCreate, &tie(cx, &draft, policy.as_ref()))?;

    let owner = match draft.owner {
        Some(id) => users::by_id(&cx.db, &anywhere, id).await?,
        None => None,
    };
    let problems = problems(cx, &draft, policy.as_ref(), owner.as_ref(), permissions);
    // Without a policy there is at least that problem.
    problems.into_result()?;
    let policy = policy.ok_or_else(|| Refused::missing("policy"))?;

    let given = draft.key.clone();
    let from_pool = policy.use_pool && given.is_none();
    let mut row = row(cx, draft, &policy, owner.as_ref(), permissions);
    let holder = owner.as_ref().map(|user| Holder {
        id: user.id.0,
        email: user.email.clone(),
    });
    let mut raw_key = None;
    if !from_pool {
        let issued = keys::issue(cx, &policy, &row, holder, given.clone()).await?;
        raw_key = issued.raw;
        set_key(&mut row, issued.key);
    }

    let tx = cx.begin().await?;
    if from_pool {
        let pooled = pooled_keys::pop_unused(&tx, &cx.existing(), policy.id).await?;
        let empty = || Code::PolicyPoolEmpty.at(At::Relationship("policy".into()));
        set_key(&mut row, pooled.ok_or_else(empty)?.key);
    }
    refuse_conflict(cx, &tx, given.as_deref()).await?;
    join_group(cx, &tx, row.group_id).await?;
    let plain = keys::scheme(&policy).is_none();
    let license = licenses::insert(&tx, row)
        .await
        .map_err(|error| taken(error, plain))?;
    let event = cx.event(EventName::LicenseCreated.as_str(), "licenses", license.id.0);
    let owner = owner.map(as_owner);
    let license = Loaded {
        license,
        policy,
        owner,
        member: false,
    };
    cx.tell(&tx, event, Payload::License(&license)).await?;
    tx.commit().await?;
    Ok(Created { license, raw_key })
}

/// How the license will hang together with bearers; a policy that isn't there belongs to nobody.
/// In the global environment, a license would be where its policy is.
fn tie(cx: &Cx, draft: &Draft, policy: Option<&Policy>) -> Tie {
    let inherited = policy.and_then(|policy| policy.environment_id);
    let environment = cx.environment.id().or(inherited);
    Tie {
        environment: draft.environment.unwrap_or(environment),
        product: policy.map(|policy| policy.product_id),
        owner: draft.owner,
        license_owner: draft.owner,
        policy_protected: policy.is_some_and(|policy| policy.protected),
        ..Tie::default()
    }
}

fn problems(
    cx: &Cx,
    draft: &Draft,
    policy: Option<&Policy>,
    owner: Option<&User>,
    permissions: PermissionSet,
) -> Problems {
    let mut problems = Problems::none();
    let environment = |parent: &str| {
        let detail = format!("must be compatible with {parent} environment");
        Code::EnvironmentNotAllowed.says(detail, At::Relationship("environment".into()))
    };
    match policy {
        None => problems.add(Code::PolicyNotFound.at(At::Relationship("policy".into()))),
        Some(policy) if !cx.environment.reads(policy.environment_id) => {
            problems.add(environment("policy"));
        }
        Some(_) => {}
    }
    match owner {
        None if draft.owner.is_some() => {
            problems.add(Code::OwnerNotFound.at(At::Relationship("owner".into())));
        }
        Some(owner) if !cx.environment.reads(owner.environment_id) => {
            problems.add(environment("owner"));
        }
        _ => {}
    }
    judge_name(draft.name.as_deref(), &mut problems);
    if let Some(policy) = policy {
        if let Some(key) = &draft.key {
            problems.extend(key_problems(key, keys::scheme(policy)));
        }
        problems.extend(override_problems(&draft.limits, policy.floating));
    }
    judge_permissions(permissions, &mut problems);
    if let Some(metadata) = &draft.metadata {
        problems.metadata(metadata);
    }
    problems
}

/// The license's row, complete but for its key.
fn row(
    cx: &Cx,
    draft: Draft,
    policy: &Policy,
    owner: Option<&User>,
    permissions: PermissionSet,
) -> License {
    let duration = policy.duration.and_then(CalendarDuration::from_seconds);
    let starts = ExpirationBasis::FromCreation;
    let term = term::start(
        draft.expiry,
        policy.expiration_basis,
        starts,
        duration,
        cx.now,
    );
    let Limits {
        machines,
        processes,
        users,
        cores,
        memory,
        disk,
        uses,
    } = draft.limits;
    License {
        id: draft.id.unwrap_or_else(|| cx.ids.next()),
        account_id: cx.account(),
        environment_id: cx.environment.id(),
        product_id: policy.product_id,
        policy_id: policy.id,
        owner_id: draft.owner,
        group_id: draft.group.or(owner.and_then(|owner| owner.group_id)),
        name: draft.name,
        key: String::new(),
        key_digest: Vec::new(),
        expiry: draft.expiry.or(term),
        suspended: draft.suspended,
        protected: draft.protected.unwrap_or(policy.protected),
        uses: 0,
        version: None,
        validated_checksum: None,
        max_machines: machines,
        max_processes: processes,
        max_users: users,
        max_cores: cores,
        max_memory: memory,
        max_disk: disk,
        max_uses: uses,
        permissions,
        metadata: draft.metadata.unwrap_or_else(|| json!({})),
        machines_count: 0,
        machines_cores: 0,
        machines_memory: 0,
        machines_disk: 0,
        users_count: 0,
        last_validated_at: None,
        last_check_in_at: policy.require_check_in.then_some(cx.now),
        last_check_out_at: None,
        created_at: cx.now,
        updated_at: cx.now,
    }
}

fn set_key(row: &mut License, key: String) {
    row.key_digest = sha256(key.as_bytes()).to_vec();
    row.key = key;
}

/// A key that looks like an id must not be the id of another license: paths take either.
async fn refuse_conflict(cx: &Cx, tx: &Tx, key: Option<&str>) -> Result<()> {
    let Some(id) = key.and_then(|key| key.parse::<LicenseId>().ok()) else {
        return Ok(());
    };
    match licenses::by_id(tx, &Scope::system(cx.account()), id).await? {
        Some(_) => Err(Code::KeyConflict.at(At::Attribute("key".into())).into()),
        None => Ok(()),
    }
}

/// What a duplicate means: the id is taken in some account, or the key in this one. Two seeds
/// that come to the same signed key are no fault of the key that was given.
fn taken(error: keystead_store::Error, plain: bool) -> crate::Error {
    match error.duplicate() {
        None => error.into(),
        Some(index) if index.contains("key") && !index.contains("_pkey") => match plain {
            true => Code::KeyTaken.at(At::Attribute("key".into())).into(),
            false => Refused::conflict().into(),
        },
        Some(_) => {
            let detail = "must not conflict with another license";
            Code::IdConflict.says(detail, At::Id).into()
        }
    }
}
