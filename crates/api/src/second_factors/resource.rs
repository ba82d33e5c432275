//! A second factor as it is answered (identity reference §12).

use keystead_app::second_factors::Shown;
use keystead_store::entities::SecondFactor;
use poem_openapi::Object;
use serde::Serialize;

use crate::document::{AccountLink, EnvironmentLink, Link, Place, Rendered, Resource, ToOne};
use crate::fields::Time;
use crate::input::Nothing;
use crate::nouns::{SecondFactors, Users};

/// A second factor's attributes.
#[derive(Object, Serialize)]
pub struct SecondFactorAttributes {
    /// What a QR code tells an authenticator app; until the factor is enabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<String>,
    /// What the app makes codes from, in base32; until the factor is enabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    /// Whether logins ask for its codes.
    enabled: bool,
    /// When the factor was made.
    created: Time,
    /// When the factor was last changed.
    updated: Time,
}

/// A second factor's relationships.
#[derive(Object, Serialize)]
pub struct SecondFactorRelationships {
    /// The account.
    account: AccountLink,
    /// The environment; global when null.
    environment: EnvironmentLink,
    /// The user.
    user: ToOne<Users>,
}

impl Rendered for SecondFactors {
    const NAME: &'static str = "SecondFactor";
    type Attributes = SecondFactorAttributes;
    type Relationships = SecondFactorRelationships;
    type Meta = Nothing;
}

/// A second factor as webhooks are told of it: never what codes are made from.
pub fn told(factor: SecondFactor) -> Resource<SecondFactors> {
    resource(Shown {
        factor,
        setup: None,
    })
}

/// A second factor as it is answered.
pub fn resource(shown: Shown) -> Resource<SecondFactors> {
    let Shown { factor, setup } = shown;
    let place = Place::of::<SecondFactors>(factor.account_id, factor.id);
    let user = Place::of::<Users>(factor.account_id, factor.user_id);
    let (uri, secret) = setup
        .map(|setup| (setup.uri.into_exposed(), setup.secret.into_exposed()))
        .unzip();
    let attributes = SecondFactorAttributes {
        uri,
        secret,
        enabled: factor.enabled,
        created: Time(factor.created_at),
        updated: Time(factor.updated_at),
    };
    let relationships = SecondFactorRelationships {
        account: place.account_link(),
        environment: place.environment_link(factor.environment_id),
        user: Place::to_one_at(user),
    };
    let link = Link::Below {
        place: user,
        name: "second-factors",
    };
    Resource {
        link,
        ..Resource::new(place, attributes, relationships)
    }
}
