//! The contract's lenient JSON (identity §3.1, §3.2): comments, unknown escapes and lines that break
//! within a text pass, keys arrive in snake case, and no input can exhaust the stack or the memory.
//!
//! Written by hand because no parser accepts just this much and refuses the rest.

use serde_json::{Map, Number, Value};

use crate::casing;

/// How deep arrays and objects may nest.
pub const MAX_DEPTH: usize = 100;
/// How many values a document may hold, so that small bytes can't become large memory.
pub const MAX_VALUES: usize = 100_000;

/// The text is not JSON, even leniently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not valid JSON")]
pub struct Invalid;

type Result<T> = std::result::Result<T, Invalid>;

/// Reads a request document: an empty body is `{}`, a root that is no object becomes its `data`.
///
/// Keys are normalised to snake case at every depth; of equal keys the last one wins. Integers
/// are exact within 64 bits and become floats beyond.
///
/// # Errors
/// When the bytes are not UTF-8, not JSON, or nest or count beyond the limits.
pub fn document(bytes: &[u8]) -> Result<Map<String, Value>> {
    let text = std::str::from_utf8(bytes).map_err(|_| Invalid)?;
    if text.trim_ascii().is_empty() {
        return Ok(Map::new());
    }
    let mut parser = Parser {
        text,
        at: 0,
        values: 0,
    };
    let root = parser.value(0)?;
    parser.blank()?;
    if parser.at != text.len() {
        return Err(Invalid);
    }
    Ok(match root {
        Value::Object(members) => members,
        other => Map::from_iter([("data".to_owned(), other)]),
    })
}

struct Parser<'a> {
    text: &'a str,
    /// The byte to read next; always at a character's start.
    at: usize,
    values: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Steps over `wanted` if it comes next.
    fn take(&mut self, wanted: u8) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    /// Skips white space and comments.
    fn blank(&mut self) -> Result<()> {
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
                b'/' => self.comment()?,
                _ => break,
            }
        }
        Ok(())
    }

    fn comment(&mut self) -> Result<()> {
        let rest = &self.text[self.at..];
        let length = if let Some(inside) = rest.strip_prefix("/*") {
            inside.find("*/").ok_or(Invalid)? + "/**/".len()
        } else if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else {
            return Err(Invalid);
        };
        self.at += length;
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<Value> {
        self.values += 1;
        if depth > MAX_DEPTH || self.values > MAX_VALUES {
            return Err(Invalid);
        }
        self.blank()?;
        match self.peek().ok_or(Invalid)? {
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b'"' => self.string().map(Value::String),
            b'-' | b'0'..=b'9' => self.number().map(Value::Number),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'n' => self.word("null", Value::Null),
            _ => Err(Invalid),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value> {
        if !self.text[self.at..].starts_with(word) {
            return Err(Invalid);
        }
        self.at += word.len();
        Ok(value)
    }

    fn object(&mut self, depth: usize) -> Result<Value> {
        self.at += 1;
        let mut members = Map::new();
        self.blank()?;
        if self.take(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            self.blank()?;
            if self.peek() != Some(b'"') {
                return Err(Invalid);
            }
            let key = self.string()?;
            self.blank()?;
            if !self.take(b':') {
                return Err(Invalid);
            }
            let value = self.value(depth + 1)?;
            members.insert(casing::snake(&key).into_owned(), value);
            self.blank()?;
            if self.take(b'}') {
                return Ok(Value::Object(members));
            }
            if !self.take(b',') {
                return Err(Invalid);
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value> {
        self.at += 1;
        let mut items = Vec::new();
        self.blank()?;
        if self.take(b']') {
            return Ok(Value::Array(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.blank()?;
            if self.take(b']') {
                return Ok(Value::Array(items));
            }
            if !self.take(b',') {
                return Err(Invalid);
            }
        }
    }

    fn string(&mut self) -> Result<String> {
        self.at += 1;
        let mut string = String::new();
        loop {
            let rest = &self.text.as_bytes()[self.at..];
            let plain = rest
                .iter()
                .position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20));
            let end = self.at + plain.ok_or(Invalid)?;
            string.push_str(&self.text[self.at..end]);
            self.at = end + 1;
            match self.text.as_bytes()[end] {
                b'"' => return Ok(string),
                b'\\' => string.push(self.escape()?),
                // Templates of keys are sent as they were written, over several lines.
                blank @ (b'\n' | b'\r' | b'\t') => string.push(char::from(blank)),
                _ => return Err(Invalid),
            }
        }
    }

    /// The character after a backslash; an unknown escape stands for itself.
    fn escape(&mut self) -> Result<char> {
        let letter = self.text[self.at..].chars().next().ok_or(Invalid)?;
        self.at += letter.len_utf8();
        Ok(match letter {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => self.unicode()?,
            control if control < ' ' => return Err(Invalid),
            other => other,
        })
    }

    /// One code point of one or two `\u` escapes; a surrogate without its pair is refused.
    fn unicode(&mut self) -> Result<char> {
        let first = self.hex()?;
        if !(0xD800..0xDC00).contains(&first) {
            return char::from_u32(first).ok_or(Invalid);
        }
        if !(self.take(b'\\') && self.take(b'u')) {
            return Err(Invalid);
        }
        let second = self.hex()?;
        if !(0xDC00..0xE000).contains(&second) {
            return Err(Invalid);
        }
        char::from_u32(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)).ok_or(Invalid)
    }

    fn hex(&mut self) -> Result<u32> {
        let digits = self
            .text
            .as_bytes()
            .get(self.at..self.at + 4)
            .ok_or(Invalid)?;
        self.at += 4;
        digits.iter().try_fold(0, |number, digit| {
            let digit = char::from(*digit).to_digit(16).ok_or(Invalid)?;
            Ok(number * 16 + digit)
        })
    }

    fn number(&mut self) -> Result<Number> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        let mut whole = true;
        if self.take(b'.') {
            whole = false;
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            whole = false;
            let _signed = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        let text = &self.text[start..self.at];
        if whole {
            if let Ok(number) = text.parse::<i64>() {
                return Ok(number.into());
            }
            if let Ok(number) = text.parse::<u64>() {
                return Ok(number.into());
            }
        }
        text.parse().ok().and_then(Number::from_f64).ok_or(Invalid)
    }

    /// One digit or more.
    fn digits(&mut self) -> Result<()> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start {
            Err(Invalid)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests;
