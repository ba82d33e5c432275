//! What the database knows of tokens.

use keystead_app::App;
use keystead_signing::TokenDigest;
use keystead_store::entities::{session, token};
use keystead_testkit::World;
use sea_orm::EntityTrait;
use serde_json::json;

async fn everything(app: &App) -> String {
    let tokens = token::Entity::find()
        .all(&app.db)
        .await
        .expect("it is there");
    let sessions = session::Entity::find()
        .all(&app.db)
        .await
        .expect("it is there");
    format!("{tokens:?} {sessions:?}")
}

#[tokio::test]
async fn a_token_is_kept_as_its_digest_alone() {
    let w = World::start().await;
    let made = w.admin().post("/tokens", json!({})).await.expect(201);
    let secret = made
        .at("/data/attributes/token")
        .as_str()
        .expect("it is there");

    let rows = token::Entity::find()
        .all(&w.app().db)
        .await
        .expect("it is there");

    let row = rows.iter().find(|row| row.id.to_string() == made.id());
    let digest: [u8; 32] = row
        .expect("it is there")
        .digest
        .clone()
        .try_into()
        .expect("it is there");
    assert_eq!(TokenDigest::from_bytes(digest), TokenDigest::of(secret));
    let (_, random) = secret.split_once('-').expect("it is there");
    let known = everything(w.app()).await;
    assert!(!known.contains(&random[..16]), "{known}");
    assert!(!known.contains(&format!("{:?}", secret.as_bytes())));
}

#[tokio::test]
async fn a_token_of_every_age_opens_the_door() {
    let w = World::start().await;
    let made = w.admin().post("/tokens", json!({})).await.expect(201);
    let account = w.account().replace('-', "");
    let hex = "0123456789abcdef".repeat(4);
    for old in [
        format!("{account}.{}.{}v1", made.id().replace('-', ""), &hex[..62]),
        format!("admi-{}v2", &hex[..62]),
        format!("admin-{hex}v3"),
    ] {
        w.bearer(&old).get("/me").await.expect(401);
        let digest = TokenDigest::of(&old).as_bytes().to_vec();
        let id: uuid::Uuid = made.id().parse().expect("it is there");
        let row = token::ActiveModel {
            id: sea_orm::Set(id.into()),
            digest: sea_orm::Set(digest),
            ..Default::default()
        };
        token::Entity::update(row)
            .exec(&w.app().db)
            .await
            .expect("it is there");

        let me = w.bearer(&old).get("/me").await.expect(200);

        assert_eq!(me.header("keygen-token"), made.id(), "{old}");
    }
}
