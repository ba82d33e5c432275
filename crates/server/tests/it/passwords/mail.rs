//! The mail that resets a password, as the user's mail server sees it.

use chrono::TimeDelta;
use keystead_testkit::{ADMIN_EMAIL, World};
use serde_json::json;

use super::{MAILS, request, somebody, token, with_mail};

#[tokio::test]
async fn the_mail_goes_to_the_user_and_answers_to_the_admin() {
    let (w, server) = with_mail(|config| {
        config.mail.from = "Acme Licensing <licensing@acme.example>".to_owned();
        config.mail.password_reset_url =
            Some("https://portal.example/{account}/reset?token={token}".to_owned());
    })
    .await;
    let _ada = somebody(&w).await;

    request(&w, "ada@example.com").await.expect(204);
    w.work_off(MAILS).await;

    let mails = server.received();
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    assert_eq!(mail.to, ["ada@example.com"]);
    assert_eq!(mail.header("to"), "ada@example.com");
    assert_eq!(mail.header("reply-to"), ADMIN_EMAIL);
    assert!(
        mail.header("from").ends_with("<licensing@acme.example>"),
        "{}",
        mail.text
    );
    assert_eq!(
        mail.header("subject"),
        "Password reset requested for your Acme account"
    );
    let link = format!(
        "https://portal.example/acme/reset?token={}",
        token(mail).join(".")
    );
    assert!(mail.body().contains(&link), "{}", mail.text);
}

#[tokio::test]
async fn nobody_is_mailed_who_is_unknown_or_for_whom_the_vendor_delivers() {
    let (w, server) = with_mail(|_| {}).await;
    let _ada = somebody(&w).await;

    request(&w, "eve@example.com").await.expect(204);
    let own = json!({ "meta": { "email": "ada@example.com", "deliver": false } });
    w.anyone().post("/passwords", own).await.expect(204);

    assert_eq!(w.work_off(MAILS).await, 0);
    assert_eq!(server.received(), []);
    for meta in [json!({}), json!({ "email": 1 })] {
        let body = json!({ "meta": meta });
        w.anyone().post("/passwords", body).await.expect(400);
    }
}

#[tokio::test]
async fn a_mail_server_that_is_down_gets_the_mail_later() {
    let (w, server) = with_mail(|_| {}).await;
    let _ada = somebody(&w).await;
    server.refuse(Some("451 try again later"));

    request(&w, "ada@example.com").await.expect(204);
    w.work_off(MAILS).await;
    assert_eq!(server.received(), []);

    server.refuse(None);
    w.advance(TimeDelta::hours(1));
    assert_eq!(w.work_off(MAILS).await, 1);
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_mail_that_is_refused_for_good_is_not_sent_again() {
    let (w, server) = with_mail(|_| {}).await;
    let _ada = somebody(&w).await;
    server.refuse(Some("550 no such mailbox"));

    request(&w, "ada@example.com").await.expect(204);
    w.work_off(MAILS).await;

    server.refuse(None);
    w.advance(TimeDelta::hours(1));
    assert_eq!(w.work_off(MAILS).await, 0);
    assert_eq!(server.received(), []);
}

#[tokio::test]
async fn a_mail_that_came_too_late_to_be_of_use_is_not_sent() {
    let (w, server) = with_mail(|_| {}).await;
    let _ada = somebody(&w).await;

    request(&w, "ada@example.com").await.expect(204);
    request(&w, "ada@example.com").await.expect(204);
    assert_eq!(w.work_off(MAILS).await, 2);
    assert_eq!(server.received().len(), 1, "the later one alone");

    request(&w, "ada@example.com").await.expect(204);
    w.advance(TimeDelta::hours(25));
    assert_eq!(w.work_off(MAILS).await, 1);
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn without_a_mail_server_requests_are_answered_all_the_same() {
    let w = World::start().await;
    w.user("ada@example.com").await;

    request(&w, "ada@example.com").await.expect(204);

    assert_eq!(w.work_off(MAILS).await, 1);
    assert_eq!(w.work_off(MAILS).await, 0);
}
