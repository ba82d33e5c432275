//! An answer, read as a client would read it.

use reqwest::header::HeaderMap;
use serde_json::Value;

/// What the server answered; its signature has been checked already.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body's text; of bytes that are none, what can be read of them.
    pub text: String,
    /// The body as JSON; null when it is none.
    pub body: Value,
}

impl Answer {
    /// Whether something was created.
    pub fn created(&self) -> bool {
        self.status == 201
    }

    /// The same answer, when it has this status.
    ///
    /// # Panics
    /// When it has another; the message holds the whole answer.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "unexpected answer: {}", self.text);
        self
    }

    /// A member of the body by JSON pointer; null when absent.
    pub fn at(&self, pointer: &str) -> &Value {
        self.body.pointer(pointer).unwrap_or(&Value::Null)
    }

    /// The id of the resource.
    ///
    /// # Panics
    /// When the body has none.
    #[track_caller]
    pub fn id(&self) -> String {
        let id = self.at("/data/id").as_str();
        id.unwrap_or_else(|| panic!("no resource in {}", self.text))
            .to_owned()
    }

    /// The code of the first error.
    pub fn code(&self) -> &str {
        self.at("/errors/0/code").as_str().unwrap_or_default()
    }

    /// The detail of the first error.
    pub fn detail(&self) -> &str {
        self.at("/errors/0/detail").as_str().unwrap_or_default()
    }

    /// The pointer of the first error.
    pub fn pointer(&self) -> &str {
        self.at("/errors/0/source/pointer")
            .as_str()
            .unwrap_or_default()
    }

    /// A header's text; empty when absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}
