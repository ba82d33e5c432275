//! The nouns that a scenario can lay its hands on behind the API's back, as rows of JSON.

use std::marker::PhantomData;

use async_trait::async_trait;
use keystead_store::Db;
use keystead_store::entities as e;
use sea_orm::sea_query::{ColumnType, Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IdenStatic, Iterable, ModelTrait, Order,
    QueryFilter, QueryOrder, Value,
};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::fault::{Outcome, broken, missing};
use crate::time;
use crate::words::{plural, singular, snake};

/// A record: columns by name. Bytes are hex, times are RFC 3339 to the microsecond.
pub type Row = Map<String, Json>;

/// One kind of record.
#[derive(Clone, Copy)]
pub struct Noun {
    /// Its name: singular, in snake case.
    pub name: &'static str,
    /// Its table.
    pub table: &'static dyn Table,
    /// Its column that names the record: `id`, but for what belongs to one other record.
    pub key: &'static str,
}

/// Every kind that the store knows. A new table is one more line here.
#[rustfmt::skip]
const NOUNS: &[Noun] = &[
    noun("account",             &Of::<e::account::Entity>(PhantomData)),
    noun("account_setting",     &Of::<e::account_setting::Entity>(PhantomData)),
    noun("account_domain",      &Of::<e::account_domain::Entity>(PhantomData)),
    noun("account_sso",         &Of::<e::account_sso::Entity>(PhantomData)),
    noun("sso_identity",        &Of::<e::sso_identity::Entity>(PhantomData)),
    noun("environment",         &Of::<e::environment::Entity>(PhantomData)),
    noun("user",                &Of::<e::user::Entity>(PhantomData)),
    noun("token",               &Of::<e::token::Entity>(PhantomData)),
    noun("second_factor",       &Of::<e::second_factor::Entity>(PhantomData)),
    noun("session",             &Of::<e::session::Entity>(PhantomData)),
    noun("group",               &Of::<e::group::Entity>(PhantomData)),
    noun("group_owner",         &Of::<e::group_owner::Entity>(PhantomData)),
    noun("product",             &Of::<e::product::Entity>(PhantomData)),
    noun("policy",              &Of::<e::policy::Entity>(PhantomData)),
    noun("license",             &Of::<e::license::Entity>(PhantomData)),
    noun("license_user",        &Of::<e::license_user::Entity>(PhantomData)),
    noun("key",                 &Of::<e::key::Entity>(PhantomData)),
    noun("entitlement",         &Of::<e::entitlement::Entity>(PhantomData)),
    noun("policy_entitlement",  &Of::<e::policy_entitlement::Entity>(PhantomData)),
    noun("license_entitlement", &Of::<e::license_entitlement::Entity>(PhantomData)),
    noun("machine",             &Of::<e::machine::Entity>(PhantomData)),
    noun("release",             &Of::<e::release::Entity>(PhantomData)),
    noun("release_package",     &Of::<e::package::Entity>(PhantomData)),
    noun("release_artifact",    &Of::<e::artifact::Entity>(PhantomData)),
    noun("release_manifest",    &Of::<e::manifest::Entity>(PhantomData)),
    noun("release_entitlement_constraint", &Of::<e::constraint::Entity>(PhantomData)),
    noun("release_platform",    &Facets("platform")),
    noun("release_arch",        &Facets("arch")),
    noun("release_channel",     &Facets("channel")),
    noun("release_filetype",    &Facets("filetype")),
    noun("release_engine",      &Facets("engine")),
    noun("machine_component",   &Of::<e::machine_component::Entity>(PhantomData)),
    noun("machine_process",     &Of::<e::machine_process::Entity>(PhantomData)),
    noun("event",               &Of::<e::event::Entity>(PhantomData)),
    Noun { name: "password_reset", table: &Of::<e::password_reset::Entity>(PhantomData), key: "user_id" },
    noun("request_log",         &Of::<e::request_log::Entity>(PhantomData)),
    noun("webhook_endpoint",    &Of::<e::webhook_endpoint::Entity>(PhantomData)),
    noun("webhook_event",       &Of::<e::webhook_event::Entity>(PhantomData)),
    Noun { name: "heartbeat", table: &Of::<e::heartbeat::Entity>(PhantomData), key: "machine_id" },
    Noun { name: "process_heartbeat", table: &Of::<e::process_heartbeat::Entity>(PhantomData), key: "process_id" },
];

const fn noun(name: &'static str, table: &'static dyn Table) -> Noun {
    Noun {
        name,
        table,
        key: "id",
    }
}

/// What else the suite calls a kind of record: (its word, ours, the role it implies).
#[rustfmt::skip]
const ALIASES: &[(&str, &str, Option<&str>)] = &[
    ("setting",       "account_setting", None),
    ("admin",         "user", Some("admin")),
    ("administrator", "user", Some("admin")),
    ("developer",     "user", Some("developer")),
    ("sales_agent",   "user", Some("sales-agent")),
    ("support_agent", "user", Some("support-agent")),
    ("read_only",     "user", Some("read-only")),
    ("owner",         "group_owner", None),
    ("component",     "machine_component", None),
    ("process",       "machine_process", None),
    ("artifact",      "release_artifact", None),
    ("package",       "release_package", None),
    ("manifest",      "release_manifest", None),
    ("constraint",    "release_entitlement_constraint", None),
    ("event_log",     "event", None),
    ("platform",      "release_platform", None),
    ("arch",          "release_arch", None),
    ("channel",       "release_channel", None),
    ("filetype",      "release_filetype", None),
    ("engine",        "release_engine", None),
    ("licensee",      "license_user", None),
];

/// The kind with this name in any spelling, and the role that the name implies.
pub fn find(name: &str) -> Outcome<(Noun, Option<&'static str>)> {
    let word = singular(&snake(name));
    let (known, role) = ALIASES
        .iter()
        .find(|(alias, ..)| *alias == word)
        .map_or((word.as_str(), None), |(_, known, role)| (*known, *role));
    match NOUNS.iter().find(|noun| noun.name == known) {
        Some(noun) => Ok((*noun, role)),
        None => missing(plural(known).replace('_', "-")),
    }
}

/// A table, whatever its rows are.
#[async_trait]
pub trait Table: Sync + Send {
    /// The names of its columns.
    fn columns(&self) -> Vec<&'static str>;
    /// The rows of an account, or of all; the oldest first.
    async fn rows(&self, db: &Db, account: Option<Uuid>) -> Outcome<Vec<Row>>;
    /// Stores a row.
    async fn insert(&self, db: &Db, row: &Row) -> Outcome;
    /// Removes the row whose `key` is `id`.
    async fn remove(&self, db: &Db, key: &str, id: Uuid) -> Outcome;
    /// Changes columns of the row whose `key` is `id`.
    async fn update(&self, db: &Db, key: &str, id: Uuid, changes: &Row) -> Outcome;
}

struct Of<E>(PhantomData<fn() -> E>);

impl<E: EntityTrait> Of<E> {
    fn column(name: &str) -> Option<E::Column> {
        E::Column::iter().find(|column| column.as_str() == name)
    }

    fn assignments(row: &Row) -> Outcome<Vec<(E::Column, Value)>> {
        row.iter()
            .map(|(name, json)| match Self::column(name) {
                Some(column) => Ok((column, value(column.def().get_column_type(), name, json)?)),
                None => broken(format!("no column {name}")),
            })
            .collect()
    }
}

#[async_trait]
impl<E> Table for Of<E>
where
    E: EntityTrait,
    E::Model: ModelTrait<Entity = E> + Send + Sync,
{
    fn columns(&self) -> Vec<&'static str> {
        E::Column::iter().map(|column| column.as_str()).collect()
    }

    async fn rows(&self, db: &Db, account: Option<Uuid>) -> Outcome<Vec<Row>> {
        let mut select = E::find();
        if let (Some(account), Some(column)) = (account, Self::column("account_id")) {
            select = select.filter(column.eq(account));
        }
        for name in ["created_at", "id"] {
            if let Some(column) = Self::column(name) {
                select = select.order_by(column, Order::Asc);
            }
        }
        let models = select.all(db).await?;
        let row = |model: E::Model| {
            E::Column::iter()
                .map(|column| (column.as_str().to_owned(), json(model.get(column))))
                .collect()
        };
        Ok(models.into_iter().map(row).collect())
    }

    async fn insert(&self, db: &Db, row: &Row) -> Outcome {
        let (columns, values): (Vec<_>, Vec<_>) = Self::assignments(row)?.into_iter().unzip();
        let mut insert = Query::insert();
        insert
            .into_table(E::default())
            .columns(columns)
            .values(values.into_iter().map(Expr::val))
            .or_else(broken)?;
        db.execute(&insert).await?;
        Ok(())
    }

    async fn remove(&self, db: &Db, key: &str, id: Uuid) -> Outcome {
        let Some(key) = Self::column(key) else {
            return broken(format!("no column {key}"));
        };
        let mut delete = Query::delete();
        delete
            .from_table(E::default())
            .and_where(Expr::col(key).eq(id));
        db.execute(&delete).await?;
        Ok(())
    }

    async fn update(&self, db: &Db, key: &str, id: Uuid, changes: &Row) -> Outcome {
        if changes.is_empty() {
            return Ok(());
        }
        let Some(key) = Self::column(key) else {
            return broken(format!("no column {key}"));
        };
        let mut update = Query::update();
        update.table(E::default()).and_where(Expr::col(key).eq(id));
        for (column, value) in Self::assignments(changes)? {
            update.value(column, value);
        }
        match db.execute(&update).await?.rows_affected() {
            1 => Ok(()),
            rows => broken(format!("{rows} rows changed instead of one")),
        }
    }
}

/// The facets of one kind: one table holds them all, and the suite knows one for each.
struct Facets(&'static str);

const FACETS: Of<e::facet::Entity> = Of(PhantomData);

#[async_trait]
impl Table for Facets {
    fn columns(&self) -> Vec<&'static str> {
        FACETS.columns()
    }

    async fn rows(&self, db: &Db, account: Option<Uuid>) -> Outcome<Vec<Row>> {
        let mut rows = FACETS.rows(db, account).await?;
        rows.retain(|row| row["kind"] == self.0);
        Ok(rows)
    }

    async fn insert(&self, db: &Db, row: &Row) -> Outcome {
        let mut row = row.clone();
        row.insert("kind".to_owned(), self.0.into());
        FACETS.insert(db, &row).await
    }

    async fn remove(&self, db: &Db, key: &str, id: Uuid) -> Outcome {
        FACETS.remove(db, key, id).await
    }

    async fn update(&self, db: &Db, key: &str, id: Uuid, changes: &Row) -> Outcome {
        FACETS.update(db, key, id, changes).await
    }
}

/// A cell as JSON.
fn json(value: Value) -> Json {
    match value {
        Value::Bool(Some(value)) => value.into(),
        Value::Int(Some(value)) => value.into(),
        Value::BigInt(Some(value)) => value.into(),
        Value::String(Some(value)) => value.into(),
        Value::Bytes(Some(value)) => hex::encode(value).into(),
        Value::Json(Some(value)) => *value,
        Value::Uuid(Some(value)) => value.to_string().into(),
        Value::ChronoDateTimeUtc(Some(value)) => value
            .to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
            .into(),
        _ => Json::Null,
    }
}

/// JSON as a cell of a column, cast as leniently as the suite's own store casts.
fn value(column: &ColumnType, name: &str, json: &Json) -> Outcome<Value> {
    let text = match json {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    let unfit = || broken(format!("{name} can't be {text}"));
    let null = json.is_null();
    Ok(match column {
        ColumnType::Uuid if null => Value::Uuid(None),
        ColumnType::Uuid => match Uuid::parse_str(&text) {
            Ok(id) => id.into(),
            Err(_) => return unfit(),
        },
        ColumnType::Boolean if null => Value::Bool(None),
        ColumnType::Boolean => match text.as_str() {
            "true" | "1" => true.into(),
            "false" | "0" => false.into(),
            _ => return unfit(),
        },
        ColumnType::BigInteger | ColumnType::Integer if null => Value::BigInt(None),
        ColumnType::BigInteger | ColumnType::Integer => match text.parse::<i64>() {
            Ok(number) => number.into(),
            Err(_) => return unfit(),
        },
        ColumnType::TimestampWithTimeZone | ColumnType::Timestamp | ColumnType::DateTime
            if null =>
        {
            Value::ChronoDateTimeUtc(None)
        }
        ColumnType::TimestampWithTimeZone | ColumnType::Timestamp | ColumnType::DateTime => {
            match time::parse(&text) {
                Some(at) => at.into(),
                None => return unfit(),
            }
        }
        ColumnType::Json | ColumnType::JsonBinary if null => Value::Json(None),
        ColumnType::Json | ColumnType::JsonBinary => Value::Json(Some(Box::new(json.clone()))),
        ColumnType::Binary(_) | ColumnType::VarBinary(_) | ColumnType::Blob if null => {
            Value::Bytes(None)
        }
        ColumnType::Binary(_) | ColumnType::VarBinary(_) | ColumnType::Blob => {
            match hex::decode(&text) {
                Ok(bytes) => bytes.into(),
                Err(_) => return unfit(),
            }
        }
        _ if null => Value::String(None),
        _ => text.into(),
    })
}

/// The column behind an attribute of the suite's, where the names differ.
#[rustfmt::skip]
const COLUMNS: &[(&str, &str, &str)] = &[
    ("account",     "public_key",          "rsa2048_public"),
    ("account",     "ed25519_public_key",  "ed25519_public"),
    ("account",     "ecdsa_public_key",    "ecdsa_public"),
    ("license",     "user_id",             "owner_id"),
    ("license",     "machines_core_count", "machines_cores"),
    ("license",     "machines_memory_count", "machines_memory"),
    ("license",     "machines_disk_count", "machines_disk"),
    ("license",     "last_validated_version", "version"),
    ("license",     "last_validated_checksum", "validated_checksum"),
    ("license",     "max_machines_override", "max_machines"),
    ("license",     "max_processes_override", "max_processes"),
    ("license",     "max_users_override",  "max_users"),
    ("license",     "max_cores_override",  "max_cores"),
    ("license",     "max_uses_override",   "max_uses"),
    ("license",     "max_memory_override", "max_memory"),
    ("license",     "max_disk_override",   "max_disk"),
    ("machine",     "max_processes_override", "max_processes"),
    ("machine",     "user_id",             "owner_id"),
    ("policy",      "fingerprint_uniqueness_strategy", "machine_uniqueness_strategy"),
    ("policy",      "fingerprint_matching_strategy", "machine_matching_strategy"),
    ("policy",      "leasing_strategy",    "machine_leasing_strategy"),
    ("event",       "whodunnit_id",        "bearer_id"),
    ("event",       "whodunnit_type",      "bearer_type"),
    ("event",       "request_log_id",      "request_id"),
    ("event",       "event_type_id",       "name"),
    ("event",       "event",               "name"),
    ("webhook_event", "event_type_id",     "event"),
    ("webhook_event", "webhook_endpoint_id", "endpoint_id"),
    ("release",     "backdated_to",        "backdated_at"),
    ("release",     "release_package_id",  "package_id"),
    ("release_artifact", "release_platform", "platform"),
    ("release_artifact", "release_arch",   "arch"),
    ("release_artifact", "release_filetype", "filetype"),
    ("release_manifest", "release_artifact_id", "artifact_id"),
    ("release_manifest", "content_path",   "path"),
    ("release_manifest", "content_digest", "digest"),
    ("session",     "bearer_type",         "bearer_kind"),
    ("user",        "password_digest",     "password_hash"),
];

/// The column that an attribute is kept in.
pub fn column(noun: Noun, attribute: &str) -> Outcome<&'static str> {
    let renamed = COLUMNS
        .iter()
        .find(|(name, from, _)| *name == noun.name && *from == attribute);
    if let Some((_, _, column)) = renamed {
        return Ok(column);
    }
    match noun
        .table
        .columns()
        .into_iter()
        .find(|column| *column == attribute)
    {
        Some(column) => Ok(column),
        None => missing(format!("{}.{attribute}", plural(noun.name))),
    }
}
