//! Words of closed lists: judged by the shape of the document, or later by a rule.

use keystead_domain::words::Word;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

use crate::shape;

/// A word of a closed list; anything else `is invalid` (400).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneOf<W>(pub W);

impl<W: Word> From<W> for OneOf<W> {
    fn from(word: W) -> Self {
        Self(word)
    }
}

impl<W: Word> Serialize for OneOf<W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.as_str())
    }
}

impl<'de, W: Word> Deserialize<'de> for OneOf<W> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        W::parse(&text)
            .map(Self)
            .ok_or_else(|| de::Error::custom("not a word of the list"))
    }
}

/// A text that a rule will look up in a closed list, and refuse with a 422 of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged<W> {
    /// The text as sent.
    pub text: String,
    /// The word it spells, if any.
    pub word: Option<W>,
}

impl<'de, W: Word> Deserialize<'de> for Judged<W> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(Self {
            word: W::parse(&text),
            text,
        })
    }
}

fn spellings<W: Word>() -> Vec<Value> {
    W::all()
        .iter()
        .map(|word| Value::from(word.as_str()))
        .collect()
}

wire!(both [W: Word + Send + Sync] OneOf<W> {
    required: true,
    name: "string_enum",
    schema: schema!("string", enum_items: spellings::<W>()),
    register: |_registry| (),
});

wire!(asked [W: Word + Send + Sync] Judged<W> {
    required: true,
    name: "string_word",
    schema: schema!("string", format: Some(shape::JUDGED_LATER), enum_items: spellings::<W>()),
    register: |_registry| (),
});
