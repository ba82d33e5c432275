//! Machines: devices bound to a license, and how their hearts are heard.

pub mod activate;
pub mod bind;
pub mod check_out;
pub mod deactivate;
mod fit;
pub mod list;
mod parts;
pub mod ping;
pub mod prove;
pub mod related;
pub mod reset;
pub mod show;
pub mod update;

pub use activate::{Draft, activate};
pub use bind::{Ownable, change_group, change_owner, ownable};
pub use check_out::check_out;
pub use deactivate::deactivate;
pub use list::{list, list_of_license};
pub use parts::Part;
pub use ping::ping;
pub use prove::{Provable, provable, prove};
pub use related::{group, license, license_owner, owner, product};
pub use reset::reset;
pub use show::show;
pub use update::{Change, Changeable, changeable, update};

use keystead_domain::heartbeat::Heart;
use keystead_domain::words::HeartbeatStatus;
use keystead_store::machines::Loaded;

use crate::Cx;

/// A machine as it is at the instant of the request.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// The machine, with its stored heart and its terms.
    pub loaded: Loaded,
    /// What is known of its heart, what an amnesty excuses included.
    pub heart: Heart,
    /// What its heart is doing.
    pub status: HeartbeatStatus,
}

impl View {
    pub(crate) fn of(cx: &Cx, loaded: Loaded) -> Self {
        let heart = cx.hearts.excuse(loaded.heart());
        Self {
            status: heart.status(cx.now),
            heart,
            loaded,
        }
    }
}

/// The type of machines in the event log.
const NOUN: &str = "machines";
