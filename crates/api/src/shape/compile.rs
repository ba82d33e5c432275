//! From an OpenAPI schema to the shape that is walked.

use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use regex::Regex;
use serde_json::Value;

use super::{JUDGED_LATER, Kind, METADATA, Member, Node, RESOURCE_TYPE, Range, SCALARS, Text};
use crate::casing;

/// How deep schemas may refer to each other; a request body is finite.
const MAX_DEPTH: usize = 32;

/// The shape of a schema whose references are in `registry`.
///
/// # Panics
/// When a schema refers to one that isn't registered, or to itself: a mistake of the type
/// that declares it, found when the service starts.
pub fn node(schema: &MetaSchemaRef, registry: &Registry) -> Node {
    at_depth(schema, registry, 0)
}

fn at_depth(schema: &MetaSchemaRef, registry: &Registry, depth: usize) -> Node {
    assert!(
        depth < MAX_DEPTH,
        "the schema of a request body contains itself"
    );
    match schema {
        MetaSchemaRef::Inline(schema) => inline(schema, registry, depth),
        MetaSchemaRef::Reference(name) => {
            let schema = registry.schemas.get(name);
            inline(
                schema.expect("a type registers what it refers to"),
                registry,
                depth,
            )
        }
    }
}

fn inline(schema: &MetaSchema, registry: &Registry, depth: usize) -> Node {
    // A field that adds to a named schema (a description, `nullable`) refers to it in `allOf`.
    if let Some(base) = schema.all_of.first() {
        let base = at_depth(base, registry, depth + 1);
        return Node {
            nullable: base.nullable || schema.nullable,
            ..base
        };
    }
    let kind = match schema.ty {
        "object" => object(schema, registry, depth),
        "array" => Kind::Array {
            items: Box::new(
                schema
                    .items
                    .as_ref()
                    .map_or(ANYTHING, |items| at_depth(items, registry, depth + 1)),
            ),
            min: schema.min_items.unwrap_or(0),
            max: schema.max_items,
        },
        "string" => string(schema),
        "integer" => integer(schema),
        "number" => Kind::Float,
        "boolean" => Kind::Boolean,
        _ => Kind::Anything,
    };
    Node {
        kind,
        nullable: schema.nullable,
    }
}

const ANYTHING: Node = Node {
    kind: Kind::Anything,
    nullable: true,
};

fn object(schema: &MetaSchema, registry: &Registry, depth: usize) -> Kind {
    match (schema.format, &schema.additional_properties) {
        (Some(METADATA), _) => Kind::Metadata,
        (Some(SCALARS), _) => Kind::Scalars,
        (_, Some(values)) => Kind::Map(Box::new(at_depth(values, registry, depth + 1))),
        _ => Kind::Object(
            schema
                .properties
                .iter()
                .map(|(name, property)| Member {
                    name: casing::snake(name).into_owned(),
                    required: schema.required.contains(name),
                    node: at_depth(property, registry, depth + 1),
                })
                .collect(),
        ),
    }
}

fn string(schema: &MetaSchema) -> Kind {
    let words = || {
        schema
            .enum_items
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    match schema.format {
        Some("uuid") => Kind::Uuid,
        Some("date-time") => Kind::Time,
        Some(RESOURCE_TYPE) => Kind::Type(words()),
        format => Kind::Text(Text {
            words: if format == Some(JUDGED_LATER) {
                Vec::new()
            } else {
                words()
            },
            min: schema.min_length.unwrap_or(0),
            max: schema.max_length,
            example: schema
                .example
                .as_ref()
                .and_then(Value::as_str)
                .map(str::to_owned),
            pattern: schema.pattern.as_deref().map(|pattern| {
                Regex::new(pattern).expect("a declared pattern is a regular expression")
            }),
        }),
    }
}

fn integer(schema: &MetaSchema) -> Kind {
    let (min, max) = match schema.format {
        Some("int8") => (Some(i8::MIN.into()), i8::MAX.into()),
        Some("int16") => (Some(i16::MIN.into()), i16::MAX.into()),
        Some("int32") => (Some(i32::MIN.into()), i32::MAX.into()),
        Some("uint8") => (Some(0), u8::MAX.into()),
        Some("uint16") => (Some(0), u16::MAX.into()),
        Some("uint32") => (Some(0), u32::MAX.into()),
        Some("uint64") => (Some(0), i64::MAX),
        _ => (None, i64::MAX),
    };
    Kind::Integer {
        min,
        max,
        range: Range {
            min: schema.minimum,
            max: schema.maximum,
        },
    }
}
