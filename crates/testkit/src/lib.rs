//! A world for tests: the real server on a real database, with a frozen clock and counted ids.
//!
//! `KEYSTEAD_TEST_DATABASE` chooses the database: `sqlite` (the default) or `postgres`, whose
//! server is named by `KEYSTEAD_TEST_POSTGRES`. `cargo xtask test` runs both, and brings the programs
//! that tests run.

#![expect(
    clippy::disallowed_methods,
    reason = "tests read the environment, and a database's name must not repeat across processes"
)]

mod answer;
mod builders;
mod caller;
mod clock;
mod database;
mod identity_provider;
mod mail_server;
mod programs;
mod world;

pub use answer::Answer;
pub use builders::{License, LicenseBuilder, PolicyBuilder};
pub use caller::Caller;
pub use clock::TestClock;
pub use database::{MASTER_KEY, TestDatabase};
pub use identity_provider::{CLIENT_ID, CLIENT_SECRET, IdentityProvider, Lie, Realm};
pub use mail_server::{MailServer, Received};
pub use programs::python;
pub use world::{ADMIN_EMAIL, ADMIN_PASSWORD, World};
