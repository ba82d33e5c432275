//! Parameters of lists.

use poem::http::Uri;
use poem_openapi::Object;
use serde::Deserialize;
use serde_json::{Value, json};

use super::*;
use crate::fields::Metadata;
use crate::problem::Cause;

/// Filters of each kind.
#[derive(Debug, Default, PartialEq, Object, Deserialize)]
#[oai(rename_all = "camelCase")]
struct Filters {
    full_name: Option<String>,
    suspended: Option<bool>,
    roles: Option<Vec<String>>,
    metadata: Option<Metadata>,
    activations: Option<Activations>,
    expired: Option<Value>,
}

/// Bounds.
#[derive(Debug, PartialEq, Object, Deserialize)]
struct Activations {
    gt: Option<i64>,
}

async fn extract<T: for<'a> ApiExtractor<'a>>(uri: &str) -> poem::Result<T> {
    let request = Request::builder().uri(uri.parse::<Uri>().unwrap()).finish();
    let (request, mut body) = request.split();
    let options = ExtractParamOptions {
        name: "",
        ignore_case: false,
        default_value: None,
        example_value: None,
        explode: true,
        style: None,
    };
    T::from_request(&request, &mut body, options).await
}

async fn filters(query: &str) -> Filters {
    let listing: Listing<Filters> = extract(&format!("/users?{query}")).await.unwrap();
    listing.filters().unwrap()
}

#[tokio::test]
async fn filters_are_read_by_what_they_must_be() {
    let read = filters(
        "fullName=Ann&suspended=F&roles[]=admin&metadata[customerId]=7&activations[gt]=3&expired[in]=2w",
    )
    .await;

    assert_eq!(
        read,
        Filters {
            full_name: Some("Ann".to_owned()),
            suspended: Some(false),
            roles: Some(vec!["admin".to_owned()]),
            metadata: Some(Metadata::from(json!({"customer_id": "7"}))),
            activations: Some(Activations { gt: Some(3) }),
            expired: Some(json!({"in": "2w"})),
        },
    );
}

#[tokio::test]
async fn a_filter_that_is_blank_or_of_the_wrong_kind_is_absent() {
    for query in [
        "",
        "fullName=&suspended=&roles[]=&unknown=1"
            .replace("roles[]=&", "")
            .as_str(),
        "fullName[]=x&fullName[]=y",
        "roles=admin",
        "metadata=x&activations=3",
        "activations[gt]=many",
    ] {
        assert_eq!(filters(query).await, Filters::default(), "{query}");
    }
}

#[tokio::test]
async fn parameters_are_judged_strictly_and_told_in_brackets() {
    let read = async |query: &str| {
        let parameters: Parameters<Filters> = extract(&format!("/x?{query}")).await.unwrap();
        parameters.read().map_err(|error| match error.cause {
            Cause::Refused(refused) => {
                let problem = &refused.problems[0];
                format!("{:?} {}", problem.at, problem.detail)
            }
            other => other.to_string(),
        })
    };

    assert_eq!(read("unknown=1").await, Ok(Filters::default()));
    assert_eq!(
        read("activations[gt]=many").await,
        Err(r#"Parameter("activations[gt]") failed to coerce string to integer"#.to_owned()),
    );
    assert_eq!(
        read("fullName[]=x").await,
        Err(r#"Parameter("fullName") type mismatch (received array expected string)"#.to_owned()),
    );
}

#[tokio::test]
async fn a_malformed_query_is_refused() {
    let error = extract::<Listing>("/users?a=%zz").await.unwrap_err();

    assert!(
        error
            .downcast_ref::<crate::problem::Error>()
            .unwrap()
            .is_unreadable()
    );
}
