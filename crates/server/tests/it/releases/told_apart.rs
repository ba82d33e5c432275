//! Platforms, arches, channels, engines and packages.

use keystead_testkit::World;

use super::{Shelf, keys};

#[tokio::test]
async fn facets_are_shown_to_whoever_may_know_what_has_them() {
    let w = World::start().await;
    let (open, licensed) = (Shelf::of(&w, "OPEN").await, Shelf::of(&w, "LICENSED").await);
    open.release("1.0.0").await;
    licensed.release("1.0.0-beta.1").await;
    licensed.package("sdk", Some("npm")).await;
    open.package("cli", None).await;
    let policy = licensed.policy("name", "Pro").await;
    let license = w.license().of(&policy).create().await;

    for (caller, channels, engines, packages) in [
        (w.anyone(), vec!["stable"], vec![], vec!["cli"]),
        (
            license.holder,
            vec!["beta", "stable"],
            vec!["npm"],
            vec!["cli", "sdk"],
        ),
        (
            w.admin(),
            vec!["beta", "stable"],
            vec!["npm"],
            vec!["cli", "sdk"],
        ),
    ] {
        let list = caller.get("/channels").await.expect(200);
        assert_eq!(keys(&list), channels);
        let list = caller.get("/engines").await.expect(200);
        assert_eq!(keys(&list), engines);
        let list = caller.get("/packages").await.expect(200);
        assert_eq!(keys(&list), packages);
        let list = caller.get("/platforms").await.expect(200);
        assert_eq!(keys(&list), ["linux"]);
        let list = caller.get("/arches").await.expect(200);
        assert_eq!(keys(&list), ["x64"]);
    }
    let npm = w.admin().get("/engines/npm").await.expect(200).id();
    w.anyone().get(&format!("/engines/{npm}")).await.expect(404);
    w.anyone().get("/packages/sdk").await.expect(404);
    w.anyone().get("/packages/cli").await.expect(200);
}

#[tokio::test]
async fn below_a_product_are_the_facets_that_its_releases_have() {
    let w = World::start().await;
    let (one, other) = (Shelf::of(&w, "OPEN").await, Shelf::of(&w, "OPEN").await);
    one.release("1.0.0").await;
    other.release("1.0.0-beta.1").await;
    let base = format!("/products/{}", one.product());

    let channels = w.admin().get(&format!("{base}/channels")).await.expect(200);
    let beta = w
        .admin()
        .get("/channels?limit=1")
        .await
        .expect(200)
        .at("/data/0/id")
        .clone();
    let beta = beta.as_str().expect("an id").to_owned();

    assert_eq!(keys(&channels), ["stable"]);
    let path = format!("{base}/channels/{beta}");
    w.admin().get(&path).await.expect(404);
    w.admin()
        .get(&format!("/channels/{beta}"))
        .await
        .expect(200);
    w.anyone()
        .get(&format!("{base}/channels"))
        .await
        .expect(401);
}
