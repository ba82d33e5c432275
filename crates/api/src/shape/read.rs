//! From a judged document to a value: bodies and parameters strictly, filters leniently.

use keystead_domain::Problem;
use poem_openapi::types::Type;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Guards, Kind, Shape, Source};
use crate::problem::Result;
use crate::query::Query;

impl Shape {
    /// The members of a query that are what the shape says; the rest counts as absent.
    pub fn lenient(&self, query: &Map<String, Value>) -> Value {
        let Kind::Object(members) = &self.root.kind else {
            return Value::Object(Map::new());
        };
        let mut kept = Map::new();
        for member in members {
            let Some(value) = query.get(&member.name) else {
                continue;
            };
            let mut value = value.clone();
            let alone = Self {
                root: member.node.clone(),
            };
            let faults = alone.check(&mut value, &Guards::none(), Source::Query);
            if faults.is_empty() && !value.is_null() {
                kept.insert(member.name.clone(), value);
            }
        }
        Value::Object(kept)
    }
}

/// Reads a document that has no faults.
///
/// # Errors
/// When `T` reads less than its schema promises: a mistake of `T`, logged here, which a client
/// can't mend but shouldn't bring down either (400).
pub fn read_judged<T: Type + DeserializeOwned>(document: Value) -> Result<T> {
    serde_json::from_value(document).map_err(|error| {
        tracing::error!(wanted = %T::name(), %error, "what has the right shape could not be read");
        Problem::new(keystead_domain::Kind::BadRequest, "is invalid").into()
    })
}

/// Reads a query's declared parameters, all of which must be what `T` says.
///
/// # Errors
/// The first fault, at its parameter (400).
pub fn read_query<T: Type + DeserializeOwned + 'static>(query: &Query) -> Result<T> {
    let mut members = Value::Object(query.members().clone());
    let faults = Shape::of::<T>().check(&mut members, &Guards::none(), Source::Query);
    match faults.first() {
        Some(fault) => Err(fault.problem(Source::Query).into()),
        None => read_judged(members),
    }
}
