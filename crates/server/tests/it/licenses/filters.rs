//! Licenses, as clients see them: lists narrowed by time, by state and by free data.

use chrono::{DateTime, TimeDelta, Utc};
use keystead_testkit::World;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use super::change;

/// The names of the licenses that a query lets through, sorted.
async fn names(w: &World, query: &str) -> Vec<String> {
    let path = format!("/licenses?limit=100&{query}");
    let answer = w.admin().get(&path).await.expect(200);
    let rows = answer.at("/data").as_array().expect("a list");
    let name = |row: &Value| row["attributes"]["name"].as_str().unwrap_or("").to_owned();
    let mut names: Vec<_> = rows.iter().map(name).collect();
    names.sort();
    names
}

fn text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

#[tokio::test]
async fn licenses_are_found_by_when_they_expire() {
    let w = World::start().await;
    let policy = w.policy().create().await;
    let now = w.now();
    let day = TimeDelta::days(1);
    for (name, expiry) in [
        ("never", None),
        ("last-month", Some(now - day * 30)),
        ("yesterday", Some(now - day)),
        ("tomorrow", Some(now + day)),
        ("next-week", Some(now + day * 7)),
    ] {
        let license = w.license().of(&policy).with("name", name);
        match expiry {
            Some(expiry) => license.with("expiry", text(expiry)),
            None => license,
        }
        .create()
        .await;
    }
    let date = |at: DateTime<Utc>| at.format("%Y-%m-%d").to_string();
    #[rustfmt::skip]
    let table: [(String, &[&str]); 22] = [
        ("expired=true".into(),                     &["last-month", "yesterday"]),
        ("expired=1".into(),                        &["last-month", "yesterday"]),
        ("expired=false".into(),                    &["never", "next-week", "tomorrow"]),
        ("expired[within]=2d".into(),               &["yesterday"]),
        ("expired[in]=P31D".into(),                 &["last-month", "yesterday"]),
        (format!("expired[before]={}", text(now - day * 2)), &["last-month"]),
        (format!("expired[before]={}", text(now + day * 2)), &["last-month", "yesterday"]),
        (format!("expired[after]={}", (now - day * 2).timestamp()), &["yesterday"]),
        (format!("expired[on]={}", date(now - day)), &["yesterday"]),
        ("expired[on]=invalid".into(),              &[]),
        ("expired[foo]=1".into(),                   &[]),
        ("expiring=true".into(),                    &["tomorrow"]),
        ("expiring=off".into(),                     &["last-month", "never", "next-week", "yesterday"]),
        ("expires[within]=2w".into(),               &["next-week", "tomorrow"]),
        ("expires[in]=172800".into(),               &["tomorrow"]),
        ("expires[within]=soon".into(),             &[]),
        (format!("expires[before]={}", text(now + day * 2)), &["tomorrow"]),
        ("expires[before]=90d".into(),              &[]),
        (format!("expires[after]={}", text(now - day * 90)), &["next-week", "tomorrow"]),
        (format!("expires[on]={}", date(now + day)), &["tomorrow"]),
        ("expires=2w".into(),                       &["last-month", "never", "next-week", "tomorrow", "yesterday"]),
        ("expired=true&expiring=true".into(),       &[]),
    ];
    for (query, expected) in table {
        assert_eq!(names(&w, &query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn licenses_are_found_by_their_signs_of_life_and_their_state() {
    let w = World::start().await;
    let policy = w.policy().create().await;
    let ann = w.user("ann@acme.example").await;
    let bob = w.user("bob@acme.example").await;
    let start = w.now() - TimeDelta::days(100);
    let named = |name: &str| w.license().of(&policy).with("name", name);
    named("quiet").create().await;
    let used = named("used").create().await;
    named("banned").owner(&ann).create().await;
    let db = &w.app().db;
    db.execute_raw(db.statement("UPDATE licenses SET created_at = $1", [start.into()]))
        .await
        .expect("time passes for them");
    named("new").owner(&bob).create().await;
    let suspended = named("suspended").create().await;
    let path = format!("/licenses/{}", suspended.id);
    w.admin()
        .patch(&path, change(json!({ "suspended": true })))
        .await
        .expect(200);
    let validate = json!({ "meta": { "key": used.key } });
    w.anyone()
        .post("/licenses/actions/validate-key", validate)
        .await
        .expect(200);
    w.app().stamps.flush().await;
    w.admin()
        .post(&format!("/users/{ann}/actions/ban"), json!({}))
        .await
        .expect(200);
    let then = (start + TimeDelta::days(50)).timestamp();
    #[rustfmt::skip]
    let table: [(String, &[&str]); 18] = [
        ("status=ACTIVE".into(),               &["new", "suspended", "used"]),
        ("status=active".into(),               &["new", "suspended", "used"]),
        ("status=INACTIVE".into(),             &["quiet"]),
        ("status=SUSPENDED".into(),            &["suspended"]),
        ("status=BANNED".into(),               &["banned"]),
        ("status=EXPIRED".into(),              &[]),
        ("status=LOST".into(),                 &[]),
        ("suspended=true".into(),              &["suspended"]),
        ("suspended=false".into(),             &["banned", "new", "quiet", "used"]),
        ("activity[inside]=30d".into(),        &["new", "suspended", "used"]),
        ("activity[outside]=30d".into(),       &["quiet"]),
        ("activity[inside]=1y".into(),         &["new", "quiet", "suspended", "used"]),
        (format!("activity[before]={then}"),   &["quiet"]),
        (format!("activity[after]={then}"),    &["new", "suspended", "used"]),
        ("activity[invalid]=1y".into(),        &[]),
        ("assigned=true".into(),               &["banned", "new"]),
        ("unassigned=true".into(),             &["quiet", "suspended", "used"]),
        ("assigned=true&unassigned=true".into(), &[]),
    ];
    for (query, expected) in table {
        assert_eq!(names(&w, &query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn licenses_are_found_by_how_many_machines_they_have() {
    let w = World::start().await;
    let policy = w.policy().create().await;
    for (name, machines) in [("none", 0), ("one", 1), ("three", 3), ("five", 5)] {
        let license = w.license().of(&policy).with("name", name).create().await;
        for n in 0..machines {
            license.activate(&format!("machine-{n}")).await.expect(201);
        }
    }
    #[rustfmt::skip]
    let table: [(&str, &[&str]); 13] = [
        ("activated=true",                        &["five", "one", "three"]),
        ("activated=0",                           &["none"]),
        ("activations[eq]=3",                     &["three"]),
        ("activations[eq]=2",                     &[]),
        ("activations[gt]=3",                     &["five"]),
        ("activations[gt]=2",                     &["five", "three"]),
        ("activations[gte]=3",                    &["five", "three"]),
        ("activations[lt]=3",                     &["none", "one"]),
        ("activations[lte]=3",                    &["none", "one", "three"]),
        ("activations[lt]=3&activations[eq]=5",   &["five"]),
        ("activations[ne]=3",                     &[]),
        ("activations[eq]=some",                  &[]),
        ("activations[gte]=-1",                   &["five", "none", "one", "three"]),
    ];
    for (query, expected) in table {
        assert_eq!(names(&w, query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn licenses_are_found_by_their_free_data() {
    let w = World::start().await;
    let policy = w.policy().create().await;
    for (name, metadata) in [
        (
            "text",
            json!({ "customerId": "42", "tags": ["red", "blue"] }),
        ),
        (
            "number",
            json!({ "customerId": 42, "score": 0.9, "tags": [1, 2] }),
        ),
        (
            "facts",
            json!({ "trial": true, "endedAt": null, "machine": { "cpu": "arm", "cores": 8 } }),
        ),
        ("odd", json!({ "trial": "true", "say \"hi\"": "%'\\" })),
    ] {
        let license = w.license().of(&policy).with("name", name);
        license.with("metadata", metadata).create().await;
    }
    #[rustfmt::skip]
    let table: [(&str, &[&str]); 17] = [
        ("metadata[customerId]=42",                        &["number", "text"]),
        ("metadata[customer_id]=42&metadata[tags][]=blue", &["text"]),
        ("metadata[customerId]=4",                         &[]),
        ("metadata[score]=0.9",                            &["number"]),
        ("metadata[score]=1",                              &[]),
        ("metadata[tags][]=red&metadata[tags][]=blue",     &["text"]),
        ("metadata[tags][]=1",                             &[]),
        ("metadata[tags]=red",                             &[]),
        ("metadata[trial]=true",                           &["facts", "odd"]),
        ("metadata[trial]=false",                          &[]),
        ("metadata[endedAt]=null",                         &["facts"]),
        ("metadata[machine][cpu]=arm",                     &["facts"]),
        ("metadata[machine][cores]=8",                     &[]),
        ("metadata[machine]=arm",                          &[]),
        ("metadata[trial]=%25'%5C",                        &[]),
        ("metadata=42",                                    &["facts", "number", "odd", "text"]),
        ("metadata[customerId]=",                          &["facts", "number", "odd", "text"]),
    ];
    for (query, expected) in table {
        assert_eq!(names(&w, query).await, expected, "{query}");
    }
}
