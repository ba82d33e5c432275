//! Releases: versions and their order, channels, and who may have which release (distribution
//! reference §1.3, §6).

pub mod access;
pub mod artifact;
pub mod bundle;
pub mod checksum;
pub mod draft;
pub mod processing;
pub mod semver;
pub mod upgrade;

pub use semver::Semver;

use crate::words::ReleaseChannel;

/// The channels whose releases somebody gets who asks for `channel` (distribution §1.6): a ladder
/// that starts at stable. Development builds are on no ladder.
pub fn channels_within(channel: ReleaseChannel) -> &'static [ReleaseChannel] {
    use ReleaseChannel::{Alpha, Beta, Dev, Rc, Stable};
    match channel {
        Stable => &[Stable],
        Rc => &[Stable, Rc],
        Beta => &[Stable, Rc, Beta],
        Alpha => &[Stable, Rc, Beta, Alpha],
        Dev => &[Dev],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_holds_the_more_finished_ones_but_dev_stands_alone() {
        #[rustfmt::skip]
        let table = [
            (ReleaseChannel::Stable, "stable"),
            (ReleaseChannel::Rc,     "stable rc"),
            (ReleaseChannel::Beta,   "stable rc beta"),
            (ReleaseChannel::Alpha,  "stable rc beta alpha"),
            (ReleaseChannel::Dev,    "dev"),
        ];
        for (channel, expected) in table {
            let within: Vec<_> = channels_within(channel)
                .iter()
                .map(|c| c.as_str())
                .collect();
            assert_eq!(within.join(" "), expected);
        }
    }
}
