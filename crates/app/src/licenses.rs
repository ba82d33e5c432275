//! Licenses: a customer's right to use a product.

mod bind;
pub mod check_out;
pub mod create;
pub mod delete;
pub mod entitlements;
mod facts;
mod keys;
pub mod list;
pub mod permits;
pub mod related;
pub mod revoke;
pub mod show;
mod transfer;
pub mod update;
pub mod usage;
pub mod users;
pub mod validate;
pub mod wanted;

pub(crate) use keys::scheme;

pub use bind::{Ownable, change_group, change_owner, ownable, user_changeable};
pub use check_out::check_out;
pub use create::{Created, Draft, create};
pub use delete::delete;
pub use list::{list, list_of_policy, list_of_product};
pub use permits::{check_in, reinstate, renew, suspend};
pub use related::{bearer, group, machine, owner, policy, product, token, tokens, user};
pub use revoke::revoke;
pub use show::show;
pub use transfer::transfer;
pub use update::{Change, Changeable, changeable, update};
pub use validate::{Ask, Validation, glance, validate, validate_key};
pub use wanted::Wanted;

use chrono::{DateTime, Utc};
use keystead_domain::access::Role;
use keystead_domain::draft::Problems;
use keystead_domain::permissions::PermissionSet;
use keystead_domain::term::{Interval, Life, Limits};
use keystead_domain::words::LicenseStatus;
use keystead_domain::{At, Code, Problem};
use keystead_store::entities::{License, Policy, User};
use keystead_store::licenses::{Loaded, Owner};

/// The type of licenses in the event log.
const NOUN: &str = "licenses";

/// The limits that apply: the license's overrides before its policy's (licensing §3.2).
pub fn limits(loaded: &Loaded) -> Limits {
    Limits::effective(overrides(&loaded.license), policy_limits(&loaded.policy))
}

/// What the license is now (licensing §3.3).
pub fn status(loaded: &Loaded, now: DateTime<Utc>) -> LicenseStatus {
    let life = Life {
        owner_banned: loaded
            .owner
            .as_ref()
            .is_some_and(|owner| owner.banned_at.is_some()),
        suspended: loaded.license.suspended,
        expiry: loaded.license.expiry,
        created: loaded.license.created_at,
        last_validated: loaded.license.last_validated_at,
        last_check_out: loaded.license.last_check_out_at,
        last_check_in: loaded.license.last_check_in_at,
    };
    life.status(now)
}

/// Whether the key is stored as a hash only, which is nobody's to see.
pub fn hides_key(loaded: &Loaded) -> bool {
    loaded.policy.encrypted
}

/// When the license must check in next; none when it need not, or hasn't begun to.
pub fn next_check_in(loaded: &Loaded) -> Option<DateTime<Utc>> {
    let last = loaded.license.last_check_in_at?;
    Some(check_in_interval(&loaded.policy)?.next(last))
}

/// How often licenses of the policy must check in.
fn check_in_interval(policy: &Policy) -> Option<Interval> {
    let count = policy
        .check_in_interval_count
        .and_then(|count| u32::try_from(count).ok())?;
    let unit = policy.check_in_interval?;
    policy.require_check_in.then_some(Interval { unit, count })
}

/// A license's own limits.
fn overrides(license: &License) -> Limits {
    Limits {
        machines: license.max_machines,
        processes: license.max_processes,
        users: license.max_users,
        cores: license.max_cores,
        memory: license.max_memory,
        disk: license.max_disk,
        uses: license.max_uses,
    }
}

fn policy_limits(policy: &Policy) -> Limits {
    Limits {
        machines: policy.max_machines,
        processes: policy.max_processes,
        users: policy.max_users,
        cores: policy.max_cores,
        memory: policy.max_memory,
        disk: policy.max_disk,
        uses: policy.max_uses,
    }
}

/// What rules about a license ask of the user who owns it.
fn as_owner(user: User) -> Owner {
    Owner {
        id: user.id,
        environment_id: user.environment_id,
        group_id: user.group_id,
        email: user.email,
        permissions: user.permissions,
        banned_at: user.banned_at,
    }
}

/// There is no place for one more user.
fn too_many_users(max: Option<i64>) -> Problem {
    let max = max.unwrap_or(0);
    let detail = format!("user count has exceeded maximum allowed for license ({max})");
    Code::UserLimitExceeded.says(detail, At::Relationship("users".into()))
}

/// Characters of a license's name at most.
const MAX_NAME_CHARS: usize = 1024;

fn judge_name(name: Option<&str>, problems: &mut Problems) {
    if name.is_some_and(|name| name.chars().count() > MAX_NAME_CHARS) {
        let detail = format!("is too long (maximum is {MAX_NAME_CHARS} characters)");
        problems.add(Code::NameTooLong.says(detail, At::Attribute("name".into())));
    }
}

fn judge_permissions(permissions: PermissionSet, problems: &mut Problems) {
    let assignable = permissions.assignable_to(Role::License);
    problems.require(assignable, Code::PermissionsNotAllowed, "permissions");
}
