//! Second factors: whose they are, and who may meddle.

use keystead_testkit::{ADMIN_EMAIL, World};
use serde_json::json;

use super::create;
use crate::passwords::somebody;
use crate::users::staff;

#[tokio::test]
async fn each_role_sees_factors_as_the_matrix_says() {
    let w = World::start().await;
    let (ada, caller) = somebody(&w).await;
    create(&caller, &ada).await.expect(201);
    let product = w.product().await;
    let license = w.license().owner(&ada).create().await;

    #[rustfmt::skip]
    let table = [
        (w.admin(),                                  200),
        (caller.clone(),                             200),
        (staff(&w, "developer").await,               403),
        (staff(&w, "read-only").await,               403),
        (w.bearer(&w.product_token(&product).await), 403),
        (license.holder,                             403),
        (w.anyone(),                                 401),
    ];
    for (row, (caller, status)) in table.into_iter().enumerate() {
        let answer = caller.get(&format!("/users/{ada}/second-factors")).await;
        assert_eq!(answer.status, status, "row {row}: {}", answer.text);
    }
    // Admins are out of a customer's sight.
    let theirs = format!("/users/{ADMIN_EMAIL}/second-factors");
    caller.get(&theirs).await.expect(404);
}

#[tokio::test]
async fn who_only_reads_makes_none_and_it_is_told_before_the_body_is_read() {
    let w = World::start().await;
    let reader = staff(&w, "read-only").await;

    let path = "/users/read-only@staff.example/second-factors";
    reader.get(path).await.expect(200);
    reader
        .post(path, json!({ "nonsense": 1 }))
        .await
        .expect(403);
}

#[tokio::test]
async fn a_factor_of_another_user_is_not_found() {
    let w = World::start().await;
    let (ada, caller) = somebody(&w).await;
    let grace = w.user("grace@example.com").await;
    let made = create(&caller, &ada).await.expect(201);

    let path = format!("/users/{grace}/second-factors/{}", made.id());
    let missing = w.admin().get(&path).await.expect(404);
    assert!(
        missing.detail().contains("second factor"),
        "{}",
        missing.detail()
    );
    let path = format!("/users/{ada}/second-factors/nonsense");
    w.admin().get(&path).await.expect(404);
}
