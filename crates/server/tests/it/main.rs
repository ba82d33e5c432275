//! Keystead from the outside: the one integration binary.

mod accounts;
mod cli;
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
mod passwords;
mod policies;
mod products;
mod profiles;
mod quick_start;
mod sdk;
mod search;
mod second_factors;
mod tokens;
mod transport;
mod users;
mod webhooks;
