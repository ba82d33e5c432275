//! Admins that are created along with what they will run.

use keystead_domain::access::Role;
use keystead_domain::draft::Problems;
use keystead_domain::permissions::PermissionSet;
use keystead_domain::user::normalised_email;
use keystead_domain::words::UserRole;
use keystead_domain::{At, EnvironmentId, Problem};
use keystead_store::entities::User;
use serde_json::json;

use super::{Draft, judge};
use crate::passwords::hash;
use crate::{Cx, Result};

/// The rows of these admins, complete unless there are problems: their passwords are hashed only
/// when nothing is wrong so far. Problems are told where each admin is in the document.
///
/// # Errors
/// When a password can't be hashed.
pub async fn rows(
    cx: &Cx,
    drafts: Vec<Draft>,
    environment: Option<EnvironmentId>,
    problems: &mut Problems,
) -> Result<Vec<User>> {
    let mut rows = Vec::new();
    let mut passwords = Vec::new();
    for (index, draft) in drafts.into_iter().enumerate() {
        let user = User {
            id: cx.ids.next(),
            account_id: cx.account(),
            environment_id: environment,
            group_id: None,
            email: normalised_email(&draft.email),
            first_name: draft.first_name,
            last_name: draft.last_name,
            password_hash: None,
            role: UserRole::Admin,
            permissions: PermissionSet::default_for(Role::Admin),
            metadata: draft.metadata.unwrap_or_else(|| json!({})),
            banned_at: None,
            created_at: cx.now,
            updated_at: cx.now,
        };
        let mut own = Problems::none();
        judge(&user, &mut own);
        hash::judge(draft.password.as_ref(), &mut own);
        if let Err(refused) = own.into_result() {
            problems.extend(refused.problems.into_iter().map(|told| nested(told, index)));
        }
        rows.push(user);
        passwords.push(draft.password);
    }
    if problems.is_empty() {
        for (user, password) in rows.iter_mut().zip(passwords) {
            user.password_hash = hash::make(password).await?;
        }
    }
    Ok(rows)
}

/// The address of the admin at this place is taken.
pub fn email_taken(index: usize) -> Problem {
    nested(super::email_taken(), index)
}

/// The problem of an attribute, where the attribute is in the document.
fn nested(problem: Problem, index: usize) -> Problem {
    let at = match &problem.at {
        At::Attribute(name) => At::Path(format!(
            "data/relationships/admins/data/{index}/attributes/{name}"
        )),
        _ => At::Path(format!("data/relationships/admins/data/{index}")),
    };
    problem.at(at)
}
