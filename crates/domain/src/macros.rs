//! The macros behind the closed lists: `ids!` and `words!`.

/// Declares one newtype over a UUID per row, so that a license can't be passed for a machine.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub uuid::Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                uuid::Uuid::parse_str(text).map(Self)
            }
        }

        impl From<uuid::Uuid> for $name {
            fn from(id: uuid::Uuid) -> Self {
                Self(id)
            }
        }

        #[cfg(feature = "orm")]
        columns! { $name, uuid::Uuid, |id| Ok($name(id)), |id| id.0 }
    )*};
}

/// Declares a closed list of words with their one spelling on the wire and in the database.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $text)] $variant,)*
        }

        impl $name {
            /// Every word of the list, in its order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word's spelling on the wire and in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The word spelled `text`, if it is one of the list.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl crate::words::Word for $name {
            fn as_str(self) -> &'static str {
                $name::as_str(self)
            }
            fn parse(text: &str) -> Option<Self> {
                $name::parse(text)
            }
            fn all() -> &'static [Self] {
                Self::ALL
            }
        }

        #[cfg(feature = "orm")]
        columns! {
            $name,
            String,
            |text: String| $name::parse(&text)
                .ok_or_else(|| format!("{text:?} is not a {}", stringify!($name))),
            |word: $name| word.as_str().to_owned()
        }
    )*};
}

/// Maps a type to the column of another type it wraps.
#[cfg(feature = "orm")]
macro_rules! columns {
    ($name:ident, $inner:ty, $from:expr, $into:expr) => {
        impl sea_orm::TryGetable for $name {
            fn try_get_by<I: sea_orm::ColIdx>(
                row: &sea_orm::QueryResult,
                index: I,
            ) -> Result<Self, sea_orm::TryGetError> {
                let inner = <$inner as sea_orm::TryGetable>::try_get_by(row, index)?;
                let from: fn($inner) -> Result<$name, String> = $from;
                from(inner)
                    .map_err(|error| sea_orm::TryGetError::DbErr(sea_orm::DbErr::Type(error)))
            }
        }

        column_values! { $name, $inner, $from, $into }
    };
}

/// What `columns!` does but for reading rows: for types that read themselves.
#[cfg(feature = "orm")]
macro_rules! column_values {
    ($name:ident, $inner:ty, $from:expr, $into:expr) => {
        impl From<$name> for sea_orm::Value {
            fn from(value: $name) -> Self {
                let into: fn($name) -> $inner = $into;
                sea_orm::Value::from(into(value))
            }
        }

        impl sea_orm::sea_query::ValueType for $name {
            fn try_from(value: sea_orm::Value) -> Result<Self, sea_orm::sea_query::ValueTypeErr> {
                let inner = <$inner as sea_orm::sea_query::ValueType>::try_from(value)?;
                let from: fn($inner) -> Result<$name, String> = $from;
                from(inner).map_err(|_| sea_orm::sea_query::ValueTypeErr)
            }

            fn type_name() -> String {
                stringify!($name).to_owned()
            }

            fn array_type() -> sea_orm::sea_query::ArrayType {
                <$inner as sea_orm::sea_query::ValueType>::array_type()
            }

            fn column_type() -> sea_orm::sea_query::ColumnType {
                <$inner as sea_orm::sea_query::ValueType>::column_type()
            }
        }

        impl sea_orm::sea_query::Nullable for $name {
            fn null() -> sea_orm::Value {
                <$inner as sea_orm::sea_query::Nullable>::null()
            }
        }

        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    };
}
