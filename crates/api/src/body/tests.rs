//! Bodies: syntax first, shape when read.

use poem::http::StatusCode;
use poem::test::TestClient;
use poem::{EndpointExt as _, Request, Route};
use poem_openapi::{Object, OpenApi, OpenApiService};
use serde::Deserialize;
use serde_json::json;

use super::*;
use crate::document::NoContent;
use crate::input::{Create, Doc, Meta, Nothing, Sent};
use crate::nouns::{Tokens, Users};

/// A new user.
#[derive(Debug, Object, Deserialize)]
#[oai(rename_all = "camelCase")]
struct NewUser {
    first_name: Option<String>,
}

/// A code.
#[derive(Debug, Object, Deserialize)]
struct Otp {
    otp: String,
}

struct Api;

#[OpenApi]
impl Api {
    #[oai(path = "/users", method = "post")]
    async fn create(&self, body: Body<Create<Users, NewUser>>) -> Result<NoContent> {
        let name = body.read(&Guards::none())?.data.attributes.first_name;
        if name.as_deref() == Some("Ann") {
            Ok(NoContent)
        } else {
            Err(Error::failed("no Ann"))
        }
    }

    #[oai(path = "/tokens", method = "post")]
    async fn optional(
        &self,
        body: Body<Doc<Option<Sent<Tokens>>, Option<Otp>>>,
    ) -> Result<NoContent> {
        let sent = body.read(&Guards::none())?;
        let Doc { data, meta } = sent;
        if data.is_none() && meta.is_none() {
            Ok(NoContent)
        } else {
            Err(Error::failed("more"))
        }
    }

    #[oai(path = "/otp", method = "post")]
    async fn action(&self, body: Body<Meta<Otp>>) -> Result<NoContent> {
        let otp = body.read(&Guards::none())?.meta.otp;
        if otp.is_empty() {
            Err(Error::failed("empty"))
        } else {
            Ok(NoContent)
        }
    }
}

const ANN: &str = r#"{"data": {"type": "user", "attributes": {"first-name": "Ann"}}}"#;

/// The status and first error of a request to the routes as they are, and parsed early.
async fn post(path: &str, content_type: Option<&str>, body: impl Into<Vec<u8>>) -> (u16, Value) {
    let body = body.into();
    let routes = || Route::new().nest("/", OpenApiService::new(Api, "test", "1"));
    let plain = TestClient::new(routes());
    let early = TestClient::new(routes().before(|mut request: Request| async {
        parse_early(&mut request, 1000).await?;
        Ok(request)
    }));

    let mut answers = Vec::new();
    for sent in [
        request(plain.post(path), content_type, body.clone()).await,
        request(early.post(path), content_type, body).await,
    ] {
        answers.push(sent);
    }
    assert_eq!(answers[0], answers[1], "parsing early changes nothing");
    answers.remove(0)
}

async fn request<E: poem::Endpoint>(
    request: poem::test::TestRequestBuilder<'_, E>,
    content_type: Option<&str>,
    body: Vec<u8>,
) -> (u16, Value) {
    let request = match content_type {
        Some(content_type) => request.content_type(content_type),
        None => request,
    };
    let response = request.body(body).send().await.0;
    let status = response.status().as_u16();
    let body = response.into_body().into_vec().await.unwrap();
    let document: Value = serde_json::from_slice(&body).unwrap_or_default();
    (
        status,
        document.pointer("/errors/0").cloned().unwrap_or_default(),
    )
}

#[tokio::test]
async fn a_body_is_read_whatever_json_it_calls_itself() {
    for content_type in [
        None,
        Some("application/json"),
        Some("application/vnd.api+json"),
        Some("application/x-www-form-urlencoded"),
        Some("text/plain"),
    ] {
        assert_eq!(
            post("/users", content_type, ANN).await.0,
            204,
            "{content_type:?}"
        );
    }
}

#[tokio::test]
async fn another_type_is_ignored_and_no_type_is_refused() {
    let (status, error) = post("/users", Some("application/xml"), ANN).await;
    assert_eq!((status, &error["detail"]), (400, &json!("is missing")));

    let (status, error) = post("/users", Some("vnd.api+xml"), ANN).await;
    assert_eq!((status, &error["code"]), (400, &json!("MIME_TYPE_INVALID")));
}

#[tokio::test]
async fn syntax_is_refused_before_shape() {
    for body in [&b"{"[..], b"{\"data\": \"\xff\"}", b"{} x"] {
        let (status, error) = post("/users", None, body).await;
        assert_eq!(
            (status, &error["code"]),
            (400, &json!("JSON_INVALID")),
            "{body:?}"
        );
    }
}

#[tokio::test]
async fn the_first_fault_of_shape_is_told() {
    let (status, error) = post(
        "/users",
        None,
        r#"{"data": {"type": "user", "Foo Bar": 1}}"#,
    )
    .await;

    assert_eq!(status, 400);
    assert_eq!(
        error,
        json!({
            "title": "Bad request",
            "detail": "unpermitted parameter",
            "source": {"pointer": "/data/fooBar"},
        }),
    );
}

#[tokio::test]
async fn a_null_byte_is_refused() {
    let body = ANN.replace("Ann", "A\\u0000");
    let (status, error) = post("/users", None, body).await;

    assert_eq!((status, &error["code"]), (400, &json!("ENCODING_INVALID")));
}

#[tokio::test]
async fn a_body_without_required_parts_may_be_empty() {
    assert_eq!(post("/tokens", None, "").await.0, 204);
    assert_eq!(post("/tokens", None, "{}").await.0, 204);
    assert_eq!(
        post("/tokens", None, r#"{"data": null, "meta": null}"#)
            .await
            .0,
        204
    );

    let (status, error) = post("/otp", None, "").await;
    assert_eq!(
        (status, &error["source"]),
        (400, &json!({"pointer": "/meta"}))
    );
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused() {
    let mut request = Request::builder().body(vec![b' '; 11]);

    let error = parse_early(&mut request, 10).await.unwrap_err();

    assert_eq!(error.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[test]
fn bodies_are_documented_in_both_media_types() {
    let spec = OpenApiService::new(Api, "test", "1").spec();
    let spec: Value = serde_json::from_str(&spec).unwrap();
    let body = |path: &str| spec["paths"][path]["post"]["requestBody"].clone();

    assert_eq!(body("/users")["required"], json!(true));
    assert_eq!(body("/tokens")["required"], json!(false));
    let content = body("/users")["content"].clone();
    assert_eq!(
        content["application/json"],
        content["application/vnd.api+json"]
    );
    let data = &content["application/json"]["schema"]["properties"]["data"];
    assert_eq!(data["required"], json!(["type", "attributes"]));
    assert_eq!(data["properties"].get("relationships"), None);
}

#[test]
#[should_panic(expected = "can't read")]
fn a_type_that_reads_less_than_its_schema_promises_is_found_at_the_start() {
    #[derive(Debug, Object, Deserialize)]
    struct Careless {
        name: crate::fields::Maybe<String>,
    }
    <Body<Meta<Careless>> as ApiExtractor>::register(&mut Registry::new());
    let _: Nothing = Nothing;
}
