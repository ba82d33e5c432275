//! Searches by parts of names, addresses and ids, and by members of free data.
//!
//! On PostgreSQL trigram indexes find the rows (`<table>_search`, and `<table>_metadata` for free
//! data); on SQLite a full-text table per noun does, kept by triggers (`search_<table>`).

mod sql;

use keystead_domain::access::Scope;
use keystead_domain::search::{Field, Relation, Search, Subject, Term, Wanted};
use keystead_domain::words::{UserRole, Word};
use sea_orm::sea_query::Expr;
use sea_orm::{EntityTrait, IdenStatic, Iterable, QueryFilter, Select};
use uuid::Uuid;

use self::sql::Sql;
use crate::dialect::Dialect;
use crate::entities::{
    Entitlement, Group, Policy, Product, Release, RequestLog, User, entitlement, group, license,
    machine, policy, product, release, request_log, user,
};
use crate::licenses::Loaded as License;
use crate::machines::Loaded as Machine;
use crate::page::{self, Direction, Page, Slice};
use crate::{Db, Result, licenses, machines, visible};

/// One page of what was found.
#[derive(Debug)]
pub enum Found {
    /// Of entitlements.
    Entitlements(Slice<Entitlement>),
    /// Of groups.
    Groups(Slice<Group>),
    /// Of licenses.
    Licenses(Slice<License>),
    /// Of machines.
    Machines(Slice<Machine>),
    /// Of policies.
    Policies(Slice<Policy>),
    /// Of products.
    Products(Slice<Product>),
    /// Of releases.
    Releases(Slice<Release>),
    /// Of requests.
    RequestLogs(Slice<RequestLog>),
    /// Of users.
    Users(Slice<User>),
}

/// What `search` finds in the environments that `scope` reads. Whoever may search sees all of the
/// account, so nothing else is asked of the viewer.
///
/// # Errors
/// When the database fails.
pub async fn find(
    db: &Db,
    scope: &Scope,
    search: &Search,
    page: Page,
    direction: Direction,
) -> Result<Found> {
    let dialect = db.dialect();
    Ok(match search.subject {
        Subject::Entitlements => {
            let select = matching::<entitlement::Entity>(dialect, scope, search);
            Found::Entitlements(read(db, select, page, direction).await?)
        }
        Subject::Groups => {
            let select = matching::<group::Entity>(dialect, scope, search);
            Found::Groups(read(db, select, page, direction).await?)
        }
        Subject::Licenses => {
            let select = matching::<license::Entity>(dialect, scope, search);
            Found::Licenses(licenses::read(db, select, page, direction).await?)
        }
        Subject::Machines => {
            let select = matching::<machine::Entity>(dialect, scope, search);
            Found::Machines(machines::read(db, select, page, direction).await?)
        }
        Subject::Policies => {
            let select = matching::<policy::Entity>(dialect, scope, search);
            Found::Policies(read(db, select, page, direction).await?)
        }
        Subject::Products => {
            let select = matching::<product::Entity>(dialect, scope, search);
            Found::Products(read(db, select, page, direction).await?)
        }
        Subject::Releases => {
            let select = matching::<release::Entity>(dialect, scope, search);
            Found::Releases(read(db, select, page, direction).await?)
        }
        Subject::RequestLogs => {
            let select = matching::<request_log::Entity>(dialect, scope, search);
            let created = request_log::Column::CreatedAt;
            let id = request_log::Column::Id;
            let page = page::read_uncounted(db, select, created, id, page, direction).await?;
            Found::RequestLogs(page)
        }
        Subject::Users => {
            let select = matching::<user::Entity>(dialect, scope, search);
            Found::Users(read(db, select, page, direction).await?)
        }
    })
}

async fn read<E>(
    db: &Db,
    select: Select<E>,
    page: Page,
    direction: Direction,
) -> Result<Slice<E::Model>>
where
    E: EntityTrait,
    E::Model: Send + Sync,
{
    let (created, id) = (column::<E>("created_at"), column::<E>("id"));
    page::read(db, select, created, id, page, direction).await
}

/// Records of `E` that a search finds; public for those who look at its plan.
pub fn matching<E: EntityTrait>(dialect: Dialect, scope: &Scope, search: &Search) -> Select<E> {
    let found = condition(dialect, scope, search);
    E::find()
        .filter(visible::in_account(
            scope,
            column::<E>("account_id"),
            column::<E>("environment_id"),
        ))
        .filter(found)
}

/// Every table that can be searched has these columns.
fn column<E: EntityTrait>(name: &str) -> E::Column {
    let mut columns = E::Column::iter();
    columns
        .find(|column| column.as_str() == name)
        .expect("what can be searched has an account, an environment, a time and an id")
}

fn condition(dialect: Dialect, scope: &Scope, search: &Search) -> Expr {
    let table = table(search.subject);
    let terms = search
        .terms
        .iter()
        .map(|term| one(dialect, scope, table, term));
    Sql::joined(if search.any { " OR " } else { " AND " }, terms).into_expr(dialect)
}

fn table(subject: Subject) -> &'static str {
    match subject {
        Subject::Entitlements => "entitlements",
        Subject::Groups => "groups",
        Subject::Licenses => "licenses",
        Subject::Machines => "machines",
        Subject::Policies => "policies",
        Subject::Products => "products",
        Subject::Releases => "releases",
        Subject::RequestLogs => "request_logs",
        Subject::Users => "users",
    }
}

fn one(dialect: Dialect, scope: &Scope, table: &'static str, term: &Term) -> Sql {
    let text = match &term.wanted {
        Wanted::Nothing => return Sql::nothing(),
        Wanted::Members(members) => {
            let members = members
                .iter()
                .map(|(key, value)| dialect_member(dialect, table, key, value));
            return Sql::joined(" AND ", members);
        }
        Wanted::Digest(digest) => {
            let digest = sea_orm::Value::from(digest.to_vec());
            return Sql::new(format!("{table}.key_digest = ?"), [digest]);
        }
        Wanted::Text(text) => text,
    };
    match term.field {
        Field::Id => match Uuid::parse_str(text) {
            Ok(id) => Sql::new(format!("{table}.id = ?"), [id.into()]),
            Err(_) => sql::id_part(dialect, table, text),
        },
        Field::Part(column) => sql::part(dialect, table, column, text),
        Field::Plain(column) => sql::plain_part(dialect, &format!("{table}.{column}"), text),
        Field::IdIn(column) => match Uuid::parse_str(text) {
            Ok(id) => Sql::new(format!("{table}.{column} = ?"), [id.into()]),
            Err(_) => sql::plain_id_part(dialect, &format!("{table}.{column}"), text),
        },
        Field::Number(column) => match text.parse::<i64>() {
            Ok(number) => Sql::new(format!("{table}.{column} = ?"), [number.into()]),
            Err(_) => Sql::nothing(),
        },
        Field::FullName => full_name(dialect, text),
        Field::Role => role(text),
        Field::Key | Field::Metadata => Sql::nothing(),
        Field::Of(relation) => related(dialect, scope, table, relation, text),
    }
}

fn dialect_member(
    dialect: Dialect,
    table: &'static str,
    key: &str,
    value: &serde_json::Value,
) -> Sql {
    match dialect {
        Dialect::Postgres => sql::member_postgres(table, key, value),
        Dialect::Sqlite => sql::member_sqlite(table, key, value),
    }
}

fn full_name(dialect: Dialect, text: &str) -> Sql {
    match text.split_once(' ') {
        None => sql::part(dialect, "users", "first_name", text),
        Some((first, last)) => Sql::joined(
            " AND ",
            [("first_name", first), ("last_name", last)]
                .into_iter()
                .filter(|(_, text)| !text.trim().is_empty())
                .map(|(column, text)| sql::part(dialect, "users", column, text)),
        ),
    }
}

fn role(text: &str) -> Sql {
    let text = text.to_lowercase().replace('_', "-");
    let roles = UserRole::all()
        .iter()
        .filter(|role| role.as_str().contains(&text))
        .map(|role| Sql::new("users.role = ?", [role.as_str().into()]));
    Sql::joined(" OR ", roles)
}

/// Records tied to others: the others are found by what is indexed of them, these by their own
/// index of the tie.
fn related(
    dialect: Dialect,
    scope: &Scope,
    table: &'static str,
    relation: Relation,
    text: &str,
) -> Sql {
    let account = || scope.account().into();
    let others = |others: &'static str, column: &'static str| {
        if let Ok(id) = Uuid::parse_str(text) {
            return Sql::new("?", [id.into()]);
        }
        let mut named = vec![sql::part(dialect, others, column, text)];
        named.extend(sql::id_prefix(others, text));
        let found = Sql::joined(" OR ", named);
        Sql::new(
            format!("SELECT {others}.id FROM {others} WHERE {others}.account_id = ?"),
            [account()],
        )
        .and(found)
    };
    let users = || others("users", "email");
    // Licenses held by users: owned or shared.
    let held = |id: &str, owner: &str| {
        let owned = users().within(owner);
        let shared = Sql::new(
            "SELECT license_users.license_id FROM license_users WHERE license_users.account_id = ?",
            [account()],
        )
        .and(users().within("license_users.user_id"))
        .within(id);
        Sql::joined(" OR ", [owned, shared])
    };
    // Machines of licenses.
    let of_licenses = |licenses: Sql| {
        Sql::new(
            "SELECT licenses.id FROM licenses WHERE licenses.account_id = ?",
            [account()],
        )
        .and(licenses)
        .within("machines.license_id")
    };
    match (table, relation) {
        (_, Relation::Owner) => users().within(&format!("{table}.owner_id")),
        ("machines", Relation::License) => others("licenses", "name").within("machines.license_id"),
        ("machines", Relation::User) => of_licenses(held("licenses.id", "licenses.owner_id")),
        ("machines", Relation::Product) => {
            of_licenses(others("products", "name").within("licenses.product_id"))
        }
        ("machines", Relation::Policy) => {
            of_licenses(others("policies", "name").within("licenses.policy_id"))
        }
        (_, Relation::Product) => others("products", "name").within(&format!("{table}.product_id")),
        (_, Relation::Policy) => others("policies", "name").within(&format!("{table}.policy_id")),
        (_, Relation::User) => held(&format!("{table}.id"), &format!("{table}.owner_id")),
        (_, Relation::License) => Sql::nothing(),
    }
}
