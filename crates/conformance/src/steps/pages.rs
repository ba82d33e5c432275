//! What an answer that is a page has in it, told by paths such as
//! `/html/body/a[text()="a" and @href="b"]`.

use std::sync::LazyLock;

use futures::FutureExt;
use regex::Regex;

use super::{Call, Entry};
use crate::fault::{Outcome, broken, failed};
use crate::world::World;

pub const STEPS: &[Entry] = &[
    (
        "the response body should be an HTML document with the following xpaths:",
        |w, c| found(w, c, true).boxed(),
    ),
    (
        "the response body should be an HTML document without the following xpaths:",
        |w, c| found(w, c, false).boxed(),
    ),
];

/// A link of a page: its text and its attributes, as they are meant.
struct Link {
    text: String,
    attributes: Vec<(String, String)>,
}

/// One thing that a path asks of a link.
enum Wish {
    Text(String),
    Attribute(String, String),
}

impl Link {
    fn grants(&self, wish: &Wish) -> bool {
        match wish {
            Wish::Text(text) => self.text == *text,
            Wish::Attribute(name, value) => self
                .attributes
                .iter()
                .any(|(known, is)| known == name && is == value),
        }
    }
}

async fn found(w: &mut World, c: &Call<'_>, wanted: bool) -> Outcome {
    let paths = c.filled(w).await?;
    let page = w.answer()?.text();
    if !page.starts_with("<!DOCTYPE html>") {
        return failed(format!("the body is no page: {page:.200}"));
    }
    let links = links(&page);
    for path in paths.lines().map(str::trim).filter(|path| !path.is_empty()) {
        let wishes = wishes(path)?;
        let there = links
            .iter()
            .any(|link| wishes.iter().all(|wish| link.grants(wish)));
        if there != wanted {
            let told = if wanted { "isn't" } else { "is" };
            return failed(format!("{path} {told} in {page:.2000}"));
        }
    }
    Ok(())
}

/// The links in the body of a page.
fn links(page: &str) -> Vec<Link> {
    static LINK: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"<a((?:\s[^>]*)?)>([^<]*)</a>").expect("a valid expression"));
    static ATTRIBUTE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"([\w-]+)="([^"]*)""#).expect("a valid expression"));
    let body = page.split_once("<body>").map_or("", |(_, body)| body);
    LINK.captures_iter(body)
        .map(|link| Link {
            text: meant(&link[2]),
            attributes: ATTRIBUTE
                .captures_iter(&link[1])
                .map(|attribute| (attribute[1].to_owned(), meant(&attribute[2])))
                .collect(),
        })
        .collect()
}

/// What a text in HTML means.
fn meant(html: &str) -> String {
    html.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

/// What a path asks of a link in the body; other paths are not understood.
fn wishes(path: &str) -> Outcome<Vec<Wish>> {
    static WISH: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"^(?:text\(\)|@([\w-]+))="([^"]*)"$"#).expect("valid"));
    let inner = path.strip_prefix("/html/body/a[");
    let Some(inner) = inner.and_then(|inner| inner.strip_suffix(']')) else {
        return broken(format!("{path:?} is no path to a link"));
    };
    let mut wishes = Vec::new();
    for wish in inner.split(" and ") {
        let Some(parts) = WISH.captures(wish) else {
            return broken(format!("{wish:?} is not understood"));
        };
        let value = parts[2].to_owned();
        wishes.push(match parts.get(1) {
            Some(name) => Wish::Attribute(name.as_str().to_owned(), value),
            None => Wish::Text(value),
        });
    }
    Ok(wishes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_finds_links_by_what_they_mean() {
        let page = "<!DOCTYPE html><html><head><a href=\"y\">a</a></head><body>\
            <a href=\"x?a&amp;b\" data-needs=\"&gt;=3\">a</a><br><a href=\"z\">b</a></body></html>";
        let links = links(page);
        #[rustfmt::skip]
        let table = [
            (r#"/html/body/a[text()="a"]"#,                                   true),
            (r#"/html/body/a[text()="a" and @href="x?a&b"]"#,                 true),
            (r#"/html/body/a[@data-needs=">=3"]"#,                            true),
            (r#"/html/body/a[text()="b" and @href="x?a&b"]"#,                 false),
            (r#"/html/body/a[@href="y"]"#,                                    false),
            (r#"/html/body/a[text()="c"]"#,                                   false),
        ];
        for (path, expected) in table {
            let wishes = wishes(path).unwrap();
            let mut found = links.iter();
            let found = found.any(|link| wishes.iter().all(|wish| link.grants(wish)));
            assert_eq!(found, expected, "{path}");
        }
        assert!(wishes("/html/head/a[1]").is_err());
        assert!(wishes("/html/body/a[last()]").is_err());
    }
}
