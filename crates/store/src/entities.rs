//! The rows, one file per table.

pub mod account;
pub mod entitlement;
pub mod environment;
pub mod event;
pub mod group;
pub mod heartbeat;
pub mod key;
pub mod license;
pub mod license_entitlement;
pub mod license_user;
pub mod machine;
pub mod policy;
pub mod policy_entitlement;
pub mod product;
pub mod token;
pub mod user;

pub use account::Model as Account;
pub use entitlement::Model as Entitlement;
pub use environment::Model as Environment;
pub use event::Model as Event;
pub use group::Model as Group;
pub use heartbeat::Model as Heartbeat;
pub use key::Model as Key;
pub use license::Model as License;
pub use license_entitlement::Model as LicenseEntitlement;
pub use machine::Model as Machine;
pub use policy::Model as Policy;
pub use policy_entitlement::Model as PolicyEntitlement;
pub use product::Model as Product;
pub use token::Model as Token;
pub use user::Model as User;
