//! YAML as Ruby writes it, as a tree of texts.
//!
//! Every scalar is a text here: what it means is for the reader to say, who knows that a version is
//! no number. Tags are kept, and name no class of anything. A node that is referred to again is the
//! same node, so that a text that refers to itself a thousand times a thousand times is as large as
//! it is long.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use crate::{Malformed, Result};

/// Nodes of a document, at most: a gemspec that lists ten thousand files has as many.
const MAX_NODES: usize = 200_000;

/// Lists and maps within each other, at most.
const MAX_DEPTH: usize = 32;

/// A document.
#[derive(Debug)]
pub struct Document {
    nodes: Vec<Node>,
}

#[derive(Debug)]
struct Node {
    tag: Option<String>,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Null,
    Text(String),
    List(Vec<usize>),
    /// Keys and values, both as nodes: a long key that is referred to is not copied.
    Map(Vec<(usize, usize)>),
}

/// A place in a document.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    document: &'a Document,
    index: usize,
}

impl Document {
    /// Reads the first document of a text.
    ///
    /// # Errors
    /// When it is no YAML, or has too much of it.
    pub fn parse(text: &str) -> Result<Self> {
        let mut reading = Reading::default();
        let mut parser = Parser::new_from_str(text);
        while let Some(event) = parser.next_event() {
            let (event, _) = event.map_err(|error| Malformed::Yaml(error.to_string()))?;
            if matches!(event, Event::DocumentEnd) {
                break;
            }
            reading.take(event)?;
        }
        match reading.nodes.is_empty() {
            true => Err(refuse("it is empty")),
            false => Ok(Self {
                nodes: reading.nodes,
            }),
        }
    }

    /// The outermost node.
    pub fn root(&self) -> Place<'_> {
        Place {
            document: self,
            index: 0,
        }
    }
}

impl<'a> Place<'a> {
    fn node(self) -> &'a Node {
        &self.document.nodes[self.index]
    }

    fn at(self, index: usize) -> Self {
        Self { index, ..self }
    }

    /// What stands before the node to say what it is, with its exclamation mark.
    pub fn tag(self) -> Option<&'a str> {
        self.node().tag.as_deref()
    }

    /// The text that stands here, if one does.
    pub fn text(self) -> Option<&'a str> {
        match &self.node().kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether a list stands here.
    pub fn is_list(self) -> bool {
        matches!(self.node().kind, Kind::List(_))
    }

    /// Whether a map stands here.
    pub fn is_map(self) -> bool {
        matches!(self.node().kind, Kind::Map(_))
    }

    /// What a list has, in its order; nothing of anything else.
    pub fn items(self) -> impl Iterator<Item = Place<'a>> {
        let items: &[usize] = match &self.node().kind {
            Kind::List(items) => items,
            _ => &[],
        };
        items.iter().map(move |index| self.at(*index))
    }

    /// What a map has, in its order; nothing of anything else.
    pub fn entries(self) -> impl Iterator<Item = (&'a str, Place<'a>)> {
        let entries: &[(usize, usize)] = match &self.node().kind {
            Kind::Map(entries) => entries,
            _ => &[],
        };
        entries.iter().filter_map(move |(key, value)| {
            // Nobody asks for what is under a list.
            Some((self.at(*key).text()?, self.at(*value)))
        })
    }

    /// What a map has under a key, unless it is null there.
    pub fn get(self, key: &str) -> Option<Place<'a>> {
        let found = self.entries().filter(|(known, _)| *known == key).last();
        let place = found.map(|(_, place)| place)?;
        (!matches!(place.node().kind, Kind::Null)).then_some(place)
    }
}

/// A document that is being read.
#[derive(Default)]
struct Reading {
    nodes: Vec<Node>,
    open: Vec<Open>,
    anchors: HashMap<usize, usize>,
}

/// A list or map that has not ended yet.
struct Open {
    index: usize,
    /// The key whose value comes next.
    key: Option<usize>,
}

impl Reading {
    fn take(&mut self, event: Event<'_>) -> Result<()> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let tag = tag.map(|tag| spelled(&tag));
                let kind = scalar(&text, style, tag.as_deref())?;
                self.add(anchor, tag, kind)?;
            }
            Event::SequenceStart(anchor, tag) => {
                let tag = tag.map(|tag| spelled(&tag));
                self.enter(anchor, tag, Kind::List(Vec::new()))?;
            }
            Event::MappingStart(anchor, tag) => {
                let tag = tag.map(|tag| spelled(&tag));
                self.enter(anchor, tag, Kind::Map(Vec::new()))?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                self.open.pop();
            }
            Event::Alias(anchor) => match self.anchors.get(&anchor) {
                Some(index) => self.attach(*index),
                None => return Err(refuse("it refers to what isn't there")),
            },
            _ => {}
        }
        Ok(())
    }

    fn enter(&mut self, anchor: usize, tag: Option<String>, kind: Kind) -> Result<()> {
        if self.open.len() >= MAX_DEPTH {
            return Err(refuse("it is too deep"));
        }
        let index = self.add(anchor, tag, kind)?;
        self.open.push(Open { index, key: None });
        Ok(())
    }

    fn add(&mut self, anchor: usize, tag: Option<String>, kind: Kind) -> Result<usize> {
        if self.nodes.len() >= MAX_NODES {
            return Err(refuse("it has too many parts"));
        }
        let index = self.nodes.len();
        self.nodes.push(Node { tag, kind });
        // Nodes without an anchor have number 0.
        if anchor > 0 {
            self.anchors.insert(anchor, index);
        }
        self.attach(index);
        Ok(index)
    }

    /// Puts a node where the next one belongs.
    fn attach(&mut self, index: usize) {
        let Some(open) = self.open.last_mut() else {
            return;
        };
        match &mut self.nodes[open.index].kind {
            Kind::List(items) => items.push(index),
            Kind::Map(entries) => match open.key.take() {
                Some(key) => entries.push((key, index)),
                None => open.key = Some(index),
            },
            Kind::Null | Kind::Text(_) => {}
        }
    }
}

fn spelled(tag: &Tag) -> String {
    format!("{}{}", tag.handle, tag.suffix)
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&str>) -> Result<Kind> {
    let plain = matches!(style, ScalarStyle::Plain);
    // What Ruby takes for bytes rather than text, such as names with accents in old gems.
    if tag.is_some_and(|tag| tag.ends_with("binary")) {
        let packed: String = text.split_ascii_whitespace().collect();
        let bytes = STANDARD
            .decode(packed)
            .map_err(|_| refuse("it has bytes that aren't in base64"))?;
        return Ok(Kind::Text(String::from_utf8_lossy(&bytes).into_owned()));
    }
    Ok(match text {
        "" | "~" | "null" if plain && tag.is_none() => Kind::Null,
        text => Kind::Text(text.to_owned()),
    })
}

fn refuse(what: &str) -> Malformed {
    Malformed::Yaml(what.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_lists_maps_and_tags_are_found_where_they_are() {
        let text = "--- !ruby/object:Gem::Specification\nname: ping\nversion: &v !ruby/object:Gem::Version\n  version: 1.0\nnone:\nempty: ''\nlist:\n- a\n- - ! '>='\n  - *v\nname: pong\nbytes: !binary |-\n  w4ltaWxl\n";
        let document = Document::parse(text).unwrap();
        let root = document.root();

        assert_eq!(root.tag(), Some("!ruby/object:Gem::Specification"));
        let text = |key| root.get(key).and_then(Place::text);
        assert_eq!(text("name"), Some("pong"));
        assert_eq!((text("none"), text("empty")), (None, Some("")));
        assert_eq!(text("bytes"), Some("Émile"));
        let list: Vec<_> = root.get("list").unwrap().items().collect();
        assert_eq!(list[0].text(), Some("a"));
        let pair: Vec<_> = list[1].items().collect();
        assert_eq!(pair[0].text(), Some(">="));
        assert_eq!(pair[1].tag(), Some("!ruby/object:Gem::Version"));
        assert_eq!(pair[1].get("version").and_then(Place::text), Some("1.0"));
    }

    #[test]
    fn what_refers_to_itself_is_as_large_as_it_is_long() {
        let mut bomb = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for level in 1..30 {
            let inner = vec![format!("*a{}", level - 1); 10].join(",");
            bomb.push_str(&format!("a{level}: &a{level} [{inner}]\n"));
        }
        let document = Document::parse(&bomb).unwrap();

        assert!(document.nodes.len() < 100, "{}", document.nodes.len());
        let circle = Document::parse("a: &a [*a]\n").unwrap();
        assert_eq!(circle.root().get("a").unwrap().items().count(), 1);
    }

    #[test]
    fn what_is_too_deep_too_large_or_no_yaml_is_refused() {
        let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
        let blocks: String = (0..100)
            .map(|depth| format!("{}a:\n", " ".repeat(depth)))
            .collect();
        let large = format!("[{}]", "x,".repeat(MAX_NODES + 1));
        let texts = [&deep, &blocks, &large, "", "a: *b\n", "a: [", "a: 'b", "!<"];
        for text in texts {
            let told = Document::parse(text).map(|document| document.nodes.len());
            assert!(told.is_err(), "{text:.20}: {told:?}");
        }
    }
}
