//! Which releases are wanted (distribution reference §1.6).

use keystead_domain::access::Scope;
use keystead_domain::release::channels_within;
use keystead_domain::words::{ArtifactStatus, FacetKind, ReleaseChannel, ReleaseStatus};
use sea_orm::sea_query::{Expr, ExprTrait, IntoCondition, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;

use crate::entities::release::{Column, Entity};
use crate::entities::{artifact, constraint, entitlement, facet, package};
use crate::visible::nothing;

/// Something named by its id or key, or that there is none of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// With this id or key.
    Is(String),
    /// None at all.
    None,
}

/// Which releases are wanted, as the client names them: what is no id or word matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// A product's id.
    pub product: Option<String>,
    /// A package's id or key.
    pub package: Option<Named>,
    /// The id or key of the package's engine.
    pub engine: Option<Named>,
    /// A channel's id or key: with it come those above it on the ladder.
    pub channel: Option<String>,
    /// A status, in letters of any case.
    pub status: Option<String>,
    /// Whether it was yanked.
    pub yanked: Option<bool>,
    /// Codes of entitlements: the release asks for nothing else.
    pub entitlements: Option<Vec<String>>,
    /// Its version, exactly.
    pub version: Option<String>,
    /// What one of its files must be like.
    pub file: FileFilter,
}

/// What one of a release's files must be like: ids or keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileFilter {
    /// Its platform.
    pub platform: Option<String>,
    /// Its arch.
    pub arch: Option<String>,
    /// Its type.
    pub filetype: Option<String>,
    /// Whether its object is there.
    pub uploaded: bool,
}

impl FileFilter {
    /// The files of a release that are like this; none when nothing is asked.
    fn exists(&self, scope: &Scope) -> Option<SelectStatement> {
        use artifact::Column as A;

        if *self == Self::default() {
            return None;
        }
        let mut query = Query::select();
        query
            .expr(Expr::val(1))
            .from(artifact::Entity)
            .and_where(A::AccountId.eq(scope.account()))
            .and_where(Expr::col((artifact::Entity, A::ReleaseId)).equals((Entity, Column::Id)));
        let facets = [
            (A::Platform, FacetKind::Platform, &self.platform),
            (A::Arch, FacetKind::Arch, &self.arch),
            (A::Filetype, FacetKind::Filetype, &self.filetype),
        ];
        for (column, kind, name) in facets {
            if let Some(name) = name {
                let name = name.trim_start_matches('.').to_lowercase();
                query.and_where(column.in_subquery(keys(scope, kind, &name)));
            }
        }
        if self.uploaded {
            query.and_where(A::Status.eq(ArtifactStatus::Uploaded));
        }
        Some(query)
    }
}

impl Filter {
    /// What a release must be like.
    pub(crate) fn condition(&self, scope: &Scope) -> Condition {
        let mut all = Condition::all();
        if let Some(product) = &self.product {
            all = all.add(match Uuid::parse_str(product) {
                Ok(id) => Column::ProductId.eq(id),
                Err(_) => nothing(),
            });
        }
        if let Some(package) = &self.package {
            all = all.add(of_package(scope, package));
        }
        if let Some(engine) = &self.engine {
            all = all.add(of_engine(scope, engine));
        }
        if let Some(channel) = &self.channel {
            all = all.add(on_channel(scope, channel));
        }
        if let Some(status) = &self.status {
            all = all.add(match ReleaseStatus::parse(&status.to_ascii_uppercase()) {
                Some(status) => Column::Status.eq(status),
                None => nothing(),
            });
        }
        match self.yanked {
            Some(true) => all = all.add(Column::Status.eq(ReleaseStatus::Yanked)),
            Some(false) => all = all.add(Column::Status.ne(ReleaseStatus::Yanked)),
            None => {}
        }
        if let Some(codes) = &self.entitlements {
            all = all.add(Expr::exists(beyond(codes)).not());
        }
        if let Some(version) = &self.version {
            all = all.add(Column::Version.eq(version));
        }
        if let Some(files) = self.file.exists(scope) {
            all = all.add(Expr::exists(files));
        }
        all
    }
}

/// Releases of a package, or of none.
pub(crate) fn of_package(scope: &Scope, package: &Named) -> Condition {
    let Named::Is(name) = package else {
        return Column::PackageId.is_null().into_condition();
    };
    let named = Condition::any()
        .add(package::Column::Key.eq(name))
        .add_option(
            Uuid::parse_str(name)
                .ok()
                .map(|id| package::Column::Id.eq(id)),
        );
    Column::PackageId
        .in_subquery(packages(scope, named))
        .into_condition()
}

/// Releases of packages with an engine, or of none that has one.
pub(crate) fn of_engine(scope: &Scope, engine: &Named) -> Condition {
    match engine {
        Named::Is(name) => {
            let keys = keys(scope, FacetKind::Engine, name);
            let with = package::Column::Engine.in_subquery(keys).into_condition();
            Column::PackageId
                .in_subquery(packages(scope, with))
                .into_condition()
        }
        Named::None => {
            let without = package::Column::Engine.is_null().into_condition();
            Condition::any()
                .add(Column::PackageId.is_null())
                .add(Column::PackageId.in_subquery(packages(scope, without)))
        }
    }
}

/// Releases on a channel or one above it.
pub(crate) fn on_channel(scope: &Scope, channel: &str) -> Condition {
    if let Some(channel) = ReleaseChannel::parse(channel) {
        return Column::Channel
            .is_in(channels_within(channel).iter().copied())
            .into_condition();
    }
    let Ok(id) = Uuid::parse_str(channel) else {
        return nothing().into_condition();
    };
    // Which channel has this id is known to the database alone: the ladder goes with it.
    ReleaseChannel::ALL
        .iter()
        .fold(Condition::any(), |any, channel| {
            let is_it = Query::select()
                .expr(Expr::val(1))
                .from(facet::Entity)
                .and_where(facet::Column::AccountId.eq(scope.account()))
                .and_where(facet::Column::Kind.eq(FacetKind::Channel))
                .and_where(facet::Column::Id.eq(id))
                .and_where(facet::Column::Key.eq(channel.as_str()))
                .take();
            any.add(
                Condition::all()
                    .add(Column::Channel.is_in(channels_within(*channel).iter().copied()))
                    .add(Expr::exists(is_it)),
            )
        })
}

/// The keys of a kind's facets with this id or key. Uses `release_facets_key`.
pub(crate) fn keys(scope: &Scope, kind: FacetKind, name: &str) -> SelectStatement {
    let named = Condition::any()
        .add(facet::Column::Key.eq(name))
        .add_option(
            Uuid::parse_str(name)
                .ok()
                .map(|id| facet::Column::Id.eq(id)),
        );
    Query::select()
        .column(facet::Column::Key)
        .from(facet::Entity)
        .and_where(facet::Column::AccountId.eq(scope.account()))
        .and_where(facet::Column::Kind.eq(kind))
        .cond_where(named)
        .take()
}

fn packages(scope: &Scope, which: Condition) -> SelectStatement {
    Query::select()
        .column(package::Column::Id)
        .from(package::Entity)
        .and_where(package::Column::AccountId.eq(scope.account()))
        .cond_where(which)
        .take()
}

/// Constraints of a release beyond these codes.
fn beyond(codes: &[String]) -> SelectStatement {
    Query::select()
        .expr(Expr::val(1))
        .from(constraint::Entity)
        .inner_join(
            entitlement::Entity,
            Expr::col((entitlement::Entity, entitlement::Column::Id))
                .equals((constraint::Entity, constraint::Column::EntitlementId)),
        )
        .and_where(
            Expr::col((constraint::Entity, constraint::Column::ReleaseId))
                .equals((Entity, Column::Id)),
        )
        .and_where(
            Expr::col((entitlement::Entity, entitlement::Column::Code))
                .is_not_in(codes.iter().map(String::as_str)),
        )
        .take()
}
