//! Keystead from the outside: the one integration binary.

mod accounts;
mod cli;
mod components;
mod durability;
mod entitlements;
mod environments;
mod groups;
mod heartbeats;
mod keys;
mod licenses;
mod logs;
mod machines;
mod operations;
mod plans;
mod policies;
mod processes;
mod products;
mod profiles;
mod quick_start;
mod releases;
mod sdk;
mod search;
mod tokens;
mod transport;
mod users;
mod webhooks;
