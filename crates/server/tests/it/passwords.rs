//! Passwords, as their owners, and those who would like to be, see them.

mod logs;
mod mail;
mod reset;
mod timing;
mod update;

use keystead_server::config::Config;
use keystead_signing::Secret;
use keystead_testkit::{ADMIN_PASSWORD, Answer, Caller, MailServer, Received, World};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

/// The queue of mails.
pub const MAILS: &str = "mails";

/// A password that nobody has yet.
pub const NEW_PASSWORD: &str = "a much better one";

/// A world whose mails go to a mail server.
pub async fn with_mail(change: impl FnOnce(&mut Config)) -> (World, MailServer) {
    let server = MailServer::start().await;
    let url = server.url();
    let w = World::with(|config| {
        config.smtp.url = Some(Secret::new(url));
        change(config);
    })
    .await;
    (w, server)
}

/// Asks for a password to be reset.
pub async fn request(w: &World, email: &str) -> Answer {
    w.anyone()
        .post("/passwords", json!({ "meta": { "email": email } }))
        .await
}

/// The three parts of the token in a mail: account, user, secret.
pub fn token(mail: &Received) -> Vec<String> {
    let body = mail.body();
    let word = body
        .split(|c: char| c.is_whitespace() || c == '=')
        .find(|word| word.split('.').count() == 3 && word.ends_with("v3"))
        .expect("a token in the mail");
    word.split('.').map(str::to_owned).collect()
}

/// Resets a user's password with a secret.
pub async fn reset(w: &World, user: &str, secret: &str, password: &str) -> Answer {
    let body = json!({ "meta": { "passwordResetToken": secret, "newPassword": password } });
    let path = format!("/users/{user}/actions/reset-password");
    w.anyone().post(&path, body).await
}

/// Tries to log in.
pub async fn log_in(w: &World, email: &str, password: &str) -> Answer {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    let basic = STANDARD.encode(format!("{email}:{password}"));
    let caller = w.anyone().with("authorization", &format!("Basic {basic}"));
    caller.post("/tokens", json!({})).await
}

/// Everything that a table holds, as text.
pub async fn dump(w: &World, table: &str) -> String {
    let db = &w.app().db;
    let statement = db.statement(format!("SELECT * FROM {table}"), []);
    let rows = db
        .query_all_raw(statement)
        .await
        .expect("the table is there");
    let mut text = String::new();
    for row in &rows {
        for name in row.column_names() {
            let bytes = row.try_get::<Option<Vec<u8>>>("", &name).ok().flatten();
            let words = row.try_get::<Option<String>>("", &name).ok().flatten();
            text.push_str(&format!("{name}: {words:?} {bytes:?}\n"));
        }
    }
    text
}

/// Changes one's own password.
pub async fn change(caller: &Caller, user: &str, old: &str, new: &str) -> Answer {
    let body: Value = json!({ "meta": { "oldPassword": old, "newPassword": new } });
    caller
        .post(&format!("/users/{user}/actions/update-password"), body)
        .await
}

/// A user with a password, logged in.
pub async fn somebody(w: &World) -> (String, Caller) {
    let id = w.user("ada@example.com").await;
    assert!(!ADMIN_PASSWORD.is_empty());
    (id, w.log_in("ada@example.com").await)
}
