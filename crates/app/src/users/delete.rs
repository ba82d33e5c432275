//! Deletes a user.

use keystead_domain::access::{Action, BearerId, Scope, Seen};
use keystead_domain::event::EventName;
use keystead_store::entities::User;
use keystead_store::users;
use keystead_store::users::Customer;

use super::person_in;
use super::update::{Changeable, keep_an_admin, lock};
use crate::herald::Payload;
use crate::{Cx, Result};

/// Removes the user with this id or address, the licenses it owns, their machines and tokens.
/// Licenses it merely shared stay.
///
/// All of it goes in the one transaction of the request.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix, 422 for the last admin,
/// 409 when somebody made it an admin meanwhile.
pub async fn delete(cx: &Cx, id_or_email: &str) -> Result<()> {
    cx.bearer()?;
    let scope = cx.scope();
    let user = users::find(&cx.db, &scope, id_or_email).await?;
    let user = cx
        .allow(Action::UserDelete, customer(cx, &scope, user).await?)?
        .user;

    let tx = cx.begin().await?;
    let user = lock(&tx, &scope, Changeable::of(&user)).await?;
    keep_an_admin(&tx, &scope, &user, None).await?;
    let event = cx.event(EventName::UserDeleted.as_str(), "users", user.id.0);
    let person = person_in(cx, &tx, user).await?;
    cx.tell(&tx, event, Payload::User(&person)).await?;
    users::delete(&tx, &person.user).await?;
    tx.commit().await?;
    Ok(())
}

/// Whether the user is another product's customer matters to a product alone.
async fn customer(cx: &Cx, scope: &Scope, user: Seen<User>) -> Result<Seen<Customer>> {
    let sole_product = match cx.bearer()?.id {
        BearerId::Product(product) => {
            !users::has_other_product(&cx.db, scope, user.peek().id, product).await?
        }
        _ => false,
    };
    Ok(user.map(|user| Customer { user, sole_product }))
}
