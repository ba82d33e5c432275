//! The exchange that a response belongs to: what migrations may look at.

use std::collections::HashMap;

use keystead_domain::version::ApiVersion;
use keystead_domain::{ArtifactId, MachineId, ProductId, ReleaseId, UserId};
use poem::http::{Method, StatusCode};

/// A request and the status of its answer.
#[derive(Clone, Copy, Debug)]
pub struct Exchange<'a> {
    /// The version the client speaks.
    pub version: ApiVersion,
    /// The request's method.
    pub method: &'a Method,
    /// The request's path below the account, e.g. `/licenses/actions/validate-key`.
    pub path: &'a str,
    /// The answer's status.
    pub status: StatusCode,
    /// Who owns the licenses of the machines in the answer, where the handler said so.
    pub owners: Option<&'a LicenseOwners>,
    /// The files of the releases in the answer, where the handler said so.
    pub files: Option<&'a ReleaseFiles>,
    /// The products of the files in the answer, where the handler said so.
    pub products: Option<&'a FileProducts>,
}

/// Owners of the licenses of machines: until 1.5 a machine showed its license's owner. Handlers
/// that answer machines put this into the response's extensions for clients that old.
#[derive(Clone, Debug, Default)]
pub struct LicenseOwners(pub HashMap<MachineId, UserId>);

/// The one file of each release: in 1.0, a release was its file. Handlers that answer releases put
/// this into the response's extensions for clients that old.
#[derive(Clone, Debug, Default)]
pub struct ReleaseFiles(pub HashMap<ReleaseId, ReleaseFile>);

/// The products of files: in 1.0, a file showed its product. Handlers that answer files put this
/// into the response's extensions for clients that old.
#[derive(Clone, Debug, Default)]
pub struct FileProducts(pub HashMap<ArtifactId, ProductId>);

/// What 1.0 shows of a release's file.
#[derive(Clone, Debug)]
pub struct ReleaseFile {
    /// The file's id.
    pub id: ArtifactId,
    /// Its attributes, as they are answered: platform, file type, name, size and so on.
    pub attributes: Vec<(&'static str, serde_json::Value)>,
}

impl<'a> Exchange<'a> {
    /// The exchange of a document that travels on its own: in a webhook, in a license file.
    pub fn embedded(version: ApiVersion, owners: Option<&'a LicenseOwners>) -> Self {
        Self {
            version,
            method: &Method::GET,
            path: "",
            status: StatusCode::OK,
            owners,
            files: None,
            products: None,
        }
    }

    /// Whether the answer is the policy of a pooled key, which never had its strategies renamed
    /// (licensing §2.5).
    pub fn of_a_key(&self) -> bool {
        self.is(&[Method::GET], "/keys/*/policy")
    }

    /// Whether the request was one of `methods` to `path`, `*` standing for any one segment.
    pub fn is(&self, methods: &[Method], path: &str) -> bool {
        let segments = |path: &'a str| path.trim_matches('/').split('/');
        let mut sent = segments(self.path);
        methods.contains(self.method)
            && path.trim_matches('/').split('/').all(|wanted| {
                sent.next()
                    .is_some_and(|segment| wanted == "*" || wanted == segment)
            })
            && sent.next().is_none()
    }
}
