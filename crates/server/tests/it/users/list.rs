//! Users, as clients see them: list.

use chrono::TimeDelta;
use keystead_testkit::{ADMIN_EMAIL, Answer, World};
use serde_json::json;

use super::{attach, made};

fn emails(answer: &Answer) -> Vec<&str> {
    let rows = answer.at("/data").as_array().expect("a list");
    rows.iter()
        .map(|row| row["attributes"]["email"].as_str().expect("an address"))
        .collect()
}

#[tokio::test]
async fn customers_are_listed_unless_roles_ask_for_others() {
    let w = World::start().await;
    for (email, role) in [
        ("u@a.b", "user"),
        ("s@a.b", "sales-agent"),
        ("r@a.b", "read-only"),
    ] {
        w.advance(TimeDelta::seconds(1));
        made(&w, json!({ "email": email, "role": role })).await;
    }
    let admin = "admin@acme.example";

    #[rustfmt::skip]
    let table = [
        ("",                                 vec!["u@a.b"]),
        ("roles[]=",                         vec!["u@a.b"]),
        ("roles[]=sales-agent",              vec!["s@a.b"]),
        ("roles[]=sales_agent",              vec!["s@a.b"]),
        ("roles[]=admin&roles[]=read-only",  vec!["r@a.b", admin]),
        ("roles[]=owner",                    vec![]),
        ("roles=admin",                      vec!["r@a.b", "s@a.b", "u@a.b", admin]),
    ];
    for (query, expected) in table {
        let list = w.admin().get(&format!("/users?{query}")).await.expect(200);
        assert_eq!(emails(&list), expected, "{query}");
    }
}

#[tokio::test]
async fn filters_narrow_by_what_users_hold() {
    let w = World::start().await;
    let (owner, member) = (w.user("owner@a.b").await, w.user("member@a.b").await);
    w.advance(TimeDelta::seconds(1));
    w.user("idle@a.b").await;
    let product = w.product().await;
    let policy = w.policy().of(&product).create().await;
    let license = w.license().of(&policy).owner(&owner).create().await;
    attach(&w, &license.id, &member).await;
    w.admin()
        .post("/users/idle@a.b/actions/ban", json!({}))
        .await
        .expect(200);
    let id = &license.id;

    #[rustfmt::skip]
    let table = [
        (format!("product={product}"),  vec!["member@a.b", "owner@a.b"]),
        (format!("license={id}"),       vec!["member@a.b", "owner@a.b"]),
        (format!("product={id}"),       vec![]),
        ("product=nope".to_owned(),     vec![]),
        ("group=nope".to_owned(),       vec![]),
        ("assigned=true".to_owned(),    vec!["owner@a.b"]),
        ("assigned=false".to_owned(),   vec!["idle@a.b", "member@a.b"]),
        ("active=true".to_owned(),      vec!["owner@a.b"]),
        ("status=banned".to_owned(),    vec!["idle@a.b"]),
        ("status=ACTIVE".to_owned(),    vec!["member@a.b", "owner@a.b"]),
        ("status=inactive".to_owned(),  vec![]),
        ("status=asleep".to_owned(),    vec![]),
    ];
    for (query, expected) in table {
        let list = w.admin().get(&format!("/users?{query}")).await.expect(200);
        let mut found = emails(&list);
        found.sort_unstable();
        assert_eq!(found, expected, "{query}");
    }
}

#[tokio::test]
async fn states_are_told_for_a_page_at_once() {
    let w = World::start().await;
    for n in 0..5 {
        w.user(&format!("u{n}@a.b")).await;
    }
    w.advance(TimeDelta::days(91));
    let admin = w.log_in(ADMIN_EMAIL).await;
    admin.get("/users?limit=1").await.expect(200);

    let cost = async |path: &str| {
        w.app().settle().await;
        let before = w.app().db.statements();
        let list = admin.get(path).await.expect(200);
        assert_eq!(list.at("/data/0/attributes/status"), "INACTIVE");
        w.app().db.statements() - before
    };

    assert_eq!(cost("/users?limit=1").await, cost("/users?limit=5").await);
}

#[tokio::test]
async fn a_list_with_an_admin_needs_admin_read() {
    let w = World::start().await;
    let attributes = json!({
        "email": "helper@a.b", "password": keystead_testkit::ADMIN_PASSWORD,
        "role": "support-agent", "permissions": ["user.read", "token.generate"],
    });
    made(&w, attributes).await;
    let helper = w.log_in("helper@a.b").await;

    helper.get("/users").await.expect(200);
    helper.get("/users?roles[]=admin").await.expect(403);
    helper.get("/users/admin@acme.example").await.expect(403);
}
