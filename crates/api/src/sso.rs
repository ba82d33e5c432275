//! `/sso`: where identity providers send browsers back to. No operation of the API but a page: the
//! answer is always a redirection to the portal (distribution reference §12).

use std::net::Ipv4Addr;
use std::sync::Arc;

use keystead_app::sso::{self, Callback, Outcome, SignedOn};
use keystead_app::{App, Client};
use keystead_domain::RequestId;
use keystead_domain::sso::Failure;
use keystead_signing::Secret;
use poem::http::{HeaderValue, StatusCode, header};
use poem::{Endpoint, Request, Response, endpoint};
use url::form_urlencoded;

use crate::cookies::Portal;
use crate::query::Query;
use crate::transport::ClientAddress;

/// The way back from identity providers to the pages of a portal.
pub fn callback(app: Arc<App>, portal: Portal) -> impl Endpoint<Output = Response> {
    let place = Arc::new((app, portal));
    endpoint::make(move |request: Request| {
        let place = place.clone();
        async move {
            let (app, portal) = &*place;
            Ok::<_, poem::Error>(answer(app, portal, &request).await)
        }
    })
}

async fn answer(app: &Arc<App>, portal: &Portal, request: &Request) -> Response {
    let outcome = match read(request) {
        Some(callback) => {
            let id = request.extensions().get::<RequestId>().copied();
            let id = id.unwrap_or_else(|| app.ids.next());
            sso::finish(app, callback, client(request), id).await
        }
        None => Err(Failure::invalid()),
    };
    match outcome {
        Ok(Outcome::In(signed_on)) => {
            let mut response = to(&home(portal, &signed_on));
            let cookie = portal.give(&app.master_key, &signed_on.session);
            if let Ok(cookie) = HeaderValue::try_from(cookie) {
                response.headers_mut().insert(header::SET_COOKIE, cookie);
            }
            response
        }
        Ok(Outcome::Again(url)) => to(&url),
        Err(failure) => {
            tracing::info!(code = failure.code(), "nobody signed on");
            let code = failure.code();
            to(&format!("{}/sso/error?code={code}", portal.origin))
        }
    }
}

/// The account's page of the portal, in the environment that was signed on to.
fn home(portal: &Portal, signed_on: &SignedOn) -> String {
    let home = format!("{}/{}", portal.origin, signed_on.tenant.account.slug);
    match &signed_on.environment {
        Some(code) => {
            let code: String = form_urlencoded::byte_serialize(code.as_bytes()).collect();
            format!("{home}?env={code}")
        }
        None => home,
    }
}

fn to(url: &str) -> Response {
    Response::builder()
        .status(StatusCode::SEE_OTHER)
        .header(header::LOCATION, url)
        .finish()
}

fn read(request: &Request) -> Option<Callback> {
    let query = Query::parse(request.uri().query().unwrap_or_default()).ok()?;
    let text = |name: &str| query.text(name).map(str::to_owned);
    Some(Callback {
        code: text("code").map(Secret::new),
        state: text("state"),
        error: text("error"),
    })
}

fn client(request: &Request) -> Client {
    let address = request.extensions().get::<ClientAddress>();
    let address = address.map_or(Ipv4Addr::LOCALHOST.into(), |address| address.0);
    Client {
        address: Some(address),
        user_agent: request.header(header::USER_AGENT).map(str::to_owned),
        portal: true,
        session: None,
    }
}
