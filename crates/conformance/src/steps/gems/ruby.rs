//! A reader of Ruby's Marshal 4.8, as far as indexes of gems use it.

use crate::fault::{Outcome, failed};

/// What Ruby would have in memory.
#[derive(Clone, Debug, PartialEq)]
pub enum Object {
    Nil,
    Bool(bool),
    Int(i64),
    Text(String),
    Symbol(String),
    Array(Vec<Object>),
    Hash(Vec<(Object, Object)>),
    Instance(String, Vec<(String, Object)>),
    Made(String, Box<Object>),
    Dumped(String, Vec<u8>),
}

/// Reads an object.
pub fn load(bytes: &[u8]) -> Outcome<Object> {
    let Some(rest) = bytes.strip_prefix(&[4, 8]) else {
        return failed("this is no Marshal 4.8");
    };
    let mut reader = Reader {
        rest,
        symbols: Vec::new(),
    };
    let object = reader.object()?;
    match reader.rest.is_empty() {
        true => Ok(object),
        false => failed("there is more than one object"),
    }
}

struct Reader<'a> {
    rest: &'a [u8],
    symbols: Vec<String>,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Outcome<&'a [u8]> {
        if count > self.rest.len() {
            return failed("Ruby's bytes break off");
        }
        let (taken, rest) = self.rest.split_at(count);
        self.rest = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Outcome<u8> {
        Ok(self.take(1)?[0])
    }

    fn int(&mut self) -> Outcome<i64> {
        let first = i64::from(self.byte()? as i8);
        let (count, fill) = match first {
            0 => return Ok(0),
            5.. => return Ok(first - 5),
            ..=-5 => return Ok(first + 5),
            1..=4 => (first, 0),
            _ => (-first, u8::MAX),
        };
        let mut bytes = [fill; 8];
        for byte in bytes
            .iter_mut()
            .take(usize::try_from(count).unwrap_or_default())
        {
            *byte = self.byte()?;
        }
        Ok(i64::from_le_bytes(bytes))
    }

    fn length(&mut self) -> Outcome<usize> {
        let length = self.int()?;
        usize::try_from(length).or_else(|_| failed(format!("a length of {length}")))
    }

    fn raw(&mut self) -> Outcome<&'a [u8]> {
        let length = self.length()?;
        self.take(length)
    }

    fn string(&mut self) -> Outcome<String> {
        Ok(String::from_utf8_lossy(self.raw()?).into_owned())
    }

    fn symbol(&mut self) -> Outcome<String> {
        match self.byte()? {
            b':' => {
                let name = self.string()?;
                self.symbols.push(name.clone());
                Ok(name)
            }
            b';' => {
                let index = self.length()?;
                let known = self.symbols.get(index).cloned();
                known.map_or_else(|| failed(format!("no symbol {index}")), Ok)
            }
            other => failed(format!("a symbol that begins with {other}")),
        }
    }

    fn variables(&mut self) -> Outcome<Vec<(String, Object)>> {
        let mut variables = Vec::new();
        for _ in 0..self.length()? {
            variables.push((self.symbol()?, self.object()?));
        }
        Ok(variables)
    }

    fn object(&mut self) -> Outcome<Object> {
        Ok(match self.byte()? {
            b'0' => Object::Nil,
            b'T' => Object::Bool(true),
            b'F' => Object::Bool(false),
            b'i' => Object::Int(self.int()?),
            b'"' => Object::Text(self.string()?),
            b'I' => {
                let object = self.object()?;
                self.variables()?;
                object
            }
            kind @ (b':' | b';') => {
                // The symbol's own reader wants its first byte, too.
                let mut again = vec![kind];
                again.extend(self.rest);
                let mut reader = Reader {
                    rest: &again,
                    symbols: std::mem::take(&mut self.symbols),
                };
                let symbol = reader.symbol()?;
                let left = reader.rest.len();
                self.symbols = reader.symbols;
                self.rest = &self.rest[self.rest.len() - left..];
                Object::Symbol(symbol)
            }
            b'[' => {
                let mut items = Vec::new();
                for _ in 0..self.length()? {
                    items.push(self.object()?);
                }
                Object::Array(items)
            }
            b'{' => {
                let mut entries = Vec::new();
                for _ in 0..self.length()? {
                    entries.push((self.object()?, self.object()?));
                }
                Object::Hash(entries)
            }
            b'o' => Object::Instance(self.symbol()?, self.variables()?),
            b'U' => Object::Made(self.symbol()?, Box::new(self.object()?)),
            b'u' => Object::Dumped(self.symbol()?, self.raw()?.to_vec()),
            other => return failed(format!("an object that begins with {other}")),
        })
    }
}

impl Object {
    fn not<T>(&self, what: &str) -> Outcome<T> {
        failed(format!("{self:?} is no {what}"))
    }

    pub fn text(&self) -> Outcome<&str> {
        match self {
            Self::Text(text) => Ok(text),
            other => other.not("text"),
        }
    }

    /// Texts of an array, as Ruby spells them in one.
    pub fn texts(&self) -> Outcome<String> {
        let texts = self
            .items()?
            .iter()
            .map(|item| Ok(format!("{:?}.freeze", item.text()?)));
        Ok(texts.collect::<Outcome<Vec<_>>>()?.join(", "))
    }

    pub fn symbol(&self) -> Outcome<&str> {
        match self {
            Self::Symbol(name) => Ok(name),
            other => other.not("symbol"),
        }
    }

    pub fn int(&self) -> Outcome<i64> {
        match self {
            Self::Int(number) => Ok(*number),
            other => other.not("number"),
        }
    }

    pub fn items(&self) -> Outcome<&[Object]> {
        match self {
            Self::Array(items) => Ok(items),
            other => other.not("array"),
        }
    }

    pub fn item(&self, index: usize) -> Outcome<&Object> {
        let item = self.items()?.get(index);
        item.map_or_else(|| failed(format!("{self:?} has no item {index}")), Ok)
    }

    pub fn variable(&self, name: &str) -> Outcome<&Object> {
        let Self::Instance(_, variables) = self else {
            return self.not("object with variables");
        };
        let found = variables.iter().find(|(known, _)| known == name);
        found.map_or_else(
            || failed(format!("{self:?} has no {name}")),
            |(_, is)| Ok(is),
        )
    }

    pub fn made_of(&self, class: &str) -> Outcome<&Object> {
        match self {
            Self::Made(known, of) if known == class => Ok(of),
            other => other.not(class),
        }
    }

    /// The day of a time: four bytes that hold year, month and day.
    pub fn day(&self) -> Outcome<String> {
        let bytes = match self {
            Self::Dumped(class, bytes) if class == "Time" => bytes,
            other => return other.not("time"),
        };
        let Some(date) = bytes.first_chunk().map(|bytes| u32::from_le_bytes(*bytes)) else {
            return self.not("time");
        };
        let (year, month, day) = (date >> 14 & 0xffff, date >> 10 & 0xf, date >> 5 & 0x1f);
        Ok(format!("{}-{:02}-{day:02}", year + 1900, month + 1))
    }
}
