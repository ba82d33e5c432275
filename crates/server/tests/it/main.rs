//! Keystead from the outside: the one integration binary.

mod accounts;
mod cli;
mod durability;
mod entitlements;
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
mod second_factors;
mod sessions;
mod throttles;
mod tokens;
mod transport;
mod users;
mod webhooks;
