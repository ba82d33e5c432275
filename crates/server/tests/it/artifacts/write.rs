//! How files are changed, and how they go.

use keystead_testkit::World;
use serde_json::json;

use super::{file, plain, release, uploaded, waiting};

#[tokio::test]
async fn a_file_is_what_its_maker_says() {
    let w = World::start().await;
    let (_, release) = release(&w, "LICENSED", "1.0.0").await;
    let attributes = json!({
        "filename": "Aurora.EXE",
        "filetype": " .Exe",
        "filesize": 512,
        "platform": " Windows ",
        "arch": "",
        "signature": "",
        "checksum": "abc",
        "metadata": { "signedBy": "us" },
    });

    let made = plain(&w.admin());
    let made = made
        .post("/artifacts", file(&release, attributes))
        .await
        .expect(200);

    assert_eq!(made.at("/data/attributes/filetype"), &json!("exe"));
    assert_eq!(made.at("/data/attributes/platform"), &json!("windows"));
    assert_eq!(made.at("/data/attributes/arch"), &json!(null));
    assert_eq!(made.at("/data/attributes/signature"), &json!(""));
    assert_eq!(made.at("/data/attributes/status"), &json!("WAITING"));
    let platforms = w.admin().get("/platforms").await.expect(200);
    assert_eq!(platforms.at("/data/0/attributes/key"), &json!("windows"));
}

#[tokio::test]
async fn what_a_file_may_not_be_is_told_where_it_is() {
    let w = World::start().await;
    let (_, release) = release(&w, "LICENSED", "1.0.0").await;
    waiting(&w, &release, "taken.zip").await;
    let admin = plain(&w.admin());

    #[rustfmt::skip]
    let table = [
        (json!({ "filename": "taken.zip" }),                       "FILENAME_TAKEN",              "/data/attributes/filename"),
        (json!({ "filename": "" }),                                "FILENAME_MISSING",            "/data/attributes/filename"),
        (json!({ "filename": "a.zip", "filetype": "exe" }),        "FILENAME_EXTENSION_INVALID",  "/data/attributes/filename"),
        (json!({ "filename": "a.zip", "filesize": -1 }),           "FILESIZE_INVALID",            "/data/attributes/filesize"),
        (json!({ "filename": "a.zip", "checksum": "x".repeat(4097) }), "CHECKSUM_TOO_LONG",       "/data/attributes/checksum"),
    ];
    for (attributes, code, pointer) in table {
        let refused = admin
            .post("/artifacts", file(&release, attributes))
            .await
            .expect(422);
        assert_eq!((refused.code(), refused.pointer()), (code, pointer));
    }
    let nowhere = "0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10";
    let body = file(nowhere, json!({ "filename": "a.zip" }));
    let refused = admin.post("/artifacts", body).await.expect(422);
    assert_eq!(refused.code(), "RELEASE_NOT_FOUND");
}

#[tokio::test]
async fn only_what_is_said_of_a_file_is_changed() {
    let w = World::start().await;
    let (_, release) = release(&w, "LICENSED", "1.0.0").await;
    let artifact = waiting(&w, &release, "aurora.zip").await.id();
    let path = format!("/artifacts/{artifact}");
    let body = |attributes| json!({ "data": { "type": "artifacts", "attributes": attributes } });

    let changed = body(json!({ "filesize": 7, "checksum": "abc" }));
    let changed = w.admin().patch(&path, changed).await.expect(200);
    let cleared = w
        .admin()
        .put(&path, body(json!({ "filesize": null })))
        .await
        .expect(200);
    let refused = w
        .admin()
        .patch(&path, body(json!({ "status": "UPLOADED" })))
        .await
        .expect(400);

    assert_eq!(changed.at("/data/attributes/filesize"), &json!(7));
    assert_eq!(cleared.at("/data/attributes/filesize"), &json!(null));
    assert_eq!(cleared.at("/data/attributes/checksum"), &json!("abc"));
    assert_eq!(refused.pointer(), "/data/attributes/status");
}

#[tokio::test]
async fn a_name_is_free_again_when_its_file_was_deleted() {
    let w = World::start().await;
    let (_, release) = release(&w, "LICENSED", "1.0.0").await;
    uploaded(&w, &release, "dir/aurora.zip", "old").await;

    w.admin()
        .delete("/artifacts/dir/aurora.zip")
        .await
        .expect(204);
    w.admin().get("/artifacts/dir/aurora.zip").await.expect(404);
    uploaded(&w, &release, "dir/aurora.zip", "new").await;

    let had = w.admin().get("/artifacts/dir/aurora.zip").await.expect(200);
    assert_eq!(had.text, "new");
}
