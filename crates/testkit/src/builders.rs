//! Policies and licenses in a few words: what a test doesn't name has a harmless default.

use serde_json::{Map, Value, json};

use crate::{Caller, World};

/// A policy to be made.
#[must_use]
pub struct PolicyBuilder<'a> {
    world: &'a World,
    product: Option<String>,
    attributes: Map<String, Value>,
}

impl<'a> PolicyBuilder<'a> {
    pub(crate) fn new(world: &'a World) -> Self {
        let mut attributes = Map::new();
        attributes.insert("name".to_owned(), "Floating".into());
        // Keys authenticate, and machines are limited only when a test says so.
        attributes.insert("authenticationStrategy".to_owned(), "MIXED".into());
        attributes.insert("floating".to_owned(), true.into());
        Self {
            world,
            product: None,
            attributes,
        }
    }

    /// Of this product, instead of a new one.
    pub fn of(mut self, product: &str) -> Self {
        self.product = Some(product.to_owned());
        self
    }

    /// With this attribute, in the spelling of the wire.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.attributes.insert(name.to_owned(), value.into());
        self
    }

    /// Makes the policy; its id.
    pub async fn create(self) -> String {
        let product = match self.product {
            Some(product) => product,
            None => self.world.product().await,
        };
        let body = json!({ "data": {
            "type": "policies",
            "attributes": self.attributes,
            "relationships": { "product": { "data": { "type": "products", "id": product } } },
        } });
        self.world
            .admin()
            .post("/policies", body)
            .await
            .expect(201)
            .id()
    }
}

/// A license to be made.
#[must_use]
pub struct LicenseBuilder<'a> {
    policy: PolicyBuilder<'a>,
    existing_policy: Option<String>,
    owner: Option<String>,
    attributes: Map<String, Value>,
}

/// A license that was made.
#[derive(Clone, Debug)]
pub struct License {
    /// The license's id.
    pub id: String,
    /// The license's key.
    pub key: String,
    /// A copy of the vendor's app, holding the key.
    pub holder: Caller,
}

impl<'a> LicenseBuilder<'a> {
    pub(crate) fn new(world: &'a World) -> Self {
        Self {
            policy: PolicyBuilder::new(world),
            existing_policy: None,
            owner: None,
            attributes: Map::new(),
        }
    }

    /// Of this policy, instead of a new one.
    pub fn of(mut self, policy: &str) -> Self {
        self.existing_policy = Some(policy.to_owned());
        self
    }

    /// Of a new policy with this attribute, in the spelling of the wire.
    pub fn policy(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.policy = self.policy.with(name, value);
        self
    }

    /// With this attribute, in the spelling of the wire.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.attributes.insert(name.to_owned(), value.into());
        self
    }

    /// With this many seats.
    pub fn max_machines(self, seats: u32) -> Self {
        self.with("maxMachines", seats)
    }

    /// Owned by this user.
    pub fn owner(mut self, user: &str) -> Self {
        self.owner = Some(user.to_owned());
        self
    }

    /// Makes the license.
    ///
    /// # Panics
    /// When the answer has no key.
    pub async fn create(self) -> License {
        let world = self.policy.world;
        let policy = match self.existing_policy {
            Some(policy) => policy,
            None => self.policy.create().await,
        };
        let mut relationships =
            json!({ "policy": { "data": { "type": "policies", "id": policy } } });
        if let Some(owner) = self.owner {
            relationships["owner"] = json!({ "data": { "type": "users", "id": owner } });
        }
        let body = json!({ "data": {
            "type": "licenses",
            "attributes": self.attributes,
            "relationships": relationships,
        } });
        let answer = world.admin().post("/licenses", body).await.expect(201);
        let key = answer
            .at("/data/attributes/key")
            .as_str()
            .expect("a key")
            .to_owned();
        License {
            id: answer.id(),
            holder: world.holder(&key),
            key,
        }
    }
}

impl License {
    /// Binds a machine with this fingerprint, holding the key.
    pub async fn activate(&self, fingerprint: &str) -> crate::Answer {
        let body = json!({ "data": {
            "type": "machines",
            "attributes": { "fingerprint": fingerprint },
            "relationships": {
                "license": { "data": { "type": "licenses", "id": self.id } }
            },
        } });
        self.holder.post("/machines", body).await
    }
}
