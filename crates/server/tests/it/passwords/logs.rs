//! What logs tell of all this: nothing that opens anything.

use std::io;
use std::sync::{Arc, Mutex};

use keystead_testkit::ADMIN_PASSWORD;
use serde_json::json;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use super::{MAILS, NEW_PASSWORD, change, log_in, request, reset, somebody, token, with_mail};
use crate::second_factors::{Seed, enabled};

/// Everything that was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panics").extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_password_token_or_seed_is_logged_at_any_level() {
    let log = Log::default();
    // Of our own code everything, of the libraries what an operator could ask for.
    let filter = "debug,keystead_domain=trace,keystead_store=trace,keystead_app=trace,\
                  keystead_api=trace,keystead_server=trace,keystead_jobs=trace,\
                  hyper=info,hyper_util=info,reqwest=info";
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(log.clone())
        .init();

    let (w, server) = with_mail(|_| {}).await;
    let (ada, caller) = somebody(&w).await;
    let (_, seed): (String, Seed) = enabled(&w, &caller, &ada).await;
    let code = seed.code(w.now());
    log_in(&w, "ada@example.com", "a wrong guess")
        .await
        .expect(401);
    change(&caller, &ada, ADMIN_PASSWORD, NEW_PASSWORD).await;
    request(&w, "ada@example.com").await.expect(204);
    w.work_off(MAILS).await;
    server.refuse(Some("451 try again later"));
    request(&w, "ada@example.com").await.expect(204);
    w.work_off(MAILS).await;
    let secret = token(&server.received()[0])[2].clone();
    reset(&w, &ada, &secret, "short").await;
    let body = json!({ "meta": { "passwordResetToken": secret, "newPassword": 7 } });
    let path = format!("/users/{ada}/actions/reset-password");
    w.anyone().post(&path, body).await.expect(400);
    let base32 = seed.base32().expose().clone();
    w.stop().await;

    let log = String::from_utf8_lossy(&log.0.lock().expect("nobody panics")).into_owned();
    assert!(log.contains("a mail was sent"), "the log tells something");
    for hidden in [
        ADMIN_PASSWORD,
        NEW_PASSWORD,
        "a wrong guess",
        &secret,
        &base32,
        &code,
    ] {
        assert!(!log.contains(hidden), "{hidden:?} was logged");
    }
}
