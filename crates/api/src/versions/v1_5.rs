//! Up to 1.5, a license had one user, and its machines showed that user as theirs.

use keystead_domain::MachineId;
use keystead_domain::version::ApiVersion;
use poem::http::Method;
use serde_json::{Map, Value, json};

use super::response::Part;
use super::{Exchange, Migration, request, response, same_request};

pub(super) const MIGRATION: Migration = Migration {
    until: ApiVersion::V1_5,
    description: "licenses call their owner `user`, and machines show the license's owner as `user`",
    request: same_request,
    response: rename_owner,
};

fn rename_owner(document: &mut Value, exchange: &Exchange<'_>) {
    response::resources(document, "licenses", |license, _| {
        if let Some(Value::Object(relationships)) = license.get_mut("relationships") {
            request::rename(relationships, "owner", "user");
            if let Some(related) = relationships.get_mut("user").and_then(related) {
                *related = related_to(related, "/owner", "/user");
            }
        }
    });
    if !keeps_machine_owner(exchange) {
        response::resources(document, "machines", |machine, part| {
            show_license_owner(machine, part, exchange);
        });
    }
    if names_license_owner(exchange) {
        response::errors(document, blame_user);
    }
}

fn related(relationship: &mut Value) -> Option<&mut Value> {
    relationship.get_mut("links")?.get_mut("related")
}

/// A link whose last segment is another.
fn related_to(link: &Value, from: &str, to: &str) -> Value {
    let base = link.as_str().and_then(|link| link.strip_suffix(from));
    base.map_or_else(|| link.clone(), |base| json!(format!("{base}{to}")))
}

/// Answers that always showed a machine's own owner.
fn keeps_machine_owner(exchange: &Exchange<'_>) -> bool {
    exchange.is(&[Method::POST], "/machines/*/actions/reset")
        || exchange.is(&[Method::POST], "/machines/*/actions/reset-heartbeat")
        || exchange.is(&[Method::PUT, Method::PATCH], "/machines/*/owner")
}

fn show_license_owner(machine: &mut Map<String, Value>, part: Part, exchange: &Exchange<'_>) {
    let id = machine
        .get("id")
        .and_then(Value::as_str)
        .and_then(|id| id.parse::<MachineId>().ok());
    let owner = id.and_then(|id| exchange.owners?.0.get(&id));
    let link = machine
        .get("links")
        .and_then(|links| links.get("self"))
        .and_then(Value::as_str);
    let user = json!({
        "links": {"related": link.map(|link| format!("{link}/user"))},
        "data": owner.map(|owner| json!({"type": "users", "id": owner})),
    });
    let Some(Value::Object(relationships)) = machine.get_mut("relationships") else {
        return;
    };
    if part == Part::Data {
        request::rename(relationships, "owner", "user");
    }
    relationships.insert("user".to_owned(), user);
}

/// Requests whose refusals may name the owner of a license.
fn names_license_owner(exchange: &Exchange<'_>) -> bool {
    exchange.is(&[Method::POST], "/licenses")
        || exchange.is(&[Method::PUT, Method::PATCH], "/licenses/*")
        || exchange.is(&[Method::PUT, Method::PATCH], "/licenses/*/user")
}

fn blame_user(error: &mut Map<String, Value>) {
    if response::code(error) != "OWNER_NOT_FOUND" {
        return;
    }
    error.insert("code".to_owned(), json!("USER_NOT_FOUND"));
    error.insert(
        "source".to_owned(),
        json!({"pointer": "/data/relationships/user"}),
    );
    if let Some(about) = error
        .get_mut("links")
        .and_then(|links| links.get_mut("about"))
    {
        *about = related_to(about, "-owner", "-user");
    }
}
