//! Creates an environment, and the admins who will run it.

use keystead_domain::access::{Action, Role, Tie};
use keystead_domain::event::EventName;
use keystead_domain::permissions::PermissionSet;
use keystead_domain::words::IsolationStrategy;
use keystead_domain::{Code, Kind, Problem};
use keystead_store::entities::Environment;
use keystead_store::{OnDuplicate, environments, users as stored};

use super::{NOUN, code_taken, problems};
use crate::herald::Payload;
use crate::users::{self, founders};
use crate::{Cx, Result};

/// Admins that one request creates at most (identity §15.4).
const MAX_ADMINS: usize = 10;

/// An environment to be made.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// Its name.
    pub name: String,
    /// A name to look it up by, beside its id.
    pub code: String,
    /// Whether it sees the global records too, as it was spelled; isolated when unsaid.
    pub isolation_strategy: Option<String>,
    /// Admins to be created in it.
    pub admins: Vec<users::Draft>,
}

/// Creates an environment with its admins, or nothing of it.
///
/// # Errors
/// 401, 403 by the access matrix, and 422 for the problems of the draft and of its admins.
pub async fn create(cx: &Cx, draft: Draft) -> Result<Environment> {
    cx.bearer()?;
    cx.allow_create(Action::EnvironmentCreate, &Tie::default())?;
    if draft.admins.len() > MAX_ADMINS {
        return Err(Problem::new(Kind::UnprocessableEntity, "too many records").into());
    }

    let mut environment = Environment {
        id: cx.ids.next(),
        account_id: cx.account(),
        name: draft.name,
        code: draft.code,
        isolation_strategy: IsolationStrategy::Isolated,
        permissions: PermissionSet::default_for(Role::Environment),
        deleted_at: None,
        created_at: cx.now,
        updated_at: cx.now,
    };
    let mut problems = problems(&environment);
    let strategy = problems.word(
        draft.isolation_strategy.as_deref(),
        Code::IsolationStrategyNotAllowed,
        "isolation_strategy",
    );
    environment.isolation_strategy = strategy.unwrap_or(IsolationStrategy::Isolated);
    let admins = founders::rows(cx, draft.admins, Some(environment.id), &mut problems).await?;
    problems.into_result()?;

    let tx = cx.begin().await?;
    let environment = environments::insert(&tx, environment)
        .await
        .on_duplicate(code_taken())?;
    for (index, admin) in admins.into_iter().enumerate() {
        stored::insert(&tx, admin)
            .await
            .on_duplicate(founders::email_taken(index))?;
    }
    let event = cx.event(
        EventName::EnvironmentCreated.as_str(),
        NOUN,
        environment.id.0,
    );
    cx.tell(&tx, event, Payload::Environment(&environment))
        .await?;
    tx.commit().await?;
    Ok(environment)
}
