//! Keystead from the outside: the one integration binary.

mod cli;
mod licenses;
