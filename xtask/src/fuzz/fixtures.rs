//! Things that exist, so that requests get past "not found".

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::http::Client;
use crate::server::Server;

/// Trees of product, policy, license and machine; several, because the requests delete some.
const TREES: usize = 20;

/// How often an id in a path is one that exists.
const KNOWN_ID_SHARE: f64 = 0.7;

/// What was created, by the noun in the path.
pub struct Fixtures {
    token: String,
    ids: Vec<(&'static str, Vec<String>)>,
}

impl Fixtures {
    /// Creates everything through the API, as the administrator.
    pub fn create(server: &Server) -> Result<Self> {
        let admin = server.first_run();
        let client = Client::basic(server.url(), &admin.email, &admin.password);
        let token = client.post("/v1/tokens", &json!({}))?["data"]["attributes"]["token"]
            .as_str()
            .context("the new token is not in the answer")?
            .to_owned();

        let client = Client::bearer(server.url(), &token);
        let (mut products, mut policies, mut licenses, mut machines) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for number in 0..TREES {
            let product = create(
                &client,
                "products",
                &json!({ "name": "Product" }),
                &json!({}),
            )?;
            let of_product = json!({ "product": link("products", &product) });
            let attributes = json!({ "name": "Policy", "floating": true, "maxMachines": 1000 });
            let policy = create(&client, "policies", &attributes, &of_product)?;
            let of_policy = json!({ "policy": link("policies", &policy) });
            let license = create(&client, "licenses", &json!({}), &of_policy)?;
            let of_license = json!({ "license": link("licenses", &license) });
            let attributes = json!({ "fingerprint": format!("fingerprint-{number}") });
            machines.push(create(&client, "machines", &attributes, &of_license)?);
            licenses.push(license);
            policies.push(policy);
            products.push(product);
        }
        Ok(Self {
            token,
            ids: vec![
                ("products", products),
                ("policies", policies),
                ("licenses", licenses),
                ("machines", machines),
            ],
        })
    }

    /// The administrator's, whose id is in none of the lists: requests may revoke those.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Schemathesis' configuration file, which gives each noun's paths the ids of that noun.
    pub fn configuration(&self) -> Result<String> {
        let dictionaries: serde_json::Map<String, Value> = self
            .ids
            .iter()
            .map(|(noun, ids)| ((*noun).to_owned(), json!({ "values": ids })))
            .collect();
        let operations: Vec<Value> = self
            .ids
            .iter()
            .map(|(noun, _)| {
                json!({
                    "include-path-regex": format!("/{noun}/\\{{"),
                    "parameters": {
                        "path.id": { "dictionary": noun, "probability": KNOWN_ID_SHARE },
                    },
                })
            })
            .collect();
        let configuration = json!({ "dictionaries": dictionaries, "operations": operations });
        toml::to_string(&configuration).context("cannot be written as TOML")
    }
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

fn link(noun: &str, id: &str) -> Value {
    json!({ "data": { "type": noun, "id": id } })
}
