//! Passwords, as clients see them: reset.

use chrono::TimeDelta;
use keystead_testkit::ADMIN_PASSWORD;
use serde_json::json;

use super::{MAILS, NEW_PASSWORD, dump, log_in, request, reset, somebody, token, with_mail};

#[tokio::test]
async fn what_was_mailed_resets_the_password_once_and_ends_every_token() {
    let (w, server) = with_mail(|_| {}).await;
    let (ada, caller) = somebody(&w).await;

    request(&w, " Ada@Example.COM").await.expect(204);
    assert_eq!(w.work_off(MAILS).await, 1);
    let mails = server.received();
    let parts = token(&mails[0]);
    let done = reset(&w, &ada, &parts[2], NEW_PASSWORD).await.expect(200);

    assert_eq!(done.at("/data/attributes/email"), "ada@example.com");
    assert_eq!(parts[0], w.account().replace('-', ""));
    assert_eq!(parts[1], ada.replace('-', ""));
    caller.get("/me").await.expect(401);
    log_in(&w, "ada@example.com", ADMIN_PASSWORD)
        .await
        .expect(401);
    log_in(&w, "ada@example.com", NEW_PASSWORD)
        .await
        .expect(201);
    reset(&w, &ada, &parts[2], NEW_PASSWORD).await.expect(404);
}

#[tokio::test]
async fn a_token_is_good_for_a_day_and_until_the_next_is_asked_for() {
    let (w, server) = with_mail(|_| {}).await;
    let (ada, _) = somebody(&w).await;

    request(&w, "ada@example.com").await.expect(204);
    w.work_off(MAILS).await;
    request(&w, "ada@example.com").await.expect(204);
    w.work_off(MAILS).await;
    let mails = server.received();
    let (first, second) = (token(&mails[0]), token(&mails[1]));

    reset(&w, &ada, &first[2], NEW_PASSWORD).await.expect(404);
    w.advance(TimeDelta::hours(25));
    let late = reset(&w, &ada, &second[2], NEW_PASSWORD).await.expect(401);
    assert_eq!(late.detail(), "is expired");
    assert_eq!(late.pointer(), "/meta/passwordResetToken");
}

#[tokio::test]
async fn what_is_wrong_with_a_reset_is_told_and_leaves_the_token_good() {
    let (w, server) = with_mail(|_| {}).await;
    let (ada, _) = somebody(&w).await;
    request(&w, "ada@example.com").await.expect(204);
    w.work_off(MAILS).await;
    let secret = token(&server.received()[0])[2].clone();

    let wrong = reset(&w, &ada, "0123v3", NEW_PASSWORD).await.expect(404);
    assert_eq!(
        wrong.detail(),
        format!("The requested user '{ada}' was not found")
    );
    reset(&w, "eve@example.com", &secret, NEW_PASSWORD)
        .await
        .expect(404);
    let short = reset(&w, &ada, &secret, "short").await.expect(422);
    assert_eq!(short.code(), "PASSWORD_TOO_SHORT");
    assert_eq!(short.pointer(), "/data/attributes/password");
    let path = format!("/users/{ada}/actions/reset-password");
    for body in [
        json!({}),
        json!({ "meta": { "newPassword": "long enough" } }),
    ] {
        w.anyone().post(&path, body).await.expect(400);
    }

    // An old token in a header keeps nobody from it.
    let body = json!({ "meta": { "passwordResetToken": secret, "newPassword": NEW_PASSWORD } });
    w.bearer("user-0123v3").post(&path, body).await.expect(200);
}

#[tokio::test]
async fn a_protected_account_lets_no_customer_invent_a_password() {
    let (w, server) = with_mail(|_| {}).await;
    for (email, role) in [
        ("ada@example.com", "user"),
        ("grace@example.com", "developer"),
    ] {
        let attributes = json!({ "email": email, "role": role });
        let body = json!({ "data": { "type": "users", "attributes": attributes } });
        w.admin().post("/users", body).await.expect(201);
    }

    #[rustfmt::skip]
    let table = [("ada@example.com", 403), ("grace@example.com", 200)];
    for (email, status) in table {
        request(&w, email).await.expect(204);
        w.work_off(MAILS).await;
        let mails = server.received();
        let mail = mails.last().expect("a mail");
        assert_eq!(
            mail.header("subject"),
            "Set a password for your Acme account",
            "{email}"
        );
        reset(&w, email, &token(mail)[2], NEW_PASSWORD)
            .await
            .expect(status);
    }
}

#[tokio::test]
async fn the_secret_is_nowhere_in_the_database() {
    let (w, server) = with_mail(|_| {}).await;
    let (ada, _) = somebody(&w).await;

    request(&w, "ada@example.com").await.expect(204);
    let waiting = dump(&w, "jobs").await;
    w.work_off(MAILS).await;
    let secret = token(&server.received()[0])[2].clone();
    let digest = dump(&w, "password_resets").await;
    reset(&w, &ada, &secret, NEW_PASSWORD).await.expect(200);

    assert!(waiting.contains("password_reset"), "{waiting}");
    assert!(!waiting.contains(&secret));
    assert!(!digest.contains(&secret));
    let users = dump(&w, "users").await;
    assert!(users.contains("$argon2id$"), "{users}");
    assert!(!users.contains(NEW_PASSWORD) && !users.contains(ADMIN_PASSWORD));
}
