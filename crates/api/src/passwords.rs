//! Passwords: requested by mail, reset with what was mailed, changed by who knows the old one
//! (identity reference §13).

use keystead_app::users::Person;
use keystead_app::{Cx, passwords};
use keystead_signing::Secret;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use serde::{Deserialize, Serialize};

use crate::body::Body;
use crate::document::{Document, NoContent};
use crate::input::Meta;
use crate::nouns::Users;
use crate::problem::Result;
use crate::shape::Guards;
use crate::tags::Tag;
use crate::users::resource;

/// Whose password is to be reset.
#[derive(Debug, Object, Deserialize)]
pub struct ResetWish {
    /// The user's address.
    email: String,
    /// False keeps the mail from being sent: the webhook event alone tells the token.
    deliver: Option<bool>,
}

/// A new password, and the token that was mailed.
#[derive(Object, Deserialize)]
#[oai(rename_all = "camelCase")]
pub struct Reset {
    /// The token: the last of the three parts of what was mailed.
    password_reset_token: String,
    /// The new password, 6 to 72 characters.
    new_password: String,
}

/// A new password, and the old one.
#[derive(Object, Deserialize)]
#[oai(rename_all = "camelCase")]
pub struct Change {
    /// The password so far.
    old_password: String,
    /// The new password, 6 to 72 characters.
    new_password: String,
}

/// What is told besides of a user who asked to reset its password.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResetMeta {
    password_reset_token: String,
}

/// The document that tells of a user who asked to reset its password: for vendors who bring the
/// token to their users themselves.
pub fn told(person: Person, token: &Secret<String>) -> Document<Users, ResetMeta> {
    Document::of(resource(person)).with_meta(ResetMeta {
        password_reset_token: token.expose().clone(),
    })
}

/// Operations on passwords.
pub struct PasswordsApi;

#[OpenApi(tag = "Tag::Users")]
impl PasswordsApi {
    /// Request a password reset
    ///
    /// Mails the user with this address a link to choose a new password. The answer is the same
    /// when there is no such user.
    #[oai(
        path = "/passwords",
        method = "post",
        operation_id = "requestPasswordReset"
    )]
    async fn request(&self, cx: Data<&Cx>, body: Body<Meta<ResetWish>>) -> Result<NoContent> {
        let wish = body.read(&Guards::at(cx.version))?.meta;
        let deliver = wish.deliver.unwrap_or(true);
        passwords::request(&cx, &wish.email, deliver).await?;
        Ok(NoContent)
    }

    /// Reset a user's password
    ///
    /// With the token that was mailed, which is good for a day and used up by this. Revokes all of
    /// the user's tokens.
    #[oai(
        path = "/users/:user/actions/reset-password",
        method = "post",
        operation_id = "resetUserPassword"
    )]
    async fn reset(
        &self,
        cx: Data<&Cx>,
        user: Path<String>,
        body: Body<Meta<Reset>>,
    ) -> Result<Document<Users>> {
        let user = passwords::resettable(&cx, &user).await?;
        let sent = body.read(&Guards::at(cx.version))?.meta;
        let token = Secret::new(sent.password_reset_token);
        let password = Secret::new(sent.new_password);
        let person = passwords::reset(&cx, user, &token, password).await?;
        Ok(Document::of(resource(person)))
    }

    /// Update a user's password
    ///
    /// One's own. Revokes the user's tokens, but for the one in use.
    #[oai(
        path = "/users/:user/actions/update-password",
        method = "post",
        operation_id = "updateUserPassword"
    )]
    async fn update(
        &self,
        cx: Data<&Cx>,
        user: Path<String>,
        body: Body<Meta<Change>>,
    ) -> Result<Document<Users>> {
        let own = passwords::own(&cx, &user).await?;
        let sent = body.read(&Guards::at(cx.version))?.meta;
        let (old, new) = (
            Secret::new(sent.old_password),
            Secret::new(sent.new_password),
        );
        let person = passwords::update(&cx, own, old, new).await?;
        Ok(Document::of(resource(person)))
    }
}
