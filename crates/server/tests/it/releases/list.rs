//! Lists of releases and files.

use keystead_domain::words::ReleaseStatus;
use keystead_testkit::World;

use super::{Shelf, versions};

#[tokio::test]
async fn releases_are_narrowed_by_product_package_engine_channel_and_status() {
    let w = World::start().await;
    let (shelf, other) = (
        Shelf::of(&w, "LICENSED").await,
        Shelf::of(&w, "LICENSED").await,
    );
    let package = shelf.package("sdk", Some("npm")).await;
    shelf.release("1.0.0").await;
    shelf.release("1.1.0-beta.1").await;
    shelf.release("1.1.0-dev.1").await;
    shelf
        .put("1.2.0", |it| it.status = ReleaseStatus::Yanked)
        .await;
    shelf.put("2.0.0", |it| it.package_id = Some(package)).await;
    other.release("7.0.0").await;
    let product = shelf.product();

    #[rustfmt::skip]
    let table: [(String, &[&str]); 10] = [
        (format!("product={product}"), &["2.0.0", "1.2.0", "1.1.0-dev.1", "1.1.0-beta.1", "1.0.0"]),
        ("product=aurora".to_owned(),                        &[]),
        ("package=sdk".to_owned(),                           &["2.0.0"]),
        (format!("product={product}&package="),              &["1.2.0", "1.1.0-dev.1", "1.1.0-beta.1", "1.0.0"]),
        ("engine=npm".to_owned(),                            &["2.0.0"]),
        (format!("product={product}&channel=stable&yanked=false"), &["2.0.0", "1.0.0"]),
        (format!("product={product}&channel=alpha&status=published"), &["2.0.0", "1.1.0-beta.1", "1.0.0"]),
        ("channel=dev".to_owned(),                           &["1.1.0-dev.1"]),
        ("channel=nightly".to_owned(),                       &[]),
        ("yanked=true".to_owned(),                           &["1.2.0"]),
    ];
    for (query, expected) in table {
        let list = w.admin().get(&format!("/releases?{query}")).await;
        assert_eq!(versions(&list.expect(200)), expected, "{query}");
    }
}

#[tokio::test]
async fn files_are_narrowed_by_what_they_and_their_releases_are() {
    let w = World::start().await;
    let (shelf, other) = (
        Shelf::of(&w, "LICENSED").await,
        Shelf::of(&w, "LICENSED").await,
    );
    shelf.release("1.0.0").await;
    shelf.release("2.0.0-beta.1").await;
    other.release("3.0.0").await;
    let product = shelf.product();

    #[rustfmt::skip]
    let table = [
        (String::new(),                            3),
        (format!("product={product}"),             2),
        ("release=3.0.0".to_owned(),               1),
        ("channel=stable".to_owned(),              2),
        ("platform=linux&arch=x64".to_owned(),     3),
        ("platform=".to_owned(),                   0),
        ("filetype=.ZIP".to_owned(),               3),
        ("filetype=exe".to_owned(),                0),
        ("status=uploaded".to_owned(),             3),
    ];
    for (query, expected) in table {
        let list = w.admin().get(&format!("/artifacts?{query}")).await;
        let list = list.expect(200);
        let count = list.at("/data").as_array().map(Vec::len);
        assert_eq!(count, Some(expected), "{query}");
    }
}
