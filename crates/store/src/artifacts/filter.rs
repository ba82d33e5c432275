//! Which files are wanted (distribution reference §2.6).

use keystead_domain::access::Scope;
use keystead_domain::words::{ArtifactStatus, FacetKind};
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;

use crate::entities::artifact::Column;
use crate::entities::{product, release};
use crate::releases::{self, Named};
use crate::visible::nothing;

/// Which files are wanted, as the client names them: what is no id or word matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// A product's id or code.
    pub product: Option<String>,
    /// A release's id, version or tag.
    pub release: Option<String>,
    /// A channel's id or key: with it come those above it on the ladder.
    pub channel: Option<String>,
    /// A status, in letters of any case.
    pub status: Option<String>,
    /// A package's id or key.
    pub package: Option<Named>,
    /// The id or key of the package's engine.
    pub engine: Option<Named>,
    /// A file type's id or key.
    pub filetype: Option<Named>,
    /// A platform's id or key.
    pub platform: Option<Named>,
    /// An arch's id or key.
    pub arch: Option<Named>,
}

impl Filter {
    /// What a file must be like.
    pub(crate) fn condition(&self, scope: &Scope) -> Condition {
        let mut all = Condition::all().add_option(self.of_releases(scope));
        if let Some(status) = &self.status {
            all = all.add(match ArtifactStatus::parse(&status.to_ascii_uppercase()) {
                Some(status) => Column::Status.eq(status),
                None => nothing(),
            });
        }
        let facets = [
            (Column::Filetype, FacetKind::Filetype, &self.filetype),
            (Column::Platform, FacetKind::Platform, &self.platform),
            (Column::Arch, FacetKind::Arch, &self.arch),
        ];
        for (column, kind, wanted) in facets {
            match wanted {
                Some(Named::Is(name)) => {
                    let name = name.trim_start_matches('.').to_lowercase();
                    all = all.add(column.in_subquery(releases::keys(scope, kind, &name)));
                }
                Some(Named::None) => all = all.add(column.is_null()),
                None => {}
            }
        }
        all
    }

    /// What the file's release must be like, if that matters.
    fn of_releases(&self, scope: &Scope) -> Option<sea_orm::sea_query::SimpleExpr> {
        let mut all = Condition::all();
        if let Some(product) = &self.product {
            all = all.add(release::Column::ProductId.in_subquery(products(scope, product)));
        }
        if let Some(release) = &self.release {
            all = all.add(releases::named(release));
        }
        if let Some(channel) = &self.channel {
            all = all.add(releases::on_channel(scope, channel));
        }
        if let Some(package) = &self.package {
            all = all.add(releases::of_package(scope, package));
        }
        if let Some(engine) = &self.engine {
            all = all.add(releases::of_engine(scope, engine));
        }
        (!all.is_empty()).then(|| {
            let releases = Query::select()
                .column(release::Column::Id)
                .from(release::Entity)
                .and_where(release::Column::AccountId.eq(scope.account()))
                .cond_where(all)
                .take();
            Column::ReleaseId.in_subquery(releases)
        })
    }
}

/// The product with this id or code.
fn products(scope: &Scope, name: &str) -> SelectStatement {
    let named = Condition::any()
        .add(product::Column::Code.eq(name))
        .add_option(
            Uuid::parse_str(name)
                .ok()
                .map(|id| product::Column::Id.eq(id)),
        );
    Query::select()
        .column(product::Column::Id)
        .from(product::Entity)
        .and_where(product::Column::AccountId.eq(scope.account()))
        .cond_where(named)
        .take()
}
