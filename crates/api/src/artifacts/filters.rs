//! Which files are wanted (distribution reference §2.6).

use keystead_store::artifacts::Filter;
use poem_openapi::Object;
use serde::Deserialize;

use crate::listing::Parameters;
use crate::problem::Result;
use crate::query::Query;
use crate::releases::named;

/// Which files are wanted. What is no id where one is needed matches nothing.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct ArtifactFilters {
    /// Of the product with this id or code.
    product: Option<String>,
    /// Of the release with this id, version or tag.
    release: Option<String>,
    /// Of releases on the channel with this id or key, or on one that is more finished.
    channel: Option<String>,
    /// In this state, in letters of any case.
    status: Option<String>,
    /// Of releases in the package with this id or key; when empty, in none.
    package: Option<String>,
    /// Of packages with the engine that has this id or key; when empty, with none.
    engine: Option<String>,
    /// Of the file type with this id or key; when empty, of none.
    filetype: Option<String>,
    /// For the platform with this id or key; when empty, for none.
    platform: Option<String>,
    /// For the arch with this id or key; when empty, for none.
    arch: Option<String>,
}

/// Which files of a product's releases are wanted.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct ProductArtifactFilters {
    /// Of releases on the channel with this id or key, or on one that is more finished.
    channel: Option<String>,
    /// In this state, in letters of any case.
    status: Option<String>,
    /// Of releases in the package with this id or key; when empty, in none.
    package: Option<String>,
    /// Of packages with the engine that has this id or key; when empty, with none.
    engine: Option<String>,
    /// Of the file type with this id or key; when empty, of none.
    filetype: Option<String>,
    /// For the platform with this id or key; when empty, for none.
    platform: Option<String>,
    /// For the arch with this id or key; when empty, for none.
    arch: Option<String>,
}

/// Which of a release's files are wanted.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct ReleaseArtifactFilters {
    /// In this state, in letters of any case.
    status: Option<String>,
    /// Of the file type with this id or key.
    filetype: Option<String>,
    /// For the platform with this id or key.
    platform: Option<String>,
    /// For the arch with this id or key.
    arch: Option<String>,
}

impl ArtifactFilters {
    /// The filter of a look-up that the parameters only narrow.
    pub fn of(query: &Parameters<Self>) -> Result<Filter> {
        Ok(query.lenient()?.filter(query.query()))
    }

    /// The filter, with what is asked for by being empty.
    pub fn filter(self, query: &Query) -> Filter {
        Filter {
            product: self.product,
            release: self.release,
            channel: self.channel,
            status: self.status,
            package: named(query, "package", self.package),
            engine: named(query, "engine", self.engine),
            filetype: named(query, "filetype", self.filetype),
            platform: named(query, "platform", self.platform),
            arch: named(query, "arch", self.arch),
        }
    }
}

impl ProductArtifactFilters {
    /// The filter, with what is asked for by being empty.
    pub fn filter(self, query: &Query) -> Filter {
        let all = ArtifactFilters {
            product: None,
            release: None,
            channel: self.channel,
            status: self.status,
            package: self.package,
            engine: self.engine,
            filetype: self.filetype,
            platform: self.platform,
            arch: self.arch,
        };
        all.filter(query)
    }
}

impl From<ReleaseArtifactFilters> for Filter {
    fn from(filters: ReleaseArtifactFilters) -> Self {
        use keystead_store::releases::Named::Is;

        Self {
            status: filters.status,
            filetype: filters.filetype.map(Is),
            platform: filters.platform.map(Is),
            arch: filters.arch.map(Is),
            ..Self::default()
        }
    }
}
