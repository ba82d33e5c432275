//! Tokens below the path of their bearer: users, products and environments say who that is.

use keystead_app::{Cx, tokens};
use keystead_domain::access::{Action, BearerId};

use super::input::{NewTokenBelowBody, asked_below, permitting};
use super::resource::fresh;
use crate::body::Body;
use crate::document::Document;
use crate::nouns::Tokens;
use crate::problem::Result;

/// Creates a token below its bearer's path; 200, as the contract has it for most of these.
pub async fn create_below(
    cx: &Cx,
    action: Action,
    bearer: BearerId,
    body: Body<NewTokenBelowBody>,
) -> Result<Document<Tokens>> {
    let draft = asked_below(body.read(&permitting(cx))?);
    let made = tokens::generate_for(cx, action, bearer, draft).await?;
    Ok(fresh(&made))
}
