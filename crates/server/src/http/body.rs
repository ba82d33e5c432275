//! The size of a request body, whether it was announced or not.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Limited};
use hyper::body::Body as _;
use poem::http::header::CONTENT_LENGTH;
use poem::{Body, Request};

/// What a request's body turned out to be.
pub enum Size {
    /// Announced as larger than allowed: not to be read.
    TooLarge,
    /// Announced, and within the limit; HTTP keeps the client to it.
    Fits,
    /// Not announced: reading fails at the limit, and this says so afterwards.
    Unknown(Overrun),
}

/// Whether a body of unknown size went over the limit.
#[derive(Clone, Debug, Default)]
pub struct Overrun(Arc<AtomicBool>);

impl Overrun {
    /// Whether it did, as far as it has been read.
    pub fn happened(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Looks at the announced size, or sees to it that no more than `max_bytes` can be read.
pub fn limit(request: &mut Request, max_bytes: usize) -> Size {
    let announced = request.headers().get(CONTENT_LENGTH);
    let length = announced.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    match length {
        Some(bytes) if bytes > max_bytes as u64 => return Size::TooLarge,
        Some(_) => return Size::Fits,
        None => {}
    }
    let body: BoxBody<_, _> = request.take_body().into();
    if body.is_end_stream() {
        return Size::Fits;
    }
    let overrun = Overrun::default();
    let seen = overrun.clone();
    let limited = Limited::new(body, max_bytes).map_err(move |error| {
        match error.downcast::<std::io::Error>() {
            Ok(broken) => *broken,
            Err(too_large) => {
                seen.0.store(true, Ordering::Relaxed);
                std::io::Error::other(too_large)
            }
        }
    });
    request.set_body(Body::from(limited.boxed()));
    Size::Unknown(overrun)
}
