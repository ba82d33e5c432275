//! Passwords, as clients see them: update.

use keystead_testkit::{ADMIN_EMAIL, ADMIN_PASSWORD, World};
use serde_json::json;

use super::{NEW_PASSWORD, change, log_in, somebody};

#[tokio::test]
async fn a_new_password_ends_every_token_but_the_one_in_use() {
    let w = World::start().await;
    let (ada, caller) = somebody(&w).await;
    let elsewhere = w.log_in("ada@example.com").await;

    change(&caller, "Ada@example.com", ADMIN_PASSWORD, NEW_PASSWORD)
        .await
        .expect(200);

    caller.get("/me").await.expect(200);
    elsewhere.get("/me").await.expect(401);
    log_in(&w, "ada@example.com", ADMIN_PASSWORD)
        .await
        .expect(401);
    log_in(&w, "ada@example.com", NEW_PASSWORD)
        .await
        .expect(201);
    change(&caller, &ada, NEW_PASSWORD, ADMIN_PASSWORD)
        .await
        .expect(200);
}

#[tokio::test]
async fn what_is_wrong_with_a_change_is_told() {
    let w = World::start().await;
    let (ada, caller) = somebody(&w).await;

    let wrong = change(&caller, &ada, "guessed", NEW_PASSWORD)
        .await
        .expect(401);
    assert_eq!((wrong.code(), wrong.detail()), ("", "is not valid"));
    assert_eq!(wrong.pointer(), "/meta/oldPassword");
    let short = change(&caller, &ada, ADMIN_PASSWORD, "short")
        .await
        .expect(422);
    assert_eq!(short.code(), "PASSWORD_TOO_SHORT");
    let path = format!("/users/{ada}/actions/update-password");
    let half = json!({ "meta": { "newPassword": NEW_PASSWORD } });
    caller.post(&path, half).await.expect(400);
}

#[tokio::test]
async fn nobody_changes_the_password_of_another() {
    let w = World::start().await;
    let (ada, caller) = somebody(&w).await;
    w.user("grace@example.com").await;

    #[rustfmt::skip]
    let table = [
        (w.admin(),       ada.as_str(),        403),
        (caller.clone(),  "grace@example.com", 404),
        (caller,          ADMIN_EMAIL,         404),
        (w.anyone(),      ada.as_str(),        401),
    ];
    for (caller, user, status) in table {
        change(&caller, user, ADMIN_PASSWORD, NEW_PASSWORD)
            .await
            .expect(status);
    }
}

#[tokio::test]
async fn of_two_changes_at_once_one_holds() {
    let w = World::start().await;
    let (ada, caller) = somebody(&w).await;

    let (a, b) = tokio::join!(
        change(&caller, &ada, ADMIN_PASSWORD, "the first of both"),
        change(&caller, &ada, ADMIN_PASSWORD, "the second of both"),
    );

    let done = [&a, &b]
        .iter()
        .filter(|answer| answer.status == 200)
        .count();
    assert_eq!(done, 1, "{} {}", a.text, b.text);
}
