//! Accounts that go: out of sight at once, and all they held by and by.

use keystead_app::CHORES;
use keystead_app::accounts::destroy::doom;
use keystead_app::accounts::{Founding, found};
use keystead_server::config::Tenancy;
use keystead_signing::Secret;
use keystead_store::accounts;
use keystead_testkit::World;
use sea_orm::{ConnectionTrait, Statement};

#[tokio::test]
async fn a_doomed_account_is_out_of_sight_and_leaves_nothing_behind() {
    let w = World::with(|config| config.tenancy = Tenancy::Multi).await;
    let founding = |slug: &str| Founding {
        slug: slug.to_owned(),
        name: "Rival".to_owned(),
        email: "admin@rival.example".to_owned(),
        password: Secret::new("another good password".to_owned()),
        protected: true,
    };
    let rival = found(w.app(), founding("rival")).await.unwrap().account.id;
    let license = w.license().create().await;
    w.holder(&license.key).get("/me").await.expect(200);

    doom(w.app(), "acme", w.now()).await.unwrap();

    w.admin().get("/me").await.expect(404);
    // The name is free again, before the rest is gone.
    found(w.app(), founding("acme")).await.unwrap();
    assert_eq!(w.work_off(CHORES).await, 1);
    let db = &w.app().db;
    for table in accounts::tables_below(db).await.unwrap() {
        let sql = format!("SELECT DISTINCT account_id FROM \"{table}\"");
        let statement = Statement::from_string(db.get_database_backend(), sql);
        for row in db.query_all_raw(statement).await.unwrap() {
            let account: uuid::Uuid = row.try_get("", "account_id").unwrap();
            assert_ne!(account.to_string(), w.account(), "{table}");
        }
    }
    assert!(
        accounts::find(db, &rival.to_string())
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(accounts::count(db).await.unwrap(), 2);
}
