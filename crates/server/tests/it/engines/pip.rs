//! pip itself, as it is: it finds, verifies and installs what a license gives.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use keystead_testkit::World;
use serde_json::{Value, json};
use tokio::process::Command;

use super::*;
use crate::artifacts::{file, plain, url};

/// Writes the wheel of a package with one module that says its version, and tells its digest.
const MAKE_WHEEL: &str = r#"
import base64, hashlib, sys, zipfile
version, path = sys.argv[1:]
info = f"fernweh_sdk-{version}.dist-info"
files = {
    "fernweh_sdk.py": f"VERSION = '{version}'\n",
    f"{info}/METADATA": f"Metadata-Version: 2.1\nName: fernweh-sdk\nVersion: {version}\n",
    f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
}
def line(name, text):
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
    return f"{name},sha256={digest},{len(text)}\n"
files[f"{info}/RECORD"] = "".join(line(*file) for file in files.items()) + f"{info}/RECORD,,\n"
with zipfile.ZipFile(path, "w") as wheel:
    for name, text in files.items():
        wheel.writestr(name, text)
print(hashlib.sha256(open(path, "rb").read()).hexdigest(), end="")
"#;

fn python() -> Command {
    let mut command = Command::new(keystead_testkit::python());
    // Nothing but the index that a test names: neither a configuration nor a proxy.
    command
        .env("PIP_CONFIG_FILE", "/dev/null")
        .env("NO_PROXY", "127.0.0.1")
        .stdin(Stdio::null());
    command
}

async fn ran(mut command: Command) -> Output {
    command
        .output()
        .await
        .expect("python3 runs: install Python")
}

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// A vendor who ships wheels of one package.
struct Vendor<'a> {
    w: &'a World,
    product: String,
    package: String,
    directory: PathBuf,
}

impl Vendor<'_> {
    async fn ships(&self, version: &str, metadata: Value) {
        let filename = format!("fernweh_sdk-{version}-py3-none-any.whl");
        let path = self.directory.join(&filename);
        let mut making = python();
        making.args(["-c", MAKE_WHEEL, version]).arg(&path);
        let made = ran(making).await;
        assert!(made.status.success(), "{}", said(&made));
        let checksum = String::from_utf8(made.stdout).expect("a digest");

        let to_one = |kind: &str, id: &str| json!({ "data": { "type": kind, "id": id } });
        let body = json!({ "data": {
            "type": "releases",
            "attributes": { "version": version, "channel": "stable", "status": "PUBLISHED" },
            "relationships": {
                "product": to_one("products", &self.product),
                "package": to_one("packages", &self.package),
            },
        } });
        let release = self.w.admin().post("/releases", body).await.expect(201);
        let attributes = json!({
            "filename": filename, "filetype": "whl", "checksum": checksum, "metadata": metadata,
        });
        let body = file(&release.id(), attributes);
        let artifact = plain(&self.w.admin()).post("/artifacts", body).await;
        let bytes = std::fs::read(path).expect("the wheel");
        let upload = reqwest::Client::new().put(url(&artifact.expect(200)));
        let sent = upload.body(bytes).send().await.expect("an answer");
        assert_eq!(sent.status(), 200);
    }
}

/// What pip says to `arguments` about the vendor's package, looking for it at this index alone.
async fn pip(index: &str, arguments: &[&str], target: &Path) -> Output {
    let mut command = python();
    command
        .args(["-m", "pip", "--isolated", "--no-input", "--no-cache-dir"])
        .arg("--disable-pip-version-check")
        .args(arguments)
        .args(["--no-deps", "--index-url", index])
        .arg(target)
        .arg("fernweh-sdk");
    ran(command).await
}

#[tokio::test]
async fn pip_installs_what_a_license_gives() {
    let w = World::start().await;
    let directory = tempfile::tempdir().expect("a directory");
    let shelf = Shelf::of(&w, "LICENSED").await;
    let vendor = Vendor {
        w: &w,
        product: shelf.product().to_owned(),
        package: shelf.package("Fernweh-SDK", Some("pypi")).await.to_string(),
        directory: directory.path().to_owned(),
    };
    vendor.ships("1.0.0", json!({})).await;
    vendor
        .ships("1.1.0", json!({ "requiresPython": ">=3.6" }))
        .await;
    vendor
        .ships("2.0.0", json!({ "requiresPython": ">=99" }))
        .await;
    let policy = w.policy().of(shelf.product());
    let policy = policy.with("authenticationStrategy", "LICENSE").create();
    let license = w.license().of(&policy.await).create().await;
    let path = format!("/v1/accounts/{}/engines/pypi/simple/", w.account());
    let host = w.base().trim_start_matches("http://");
    let index = format!("http://license:{}@{host}{path}", license.key);

    // The digest is checked, and what needs another Python is passed over.
    let installed = directory.path().join("installed");
    let target = format!("--target={}", installed.display());
    let done = pip(&index, &["install"], Path::new(&target)).await;
    assert!(done.status.success(), "{}", said(&done));
    let mut asking = python();
    asking
        .args(["-c", "import fernweh_sdk; print(fernweh_sdk.VERSION)"])
        .env("PYTHONPATH", &installed);
    let told = ran(asking).await;
    assert_eq!(String::from_utf8_lossy(&told.stdout).trim(), "1.1.0");

    let downloads = directory.path().join("downloads");
    let target = format!("--dest={}", downloads.display());
    let done = pip(&index, &["download"], Path::new(&target)).await;
    assert!(done.status.success(), "{}", said(&done));
    let name = "fernweh_sdk-1.1.0-py3-none-any.whl";
    assert_eq!(
        std::fs::read(downloads.join(name)).expect("the wheel"),
        std::fs::read(directory.path().join(name)).expect("the wheel"),
    );

    // Without the license there is nothing, and nothing is looked for elsewhere.
    let stranger = format!("{}{path}", w.base());
    let refused = pip(&stranger, &["download"], Path::new(&target)).await;
    assert!(!refused.status.success());
    assert!(
        said(&refused).contains("No matching distribution found"),
        "{}",
        said(&refused)
    );
    w.app().settle().await;
    let log = w.admin().get("/request-logs?limit=1").await.expect(200);
    let url = log.at("/data/0/attributes/url").as_str().expect("a URL");
    assert!(url.ends_with("/simple/fernweh-sdk/"), "{url}");
    assert_eq!(log.at("/data/0/attributes/status"), &json!("401"));
}
