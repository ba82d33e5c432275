//! The parts of the `keystead` binary: configuration, command line, first run, telemetry, HTTP front.
//!
//! Only this crate reads the clock, the environment and the entropy; everything below gets them
//! handed in.

mod boot;
pub mod cli;
pub mod config;
pub mod courier;
mod data_dir;
mod first_run;
mod hosts;
pub mod http;
mod mail;
mod master_key;
mod runtime;
mod server;
pub mod sso;
mod telemetry;
mod workers;

pub use boot::Overrides;
pub use first_run::FirstRun;
pub use server::{Running, Server};
