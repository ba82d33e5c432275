//! What changed between two versions of a row, as the event log tells it (machines reference §7.1).

use keystead_domain::masking::masked;
use sea_orm::{EntityTrait, IdenStatic, Iterable, ModelTrait, Value};
use serde_json::{Map, Value as Json, json};

/// `{"diff": {name: [old, new], …}}` over the columns that changed: their names without `_at` and
/// `_digest`, secrets masked.
pub fn diff<M: ModelTrait>(before: &M, after: &M) -> Json {
    let mut changes = Map::new();
    for column in <M::Entity as EntityTrait>::Column::iter() {
        let (old, new) = (before.get(column), after.get(column));
        if old == new {
            continue;
        }
        let name = column.as_str();
        let told = name
            .strip_suffix("_at")
            .or_else(|| name.strip_suffix("_digest"))
            .unwrap_or(name);
        // A digest is there for look-ups: what it is of says it better.
        if let (Some(old), Some(new)) = (printed(old), printed(new)) {
            changes.entry(told).or_insert_with(|| json!([old, new]));
        }
    }
    json!({ "diff": masked(Json::Object(changes)) })
}

/// A cell as JSON; none for bytes.
fn printed(value: Value) -> Option<Json> {
    Some(match value {
        Value::Bool(value) => value.into(),
        Value::Int(value) => value.into(),
        Value::BigInt(value) => value.into(),
        Value::String(value) => value.into(),
        Value::Json(value) => value.map_or(Json::Null, |json| *json),
        Value::Uuid(value) => value.map(|id| id.to_string()).into(),
        Value::ChronoDateTimeUtc(value) => value
            .map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
            .into(),
        _ => return None,
    })
}
