//! Webhook events: what is on its way to receivers, and what became of it.

pub mod delete;
pub mod list;
pub mod retry;
pub mod show;

pub use delete::delete;
pub use list::list;
pub use retry::retry;
pub use show::show;
