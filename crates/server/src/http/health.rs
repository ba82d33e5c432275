//! `/livez`: the process answers. `/readyz`: it can do its work. Neither needs credentials.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures::FutureExt;
use futures::future::BoxFuture;
use poem::http::{Method, StatusCode};
use poem::{Request, Response};
use tokio::sync::Mutex;

/// How long a look at the database is believed, so that strangers can't make it work.
const BELIEVED: Duration = Duration::from_secs(1);

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

type Probe = Box<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// Whether this process should get requests.
#[derive(Clone)]
pub struct Health(Arc<State>);

struct State {
    draining: AtomicBool,
    probe: Probe,
    last: Mutex<Option<(Instant, Result<(), String>)>>,
}

impl Health {
    /// Ready as long as `probe` finds nothing wrong: the database answers and has its schema.
    pub fn new<F>(probe: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), String>> + Send + 'static,
    {
        Self(Arc::new(State {
            draining: AtomicBool::new(false),
            probe: Box::new(move || probe().boxed()),
            last: Mutex::default(),
        }))
    }

    /// From now on `/readyz` sends balancers elsewhere.
    pub fn drain(&self) {
        self.0.draining.store(true, Ordering::Relaxed);
    }

    /// The answer, when the request is about health.
    pub async fn answer(&self, request: &Request) -> Option<Response> {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return None;
        }
        match request.uri().path() {
            "/livez" => Some(text(StatusCode::OK, "alive")),
            "/readyz" => Some(match self.ready().await {
                Ok(()) => text(StatusCode::OK, "ready"),
                Err(why) => text(StatusCode::SERVICE_UNAVAILABLE, &why),
            }),
            "/v1/health" => Some(StatusCode::NO_CONTENT.into()),
            _ => None,
        }
    }

    /// Whether this process can do its work.
    ///
    /// # Errors
    /// Says why not, in words an anonymous reader may see.
    pub async fn ready(&self) -> Result<(), String> {
        if self.0.draining.load(Ordering::Relaxed) {
            return Err("draining".to_owned());
        }
        let mut last = self.0.last.lock().await;
        if let Some((at, result)) = &*last
            && at.elapsed() < BELIEVED
        {
            return result.clone();
        }
        let probed = tokio::time::timeout(PATIENCE, (self.0.probe)()).await;
        let result = probed.unwrap_or_else(|_| Err("the database does not answer".to_owned()));
        *last = Some((Instant::now(), result.clone()));
        result
    }
}

fn text(status: StatusCode, line: &str) -> Response {
    Response::builder()
        .status(status)
        .content_type("text/plain; charset=utf-8")
        .body(format!("{line}\n"))
}
