//! What clients send of a search.

use keystead_domain::search::Subject;
use poem_openapi::Object;
use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::casing;
use crate::input::Meta;
use crate::nouns::{
    Entitlements, Groups, Licenses, Machines, Noun, Policies, Products, Releases, RequestLogs,
    Users,
};

/// A search.
#[derive(Debug, Object, Deserialize)]
pub struct SearchMeta {
    /// What is searched: `entitlements`, `groups`, `licenses`, `machines`, `policies`, `products`,
    /// `releases`, `request-logs` or `users`.
    #[oai(rename = "type")]
    #[serde(rename = "type")]
    pub kind: String,
    /// `AND` (when absent): every term must be fulfilled; `OR`: one is enough.
    pub op: Option<String>,
    /// The terms by their keys.
    pub query: Terms,
}

/// The body of `POST /search`.
pub type SearchBody = Meta<SearchMeta>;

/// Terms by their keys, judged by the rules of searches.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Terms(pub Map<String, Value>);

wire!(asked [] Terms {
    required: true,
    name: "search_terms",
    schema: schema!("object",
        description: Some("Terms by their keys; which there are depends on the type."),
        additional_properties: Some(Box::new(MetaSchemaRef::Inline(Box::new(MetaSchema {
            nullable: true,
            ..MetaSchema::ANY
        })))),
        example: Some(json!({"email": "@example.com", "metadata": {"customerId": "c-1842"}})),
    ),
    register: |_registry| (),
});

/// What a type means, singular or plural, in any casing.
pub fn subject(kind: &str) -> Option<Subject> {
    fn row<N: Noun>(subject: Subject) -> ([&'static str; 2], Subject) {
        ([N::TYPE, N::SINGULAR], subject)
    }
    let known = [
        row::<Entitlements>(Subject::Entitlements),
        row::<Groups>(Subject::Groups),
        row::<Licenses>(Subject::Licenses),
        row::<Machines>(Subject::Machines),
        row::<Policies>(Subject::Policies),
        row::<Products>(Subject::Products),
        row::<Releases>(Subject::Releases),
        row::<RequestLogs>(Subject::RequestLogs),
        row::<Users>(Subject::Users),
    ];
    let kind = casing::snake(kind);
    known
        .into_iter()
        .find(|(names, _)| names.iter().any(|name| casing::snake(name) == kind))
        .map(|(_, subject)| subject)
}
