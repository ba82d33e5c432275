//! A vendor's tenant and its keys (private halves sealed).

use keystead_domain::AccountId;
use sea_orm::entity::prelude::*;

/// A row of `accounts`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "accounts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccountId,
    pub slug: String,
    pub name: String,
    pub protected: bool,
    pub api_version: String,
    pub legacy_signature: bool,
    pub ed25519_public: String,
    pub ed25519_private: Vec<u8>,
    pub rsa2048_public: String,
    pub rsa2048_private: Vec<u8>,
    pub ecdsa_public: String,
    pub ecdsa_private: Vec<u8>,
    pub secret: Vec<u8>,
    /// Since when it is to be destroyed: it is served no more.
    pub doomed_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
