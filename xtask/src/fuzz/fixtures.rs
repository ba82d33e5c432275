//! Things that exist, so that requests get past "not found".

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::http::Client;
use crate::server::Server;
use crate::workspace;

/// Of each noun; several, because the requests delete some.
const TREES: usize = 20;

/// How often an id in a path or a link is one that exists.
const KNOWN_ID_SHARE: f64 = 0.7;

/// What was created, by the noun that paths and links call it by.
pub struct Fixtures {
    token: String,
    spare: String,
    kept: Vec<String>,
    ids: BTreeMap<&'static str, Vec<String>>,
}

impl Fixtures {
    /// Creates everything through the API, as the administrator.
    pub fn create(server: &Server) -> Result<Self> {
        let admin = server.first_run();
        let (created, another) = (server.log_in()?, server.log_in()?);
        let token = text(&created, "/data/attributes/token")?;
        let spare = text(&another, "/data/attributes/token")?;
        let kept = vec![
            admin.account_id.clone(),
            text(&created, "/data/relationships/bearer/data/id")?,
            text(&created, "/data/id")?,
            text(&another, "/data/id")?,
        ];

        let client = Client::bearer(server.url(), &token);
        let mut ids = BTreeMap::from([("account", vec![admin.account_id.clone()])]);
        for number in 0..TREES {
            let mut make = |noun, plural, attributes, relationships| -> Result<Value> {
                let id = create(&client, plural, &attributes, &relationships)?;
                let link = json!({ "data": { "type": plural, "id": id } });
                ids.entry(noun).or_insert_with(Vec::new).push(id);
                Ok(link)
            };
            let email = format!("user-{number}@example.com");
            make("user", "users", json!({ "email": email }), json!({}))?;
            let product = make(
                "product",
                "products",
                json!({ "name": "Product" }),
                json!({}),
            )?;
            let attributes = json!({ "name": "Policy", "floating": true, "maxMachines": 1000 });
            let policy = make(
                "policy",
                "policies",
                attributes,
                json!({ "product": product }),
            )?;
            let license = make(
                "license",
                "licenses",
                json!({}),
                json!({ "policy": policy }),
            )?;
            let attributes = json!({ "fingerprint": format!("fingerprint-{number}") });
            make(
                "machine",
                "machines",
                attributes,
                json!({ "license": license }),
            )?;
        }
        Ok(Self {
            token,
            spare,
            kept,
            ids,
        })
    }

    /// The administrator's.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Another of the administrator's, for what makes the token useless that asks for it.
    pub fn spare(&self) -> &str {
        &self.spare
    }

    /// The ids of those tokens, their user and its account, which no request may take away.
    pub fn kept(&self) -> String {
        self.kept.join(",")
    }

    /// Schemathesis' configuration file, which fills the ids in paths and links from those of
    /// their noun.
    pub fn configuration(&self) -> Result<String> {
        let mut dictionaries = serde_json::Map::new();
        let mut parameters = serde_json::Map::new();
        for (noun, ids) in &self.ids {
            dictionaries.insert((*noun).to_owned(), json!({ "values": ids }));
            let known = json!({ "dictionary": noun, "probability": KNOWN_ID_SHARE });
            parameters.insert(format!("path.{noun}"), known.clone());
            parameters.insert(format!("body.data.relationships.{noun}.data.id"), known);
        }
        let hooks = workspace::root().join("xtask/python/fuzz_hooks.py");
        let configuration =
            json!({ "hooks": hooks, "dictionaries": dictionaries, "parameters": parameters });
        toml::to_string(&configuration).context("cannot be written as TOML")
    }
}

fn text(token: &Value, pointer: &str) -> Result<String> {
    let value = token.pointer(pointer).and_then(Value::as_str);
    Ok(value
        .with_context(|| format!("the new token has no {pointer}"))?
        .to_owned())
}

fn create(
    client: &Client,
    noun: &str,
    attributes: &Value,
    relationships: &Value,
) -> Result<String> {
    let document = json!({
        "data": { "type": noun, "attributes": attributes, "relationships": relationships },
    });
    let created = client.post(&format!("/v1/{noun}"), &document)?;
    Ok(created["data"]["id"]
        .as_str()
        .context("a created thing without an id")?
        .to_owned())
}
