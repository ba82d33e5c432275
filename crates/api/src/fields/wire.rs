//! The macro that gives a type with serde's traits those of poem-openapi.

/// Gives a type its schema, and the conversions that `derive(Object)` asks of every field.
///
/// `both` goes through serde both ways; `asked` is only read, `answered` only written. The
/// conversions are poem-openapi's slow path; requests and responses go through serde alone.
macro_rules! wire {
    ($way:ident [$($generics:tt)*] $type:ty {
        required: $required:expr,
        name: $name:expr,
        schema: $schema:expr,
        register: |$registry:ident| $register:expr $(,)?
    }) => {
        impl<$($generics)*> poem_openapi::types::Type for $type {
            const IS_REQUIRED: bool = $required;
            type RawValueType = Self;
            type RawElementValueType = Self;

            fn name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }

            fn schema_ref() -> poem_openapi::registry::MetaSchemaRef {
                $schema
            }

            fn register($registry: &mut poem_openapi::registry::Registry) {
                $register
            }

            fn as_raw_value(&self) -> Option<&Self::RawValueType> {
                Some(self)
            }

            fn raw_element_iter<'a>(
                &'a self,
            ) -> Box<dyn Iterator<Item = &'a Self::RawElementValueType> + 'a> {
                Box::new(std::iter::empty())
            }
        }

        wire!(@parse $way [$($generics)*] $type {
            ParseFromJSON::parse_from_json,
            ParseFromXML::parse_from_xml,
            ParseFromYAML::parse_from_yaml,
        });
        wire!(@print $way [$($generics)*] $type {
            ToJSON::to_json,
            ToXML::to_xml,
            ToYAML::to_yaml,
        });
    };

    // Each conversion is one method of its own trait; the generics must be repeated by hand,
    // because two lists can't be expanded into each other.
    (@parse $way:ident $generics:tt $type:ty { $($trait:ident::$method:ident,)* }) => {
        $(wire!(@parse_one $way $generics $type, $trait::$method);)*
    };
    (@parse_one answered [$($generics:tt)*] $type:ty, $trait:ident::$method:ident) => {
        impl<$($generics)*> poem_openapi::types::$trait for $type {
            fn $method(_: Option<serde_json::Value>) -> poem_openapi::types::ParseResult<Self> {
                Err(poem_openapi::types::ParseError::custom("only ever answered"))
            }
        }
    };
    (@parse_one $way:ident [$($generics:tt)*] $type:ty, $trait:ident::$method:ident) => {
        impl<$($generics)*> poem_openapi::types::$trait for $type {
            fn $method(value: Option<serde_json::Value>) -> poem_openapi::types::ParseResult<Self> {
                serde_json::from_value(value.unwrap_or_default())
                    .map_err(poem_openapi::types::ParseError::custom)
            }
        }
    };

    (@print $way:ident $generics:tt $type:ty { $($trait:ident::$method:ident,)* }) => {
        $(wire!(@print_one $way $generics $type, $trait::$method);)*
    };
    (@print_one asked [$($generics:tt)*] $type:ty, $trait:ident::$method:ident) => {
        impl<$($generics)*> poem_openapi::types::$trait for $type {
            fn $method(&self) -> Option<serde_json::Value> {
                None
            }
        }
    };
    (@print_one $way:ident [$($generics:tt)*] $type:ty, $trait:ident::$method:ident) => {
        impl<$($generics)*> poem_openapi::types::$trait for $type {
            fn $method(&self) -> Option<serde_json::Value> {
                serde_json::to_value(self).ok()
            }
        }
    };
}

/// An inline schema: a type, and whatever else is set.
macro_rules! schema {
    ($type:literal $(, $field:ident: $value:expr)* $(,)?) => {
        poem_openapi::registry::MetaSchemaRef::Inline(Box::new(poem_openapi::registry::MetaSchema {
            $($field: $value,)*
            ..poem_openapi::registry::MetaSchema::new($type)
        }))
    };
}
