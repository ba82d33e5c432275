//! Answers that show releases, along with the one file of each: clients of API 1.0 know no
//! release without its file.

use std::collections::HashMap;

use keystead_app::{Cx, artifacts};
use keystead_domain::version::ApiVersion;
use keystead_store::entities::{Artifact, Release};
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaResponses, Registry};
use serde_json::json;

use super::resource;
use crate::document::Document;
use crate::nouns::Releases;
use crate::problem::Result;
use crate::versions::{ReleaseFile, ReleaseFiles};

/// An answer that shows releases, and their files for clients that old.
#[derive(Debug)]
pub struct WithFiles<R> {
    answer: R,
    files: ReleaseFiles,
}

impl WithFiles<()> {
    /// The files of releases; nothing is looked up for clients that don't see them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn files(cx: &Cx, releases: &[Release]) -> Result<Self> {
        let mut files = HashMap::new();
        if cx.version == ApiVersion::V1_0 {
            let ids: Vec<_> = releases.iter().map(|release| release.id).collect();
            for artifact in artifacts::of(cx, &ids).await? {
                files.entry(artifact.release_id).or_insert(file(artifact));
            }
        }
        Ok(Self {
            answer: (),
            files: ReleaseFiles(files),
        })
    }

    /// An answer that shows these releases.
    pub fn and<R>(self, answer: R) -> WithFiles<R> {
        WithFiles {
            answer,
            files: self.files,
        }
    }

    /// The document of one release.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn document(cx: &Cx, release: Release) -> Result<WithFiles<Document<Releases>>> {
        let files = Self::files(cx, std::slice::from_ref(&release)).await?;
        Ok(files.and(Document::of(resource(release))))
    }
}

fn file(artifact: Artifact) -> ReleaseFile {
    ReleaseFile {
        id: artifact.id,
        attributes: vec![
            ("platform", json!(artifact.platform)),
            ("filetype", json!(artifact.filetype)),
            ("filename", json!(artifact.filename)),
            ("filesize", json!(artifact.filesize)),
            ("signature", json!(artifact.signature)),
            ("checksum", json!(artifact.checksum)),
        ],
    }
}

impl<R: IntoResponse> IntoResponse for WithFiles<R> {
    fn into_response(self) -> Response {
        let mut response = self.answer.into_response();
        response.set_data(self.files);
        response
    }
}

impl<R: ApiResponse> ApiResponse for WithFiles<R> {
    fn meta() -> MetaResponses {
        R::meta()
    }

    fn register(registry: &mut Registry) {
        R::register(registry);
    }
}
