//! Gives a token a new secret.

use keystead_domain::Refused;
use keystead_domain::access::Action;
use keystead_domain::event::EventName;
use keystead_signing::{SystemEntropy, TokenDigest, token};
use keystead_store::entities::Token;
use keystead_store::tokens;

use super::issue::USER_TOKEN_TTL;
use super::{Fresh, kind};
use crate::herald::Payload;
use crate::{Cx, Result, sessions};

/// Replaces the secret of the token with this id. A token that ends now ends in two weeks,
/// whatever it had left; one that never ends stays so (identity §10.2). Its sessions end.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn regenerate(cx: &Cx, id: &str) -> Result<Fresh> {
    cx.bearer()?;
    let found = tokens::find(&cx.db, &cx.scope(), id).await?;
    let mut issued = cx.allow(Action::TokenRegenerate, found)?;
    let secret = token::generate(kind(&issued), &mut SystemEntropy);
    let row = Token {
        digest: TokenDigest::of(secret.expose()).as_bytes().to_vec(),
        expiry: issued.token.expiry.map(|_| cx.now + USER_TOKEN_TTL),
        updated_at: cx.now,
        ..issued.token
    };

    let tx = cx.begin().await?;
    issued.token = tokens::update(&tx, row).await?;
    let session = sessions::replace(cx, &tx, &issued.token).await?;
    let event = cx.event(
        EventName::TokenRegenerated.as_str(),
        "tokens",
        issued.token.id.0,
    );
    cx.tell(&tx, event, Payload::Token(&issued)).await?;
    tx.commit().await?;

    Ok(Fresh {
        issued,
        secret,
        session,
    })
}

/// Replaces the secret of the token in use.
///
/// # Errors
/// 401, 404 when no token is in use, 403 by the access matrix.
pub async fn regenerate_current(cx: &Cx) -> Result<Fresh> {
    let token = cx.bearer()?.token;
    let token = token.ok_or_else(|| Refused::missing("token"))?;
    regenerate(cx, &token.id.to_string()).await
}
