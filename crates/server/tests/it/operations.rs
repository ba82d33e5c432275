//! Every operation of the API's description, tried by those who may not.

mod bearers;

use keystead_app::accounts::{Founding, found};
use keystead_server::config::Tenancy;
use keystead_signing::Secret;
use keystead_testkit::World;
use reqwest::Method;
use serde_json::{Value, json};

/// What answers strangers, on purpose, and how.
#[rustfmt::skip]
const OPEN: &[(&str, u16)] = &[
    // Anyone who knows a key may validate it; an empty body lacks the key.
    ("validateLicenseKey", 400),
    // A protected account keeps strangers from signing up; an empty body comes first.
    ("createUser",         400),
    // Open products are for everyone; the made-up ones are not there.
    ("listReleases",         200),
    ("getRelease",           404),
    ("getReleasePackage",    404),
    ("listReleaseArtifacts", 404),
    ("getReleaseArtifact",   404),
    ("listArtifacts",        200),
    ("getArtifact",          404),
    ("getReleaseUpgrade",    404),
    // Paths of API 1.0 are there for its clients alone.
    ("upsertRelease",        404),
    ("getReleaseFile",       404),
    ("uploadReleaseFile",    404),
    ("yankReleaseFile",      404),
    ("upgradeVersion",       404),
    ("upgradeRelease",       404),
    ("listPackages",         200),
    ("getPackage",           404),
    ("listPlatforms",        200),
    ("getPlatform",          404),
    ("listArches",           200),
    ("getArch",              404),
    ("listChannels",         200),
    ("getChannel",           404),
    ("listEngines",          200),
    ("getEngine",            404),
    // What isn't here is on the public index.
    ("listPypiPackages",     200),
    ("getPypiPackage",       307),
    ("getNpmPackage",        404),
    ("getNpmService",        410),
    ("postNpmService",       410),
    ("putNpmService",        410),
    ("deleteNpmService",     410),
    ("probeGems",            200),
    ("listGemVersions",      200),
    ("listGemNames",         200),
    ("getGem",               404),
    ("listGemSpecs",         200),
    ("listLatestGemSpecs",   200),
    ("listPrereleaseGemSpecs", 200),
    ("getGemSpec",           404),
    ("downloadGem",          404),
    ("findFile",             404),
    ("findPackageFile",      404),
    // What is installed has to be said.
    ("getTauriUpdate",       400),
    // Whoever lost a password has no credential; an empty body lacks the address.
    ("requestPasswordReset", 400),
    // The token in the body is the credential; there is no such user here.
    ("resetUserPassword",  404),
    // Accounts are founded where none is named, and only where there are many.
    ("createAccount",      404),
];

/// What ignores credentials, good or bad: whoever lost a password may still send an old token.
const IGNORING: &[&str] = &["requestPasswordReset", "resetUserPassword"];

/// An id that nothing has.
const STRANGER: &str = "0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10";

/// An operation as the description has it.
struct Operation {
    id: String,
    method: Method,
    /// The path, its parameters in braces.
    template: String,
    /// The path with made-up ids.
    path: String,
}

fn operations(document: &Value) -> Vec<Operation> {
    let mut found = Vec::new();
    for (template, methods) in document["paths"]
        .as_object()
        .expect("a description has paths")
    {
        for (method, operation) in methods.as_object().expect("a path has methods") {
            let Ok(method) = Method::from_bytes(method.to_uppercase().as_bytes()) else {
                continue;
            };
            let Some(id) = operation["operationId"].as_str() else {
                continue;
            };
            let segments = template.split('/');
            let filled = segments.map(|segment| match segment.starts_with('{') {
                true => STRANGER,
                false => segment,
            });
            found.push(Operation {
                id: id.to_owned(),
                method,
                template: template.clone(),
                path: filled.collect::<Vec<_>>().join("/"),
            });
        }
    }
    found
}

async fn described(w: &World) -> Vec<Operation> {
    let answer = w
        .anyone()
        .send_raw(Method::GET, "/v1/openapi.json", None)
        .await
        .expect(200);
    let operations = operations(&answer.body);
    assert!(
        operations.len() > 40,
        "the description lists the operations"
    );
    operations
}

#[tokio::test]
async fn no_operation_answers_strangers_but_those_on_the_list() {
    let w = World::start().await;

    for operation in described(&w).await {
        let Operation {
            id, method, path, ..
        } = operation;
        let body = (method != Method::GET).then(|| json!({}));
        let answer = w.anyone().staying().send(method, &path, body).await;
        let expected = OPEN
            .iter()
            .find(|(open, _)| *open == id)
            .map_or(401, |(_, status)| *status);
        assert_eq!(answer.status, expected, "{id}: {}", answer.text);
    }
}

#[tokio::test]
async fn no_operation_knows_the_bearers_of_another_account() {
    let w = World::with(|config| config.tenancy = Tenancy::Multi).await;
    let founding = Founding {
        slug: "rival".to_owned(),
        name: "Rival".to_owned(),
        email: "admin@rival.example".to_owned(),
        password: Secret::new("another good password".to_owned()),
        protected: true,
    };
    found(w.app(), founding)
        .await
        .expect("a second account can be founded");
    let token = w
        .token_of("rival", "admin@rival.example", "another good password")
        .await;
    let spy = w.bearer(&token).staying();

    // An account is founded where none is named: there is no foreign one to spy on.
    let inside = described(&w).await;
    let inside = inside.into_iter().filter(|it| it.id != "createAccount");
    for operation in inside {
        let Operation {
            id, method, path, ..
        } = operation;
        if IGNORING.contains(&id.as_str()) {
            continue;
        }
        let body = (method != Method::GET).then(|| json!({}));
        let answer = spy.send(method, &path, body).await;
        assert_eq!(answer.status, 401, "{id}: {}", answer.text);
        // Clients of packages that read pages or texts are told no codes.
        if !answer.header("content-type").starts_with("text/") {
            assert_eq!(answer.code(), "TOKEN_INVALID", "{id}");
        }
    }
}
