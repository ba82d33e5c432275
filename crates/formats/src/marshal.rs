//! A writer of Ruby's Marshal, format 4.8: what `Marshal.load` reads.
//!
//! Written from the format's public description (`doc/marshal.rdoc` of Ruby). Only what indexes of
//! gems are made of is here. A symbol that comes again is a link to the first, as Ruby writes it;
//! objects are never links, which is the same to whoever reads them.

/// The version that everything begins with.
const VERSION: [u8; 2] = [4, 8];

/// A value of Ruby's.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `nil`.
    Nil,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number of less than 31 bits.
    Int(i32),
    /// A string in UTF-8.
    Text(String),
    /// A symbol.
    Symbol(&'static str),
    /// An array.
    Array(Vec<Value>),
    /// A hash, in its order.
    Hash(Vec<(Value, Value)>),
    /// An object with its instance variables, whose names begin with `@`.
    Object(&'static str, Vec<(&'static str, Value)>),
    /// An object that says itself what it is made of, as a value.
    Made(&'static str, Box<Value>),
    /// An object that says itself what it is made of, as bytes.
    Dumped(&'static str, Vec<u8>),
    /// Midnight of a day in UTC: a year from 1900, a month and a day from 1.
    Day(u16, u8, u8),
}

impl Value {
    /// A string, or `nil`.
    pub fn maybe(text: Option<&str>) -> Self {
        text.map_or(Self::Nil, Self::text)
    }

    /// A string.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// An array of strings.
    pub fn texts<'a>(texts: impl IntoIterator<Item = &'a String>) -> Self {
        Self::Array(texts.into_iter().map(Self::text).collect())
    }
}

/// A value as Ruby reads it.
pub fn dump(value: &Value) -> Vec<u8> {
    let mut writer = Writer {
        bytes: VERSION.to_vec(),
        symbols: Vec::new(),
    };
    writer.value(value);
    writer.bytes
}

struct Writer {
    bytes: Vec<u8>,
    symbols: Vec<&'static str>,
}

impl Writer {
    fn value(&mut self, value: &Value) {
        match value {
            Value::Nil => self.bytes.push(b'0'),
            Value::Bool(true) => self.bytes.push(b'T'),
            Value::Bool(false) => self.bytes.push(b'F'),
            Value::Int(number) => {
                self.bytes.push(b'i');
                self.number(*number);
            }
            Value::Text(text) => {
                self.bytes.extend(b"I\"");
                self.raw(text.as_bytes());
                // The one instance variable of a string is its encoding, where true is UTF-8.
                self.number(1);
                self.symbol("E");
                self.bytes.push(b'T');
            }
            Value::Symbol(name) => self.symbol(name),
            Value::Array(items) => {
                self.bytes.push(b'[');
                self.length(items.len());
                items.iter().for_each(|item| self.value(item));
            }
            Value::Hash(entries) => {
                self.bytes.push(b'{');
                self.length(entries.len());
                for (key, value) in entries {
                    self.value(key);
                    self.value(value);
                }
            }
            Value::Object(class, variables) => {
                self.bytes.push(b'o');
                self.symbol(class);
                self.length(variables.len());
                for (name, value) in variables {
                    self.symbol(name);
                    self.value(value);
                }
            }
            Value::Made(class, of) => {
                self.bytes.push(b'U');
                self.symbol(class);
                self.value(of);
            }
            Value::Dumped(class, bytes) => {
                self.bytes.push(b'u');
                self.symbol(class);
                self.raw(bytes);
            }
            Value::Day(year, month, day) => self.day(*year, *month, *day),
        }
    }

    /// A `Time`, which is eight bytes and the name of its zone, in ASCII.
    fn day(&mut self, year: u16, month: u8, day: u8) {
        let years = u32::from(year.saturating_sub(1900));
        let months = u32::from(month.saturating_sub(1));
        let utc = 1 << 30;
        let date = 1 << 31 | utc | years << 14 | months << 10 | u32::from(day) << 5;
        self.bytes.extend(b"Iu");
        self.symbol("Time");
        self.raw(&[date.to_le_bytes(), [0; 4]].concat());
        self.number(1);
        self.symbol("zone");
        self.bytes.extend(b"I\"");
        self.raw(b"UTC");
        self.number(1);
        self.symbol("E");
        self.bytes.push(b'F');
    }

    fn symbol(&mut self, name: &'static str) {
        match self.symbols.iter().position(|known| *known == name) {
            Some(index) => {
                self.bytes.push(b';');
                self.length(index);
            }
            None => {
                self.symbols.push(name);
                self.bytes.push(b':');
                self.raw(name.as_bytes());
            }
        }
    }

    fn raw(&mut self, bytes: &[u8]) {
        self.length(bytes.len());
        self.bytes.extend(bytes);
    }

    fn length(&mut self, length: usize) {
        self.number(
            i32::try_from(length).expect("what is written here is read into memory before"),
        );
    }

    /// Small numbers are a byte, others are as many bytes as they need, after how many.
    fn number(&mut self, number: i32) {
        let low = |number: i32| number as u8;
        match number {
            0 => self.bytes.push(0),
            1..=122 => self.bytes.push(low(number + 5)),
            -123..=-1 => self.bytes.push(low(number - 5)),
            _ => {
                let bytes = number.to_le_bytes();
                let fill = if number < 0 { 0xff } else { 0 };
                let unused = bytes.iter().rev().take_while(|byte| **byte == fill).count();
                let used = bytes.len() - unused.min(3);
                let count = i32::try_from(used).unwrap_or(4);
                self.bytes
                    .push(low(if number < 0 { -count } else { count }));
                self.bytes.extend(&bytes[..used]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Ruby makes of values; see `fixtures/README.md`.
    const REAL: &str = include_str!("../fixtures/marshal.txt");

    fn real(name: &str) -> &'static str {
        let mut lines = REAL.lines().filter_map(|line| line.split_once(' '));
        let found = lines.find(|(known, _)| *known == name);
        found
            .unwrap_or_else(|| panic!("Ruby was not asked for {name}"))
            .1
    }

    #[test]
    fn values_are_written_as_ruby_writes_them() {
        let version = || {
            Value::Made(
                "Gem::Version",
                Box::new(Value::Array(vec![Value::text("1.0")])),
            )
        };
        let long = "é".repeat(200);
        #[rustfmt::skip]
        let table = [
            ("nil",      Value::Nil),
            ("true",     Value::Bool(true)),
            ("false",    Value::Bool(false)),
            ("text",     Value::text("héllo")),
            ("empty",    Value::text("")),
            ("long",     Value::text(long)),
            ("symbols",  Value::Array(vec![Value::Symbol("runtime"), Value::Symbol("E"), Value::Symbol("runtime"), Value::text("x")])),
            ("hash",     Value::Hash(vec![(Value::text("a"), Value::Nil), (Value::text("b"), Value::Array(vec![]))])),
            ("versions", Value::Array(vec![version(), version()])),
            ("platform", Value::Object("Gem::Platform", vec![("@cpu", Value::Nil), ("@os", Value::text("java")), ("@version", Value::Nil)])),
            ("day",      Value::Day(2026, 1, 31)),
            ("days",     Value::Array(vec![Value::text("x"), Value::Day(2038, 12, 1), Value::text("y")])),
            ("old",      Value::Day(1980, 1, 2)),
        ];
        for (name, value) in table {
            assert_eq!(hex::encode(dump(&value)), real(name), "{name}");
        }
    }

    #[test]
    fn numbers_are_as_short_as_they_can_be() {
        for line in REAL.lines().filter_map(|line| line.strip_prefix("int:")) {
            let (number, hex) = line.split_once(' ').unwrap();
            let number = Value::Int(number.parse().unwrap());
            assert_eq!(hex::encode(dump(&number)), hex, "{number:?}");
        }
    }
}
