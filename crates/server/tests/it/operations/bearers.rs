//! Every operation, tried by a bearer of every kind, on records that are there and on others.

use std::collections::BTreeMap;

use keystead_domain::permissions::PermissionSet;
use keystead_domain::words::IsolationStrategy;
use keystead_store::entities::{Environment, environment};
use keystead_testkit::{Caller, World};
use reqwest::Method;
use sea_orm::{EntityTrait, IntoActiveModel};
use serde_json::json;

use super::{Operation, STRANGER, described};
use crate::users::staff;

/// What makes the bearer's own credential useless: tried last, by each.
const LAST: &[&str] = &["regenerateCurrentToken"];

/// Parameters of paths that no record is made for here: they are tried with an id of nothing.
const UNMADE: &[&str] = &[
    "arch",
    "artifact",
    "channel",
    "component",
    "constraint",
    "endpoint",
    "engine",
    "event",
    "factor",
    "gem",
    "group",
    "key",
    "name",
    "owner",
    "setting",
    "package",
    "platform",
    "process",
    "release",
    "request",
    "service",
];

/// Everybody who can present a credential, with what the role is called.
async fn bearers(w: &World, records: &Records) -> Vec<(&'static str, Caller)> {
    let token = async |path: &str, caller: &Caller| {
        let made = caller.post(path, json!({})).await;
        assert!(matches!(made.status, 200 | 201), "{path}: {}", made.text);
        let token = made.at("/data/attributes/token").as_str();
        w.bearer(token.expect("a secret"))
    };
    let mut bearers = vec![("admin", w.admin())];
    for role in ["developer", "sales-agent", "support-agent", "read-only"] {
        bearers.push((role, staff(w, role).await));
    }
    let admin = w.admin();
    let inside = admin.with("keygen-environment", "sandbox");
    let path = |noun: &str| format!("/{noun}s/{}/tokens", records.of(noun));
    let environment = token(&path("environment"), &inside).await;
    bearers.push((
        "environment",
        environment.with("keygen-environment", "sandbox"),
    ));
    bearers.push(("product", token(&path("product"), &admin).await));
    bearers.push(("user", token(&path("user"), &admin).await));
    bearers.push(("license by token", token(&path("license"), &admin).await));
    bearers.push(("license by key", w.holder(&records.key)));
    let staying = bearers.into_iter().map(|(who, it)| (who, it.staying()));
    staying.collect()
}

/// A record of each noun, by the name that paths give its parameter.
struct Records {
    ids: BTreeMap<&'static str, String>,
    key: String,
}

impl Records {
    async fn make(w: &World) -> Self {
        let admin = w.admin();
        let product = w.product().await;
        let policy = w.policy().of(&product).create().await;
        let user = w.user("customer@acme.example").await;
        let license = w.license().of(&policy).owner(&user).create().await;
        let machine = license.activate("laptop").await.expect(201).id();
        let token = admin
            .post(&format!("/products/{product}/tokens"), json!({}))
            .await;
        let entitlement = json!({ "data": {
            "type": "entitlements", "attributes": { "name": "Export", "code": "EXPORT" },
        } });
        let entitlement = admin.post("/entitlements", entitlement).await.expect(201);
        let environment = Environment {
            id: uuid::Uuid::from_u128(0x5a4d).into(),
            account_id: w.account().parse().expect("an id"),
            name: "Sandbox".to_owned(),
            code: "sandbox".to_owned(),
            isolation_strategy: IsolationStrategy::Shared,
            permissions: PermissionSet::ANY,
            deleted_at: None,
            created_at: w.now(),
            updated_at: w.now(),
        };
        environment::Entity::insert(environment.clone().into_active_model())
            .exec(&w.app().db)
            .await
            .expect("an environment can be stored");
        let ids = [
            ("account", w.account().to_owned()),
            ("entitlement", entitlement.id()),
            ("environment", environment.id.to_string()),
            ("license", license.id.clone()),
            ("machine", machine),
            ("policy", policy),
            ("product", product),
            ("token", token.expect(200).id()),
            ("user", user),
        ];
        Self {
            ids: ids.into(),
            key: license.key,
        }
    }

    fn of(&self, noun: &str) -> &str {
        &self.ids[noun]
    }

    /// The path with records that are there, as far as this test has one of the noun.
    ///
    /// A parameter is named after its noun; `{id}` is the noun before it.
    fn fill(&self, operation: &Operation) -> String {
        let mut path = String::new();
        let mut before = "";
        for segment in operation.template.trim_start_matches('/').split('/') {
            let named = segment.strip_prefix('{').and_then(|s| s.strip_suffix('}'));
            let value = match named {
                Some("id") => self.known(before.strip_suffix('s').unwrap_or(before)),
                Some(name) => self.known(name),
                None => segment,
            };
            path.push('/');
            path.push_str(value);
            before = segment;
        }
        path
    }

    fn known(&self, name: &str) -> &str {
        match self.ids.get(name) {
            Some(id) => id,
            None if UNMADE.contains(&name) => STRANGER,
            None => panic!(
                "an operation has the parameter {name:?}: make a record of it in `Records::make`, \
                 or list it in `UNMADE`"
            ),
        }
    }
}

/// Whether a bearer may be told to come with another credential: when the operation asks for more
/// than the credential, or has ended it.
fn wants_proof(answer: &keystead_testkit::Answer) -> bool {
    let pointer = answer.pointer();
    pointer.starts_with("/meta/") || pointer.starts_with("/data/")
}

#[tokio::test]
async fn no_operation_fails_whoever_asks() {
    let w = World::start().await;
    let records = Records::make(&w).await;
    let bearers = bearers(&w, &records).await;
    let mut operations = described(&w).await;
    operations.sort_by_key(|operation| LAST.contains(&operation.id.as_str()));
    let mut faults = Vec::new();

    for (who, caller) in &bearers {
        for operation in &operations {
            let Operation { id, method, .. } = operation;
            let body = (*method != Method::GET).then(|| json!({}));
            // What is there stays there for the next bearer.
            let removes = *method == Method::DELETE;
            let mut paths = vec![operation.path.clone()];
            let there = records.fill(operation);
            if !removes && there != operation.path {
                paths.push(there);
            }
            for path in paths {
                let answer = caller.send(method.clone(), &path, body.clone()).await;
                let refused = answer.status == 401 && !wants_proof(&answer);
                if answer.status >= 500 || refused {
                    faults.push(format!(
                        "{who} {id} {path}: {} {}",
                        answer.status, answer.text
                    ));
                }
            }
        }
    }

    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn an_operation_knows_what_is_there_from_what_is_not() {
    let w = World::start().await;
    let records = Records::make(&w).await;
    let mut tried = 0;

    for operation in described(&w).await {
        let path = records.fill(&operation);
        // The account of a path is peeled off before routing, and there is but one here.
        let asks = operation.method == Method::GET && operation.template.contains('{');
        // What isn't here is on the public index; what is installed has to be said; npm's services
        // are none of them there.
        let elsewhere = ["getPypiPackage", "getTauriUpdate", "getNpmService"];
        let elsewhere = elsewhere.contains(&operation.id.as_str());
        if !asks || operation.id == "getAccount" || elsewhere {
            continue;
        }
        let missing = w.admin().get(&operation.path).await;
        assert!(
            matches!(missing.status, 403 | 404),
            "{} of nothing: {} {}",
            operation.id,
            missing.status,
            missing.text
        );
        if !path.contains(STRANGER) {
            tried += 1;
            let there = w.admin().get(&path).await;
            assert!(
                matches!(there.status, 200 | 404),
                "{} {path}: {} {}",
                operation.id,
                there.status,
                there.text
            );
        }
    }

    assert!(
        tried > 15,
        "only {tried} operations have records to be tried on"
    );
}
