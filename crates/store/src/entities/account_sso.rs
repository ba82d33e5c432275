//! How an account's users sign on, and its own identity provider if it has one, the client secret sealed.

use keystead_domain::{AccountId, SsoId};
use sea_orm::entity::prelude::*;

/// A row of `account_sso`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "account_sso")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SsoId,
    pub account_id: AccountId,
    pub organization: String,
    /// Its own provider; the installation's when absent.
    pub issuer: Option<String>,
    pub client_id: Option<String>,
    pub client_secret: Option<Vec<u8>>,
    pub domains: Json,
    pub session_duration: Option<i64>,
    pub jit_provisioning: bool,
    pub external_authn: bool,
    pub sync_roles: bool,
    pub idp_initiated: bool,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
