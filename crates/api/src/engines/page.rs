//! Pages of links, as PyPI's clients read them (PEP 503).

use std::fmt::Write;

use serde_json::Value;

/// The largest page, in bytes: links beyond it are left out.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// A page of links in the making.
#[derive(Debug)]
pub struct Page(String);

impl Page {
    /// A page with a title and no links.
    pub fn new(title: &str) -> Self {
        let title = escaped(title);
        Self(format!(
            "<!DOCTYPE html>\n<html><head><title>{title}</title>\n\
             <meta name=\"pypi:repository-version\" content=\"1.1\"></head>\n\
             <body><h1>{title}</h1>\n"
        ))
    }

    /// Adds a link, with what else is known of where it leads. Nothing is added to a full page.
    pub fn link(&mut self, url: &str, text: &str, metadata: &Value) {
        let mut link = format!("<a href=\"{}\"", escaped(url));
        for (key, value) in metadata.as_object().into_iter().flatten() {
            if let Some(text) = data(value)
                && let Some(name) = name(key)
            {
                // Writing to a text can't fail.
                let _ = write!(link, " data-{name}=\"{}\"", escaped(&text));
            }
        }
        let _ = writeln!(link, ">{}</a><br>", escaped(text));
        if self.0.len() + link.len() <= MAX_BYTES {
            self.0.push_str(&link);
        }
    }

    /// The whole page.
    pub fn finish(mut self) -> String {
        self.0.push_str("</body></html>\n");
        self.0
    }
}

/// The attribute that a key becomes: `requires_python` is told as `requires-python`. What can't be
/// an attribute isn't told.
fn name(key: &str) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let fits = !key.is_empty() && key.bytes().all(plain);
    fits.then(|| key.replace('_', "-").to_ascii_lowercase())
}

/// What an attribute says: a text as it is, all else as JSON. An attribute says that something is
/// so by being there, so what is not so isn't told: clients take `yanked=false` for yanked.
fn data(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Bool(false) => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// A text as HTML, in an attribute too.
fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_link_tells_what_is_known_and_nothing_breaks_out_of_it() {
        let metadata = json!({
            "requires_python": ">=3.9",
            "a\" onload=\"x": "y",
            "yanked": false,
            "size": 3,
        });
        let mut page = Page::new("Files for <b> by A&B");

        page.link("https://x/a?b=1&c=\"2\"", "a'<script>", &metadata);

        assert_eq!(
            page.finish(),
            "<!DOCTYPE html>\n<html><head><title>Files for &lt;b&gt; by A&amp;B</title>\n\
             <meta name=\"pypi:repository-version\" content=\"1.1\"></head>\n\
             <body><h1>Files for &lt;b&gt; by A&amp;B</h1>\n\
             <a href=\"https://x/a?b=1&amp;c=&quot;2&quot;\" data-requires-python=\"&gt;=3.9\" \
             data-size=\"3\">a&#39;&lt;script&gt;</a><br>\n\
             </body></html>\n",
        );
    }

    #[test]
    fn a_page_is_full_at_some_point() {
        let mut page = Page::new("Files");
        let metadata = json!({ "note": "x".repeat(16_000) });

        for _ in 0..1000 {
            page.link("https://x/a", "a", &metadata);
        }

        let html = page.finish();
        assert!(html.len() < MAX_BYTES + 100, "{}", html.len());
        assert!(html.ends_with("</a><br>\n</body></html>\n"));
    }
}
