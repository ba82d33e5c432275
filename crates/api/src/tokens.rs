//! `/tokens`: bearer credentials (identity reference §10).

mod below;
mod input;
mod resource;

use keystead_app::Cx;
use keystead_app::tokens;
use keystead_signing::Secret;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

pub use self::below::create_below;
pub use self::input::{NewTokenBelowBody, NewTokenEnvironment};
pub use self::resource::resource;

use self::input::{NewTokenBody, asked, filter};
use self::resource::fresh;
use crate::body::Body;
use crate::credentials::Presented;
use crate::document::{Created, Document, Dressed, List, NoContent};
use crate::listing::Listing;
use crate::nouns::Tokens;
use crate::problem::Result;
use crate::shape::Guards;
use crate::tags::Tag;

/// Operations on tokens.
pub struct TokensApi;

#[OpenApi(tag = "Tag::Tokens")]
impl TokensApi {
    /// List tokens
    ///
    /// The tokens that the bearer sees, newest first; never their secrets. Filters:
    /// `bearer[type]`, `bearer[id]` and `bearer[role]`.
    #[oai(path = "/tokens", method = "get", operation_id = "listTokens")]
    async fn list(&self, cx: Data<&Cx>, listing: Listing) -> Result<List<Tokens>> {
        cx.bearer()?;
        let paging = listing.paging()?;
        let filter = filter(listing.query());
        let slice = tokens::list(&cx, &filter, paging.page, paging.direction).await?;
        Ok(listing.list(paging, slice.map(|issued| resource(&issued, None))))
    }

    /// Create a token
    ///
    /// Logs in with Basic `email:password`, or issues a token for the bearer itself or for one it
    /// may speak for. The secret is in this answer alone.
    #[oai(path = "/tokens", method = "post", operation_id = "createToken")]
    async fn create(
        &self,
        cx: Data<&Cx>,
        presented: Data<&Presented>,
        body: Body<NewTokenBody>,
    ) -> Result<Dressed<Created<Tokens>>> {
        let cx = match presented.0 {
            Presented::Login(login) => {
                let password = Secret::new(login.password.clone());
                tokens::log_in(&cx, &login.email, password, body.meta("otp")).await?
            }
            Presented::Credential(_) | Presented::Session(_) | Presented::Nothing => cx.0.clone(),
        };
        cx.bearer()?;
        let (bearer, draft) = asked(body.read(&Guards::at(cx.version))?);
        let made = tokens::generate(&cx, bearer, draft).await?;
        let answer = Created(fresh(&made));
        Ok(Dressed::new(answer).by(&cx).giving(made.session))
    }

    /// Retrieve a token
    #[oai(path = "/tokens/:id", method = "get", operation_id = "getToken")]
    async fn show(&self, cx: Data<&Cx>, id: Path<String>) -> Result<Document<Tokens>> {
        let issued = tokens::show(&cx, &id).await?;
        Ok(Document::of(resource(&issued, None)))
    }

    /// Regenerate the token in use
    ///
    /// Gives it a new secret; 404 when no token is in use.
    #[oai(
        path = "/tokens",
        method = "put",
        operation_id = "regenerateCurrentToken"
    )]
    async fn regenerate_current(&self, cx: Data<&Cx>) -> Result<Dressed<Document<Tokens>>> {
        let made = tokens::regenerate_current(&cx).await?;
        Ok(Dressed::new(fresh(&made)).giving(made.session))
    }

    /// Regenerate a token
    ///
    /// Gives it a new secret; the old one opens nothing from now on.
    #[oai(path = "/tokens/:id", method = "put", operation_id = "regenerateToken")]
    async fn regenerate(
        &self,
        cx: Data<&Cx>,
        id: Path<String>,
    ) -> Result<Dressed<Document<Tokens>>> {
        let made = tokens::regenerate(&cx, &id).await?;
        Ok(Dressed::new(fresh(&made)).giving(made.session))
    }

    /// Revoke a token
    ///
    /// It opens nothing from the next request on, and its sessions end: a portal logs out so.
    #[oai(path = "/tokens/:id", method = "delete", operation_id = "revokeToken")]
    async fn revoke(&self, cx: Data<&Cx>, id: Path<String>) -> Result<Dressed<NoContent>> {
        let ended = tokens::revoke(&cx, &id).await?;
        Ok(Dressed::new(NoContent).taking(ended))
    }
}
