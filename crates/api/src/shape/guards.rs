//! Keys that a schema declares but that this request may not send.

use keystead_domain::version::ApiVersion;

/// What this bearer, at this version, may not send although the schema knows it.
#[derive(Clone, Debug, Default)]
pub struct Guards {
    /// The version the client speaks: older ones know older keys.
    pub version: ApiVersion,
    forbidden: Vec<&'static str>,
}

impl Guards {
    /// Nothing forbidden, at the latest version.
    pub fn none() -> Self {
        Self::default()
    }

    /// Nothing forbidden, at a client's version.
    pub fn at(version: ApiVersion) -> Self {
        Self {
            version,
            forbidden: Vec::new(),
        }
    }

    /// Forbids the key at `path`, in snake case from the root: `data/attributes/protected`.
    #[must_use]
    pub fn forbid(mut self, path: &'static str) -> Self {
        self.forbidden.push(path);
        self
    }

    /// Forbids the keys at `paths` unless `allowed`.
    #[must_use]
    pub fn allow(mut self, allowed: bool, paths: &[&'static str]) -> Self {
        if !allowed {
            self.forbidden.extend(paths);
        }
        self
    }

    pub(super) fn forbidden(&self) -> impl Iterator<Item = impl Iterator<Item = &'static str>> {
        self.forbidden.iter().map(|path| path.split('/'))
    }
}
