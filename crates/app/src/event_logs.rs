//! The event log: who did what, and when. Reading it leaves no trace.

mod list;
mod show;

pub use list::list;
pub use show::show;
