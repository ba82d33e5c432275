//! Machines: what is wrong with what a client says of one (machines reference §1.2, §1.3).

use crate::range::{MAX_32, MAX_64, Number, Text};
use crate::refusal::{Code, Problem};

/// What is wrong with a machine's or component's fingerprint.
///
/// The database decides whether it is taken, or conflicts with a machine's id.
pub fn check_fingerprint(fingerprint: &str) -> Vec<Problem> {
    let text = Text {
        name: "fingerprint",
        value: fingerprint,
    };
    [
        text.at_most(4096, Code::FingerprintTooLong),
        text.unreserved(Code::FingerprintNotAllowed),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What is wrong with a process's id, which is any text that tells it from the machine's others.
///
/// The database decides whether it is taken.
pub fn check_pid(pid: &str) -> Vec<Problem> {
    let text = Text {
        name: "pid",
        value: pid,
    };
    [
        text.at_most(4096, Code::PidTooLong),
        text.unreserved(Code::PidNotAllowed),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What a client says of a machine, save its fingerprint. What isn't said is fine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Description<'a> {
    /// Its name.
    pub name: Option<&'a str>,
    /// Its address.
    pub ip: Option<&'a str>,
    /// Its name in the network.
    pub hostname: Option<&'a str>,
    /// What it runs.
    pub platform: Option<&'a str>,
    /// Its cores.
    pub cores: Option<i64>,
    /// Its memory, in bytes.
    pub memory: Option<i64>,
    /// Its disk, in bytes.
    pub disk: Option<i64>,
}

impl Description<'_> {
    /// What is wrong with it.
    pub fn check(&self) -> Vec<Problem> {
        let text = |name, value: Option<&str>, code| {
            value.and_then(|value| Text { name, value }.at_most(255, code))
        };
        let number = |name, value, code| Number { name, value, code };
        let cores = number("cores", self.cores, Code::CoresInvalid);
        let memory = number("memory", self.memory, Code::MemoryInvalid);
        let disk = number("disk", self.disk, Code::DiskInvalid);
        [
            text("name", self.name, Code::NameTooLong),
            text("ip", self.ip, Code::IpTooLong),
            text("hostname", self.hostname, Code::HostnameTooLong),
            text("platform", self.platform, Code::PlatformTooLong),
            cores.at_least(1),
            cores.at_most(MAX_32),
            memory.at_least(1),
            memory.at_most(MAX_64),
            disk.at_least(1),
            disk.at_most(MAX_64),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(problems: &[Problem]) -> Vec<(&str, &str)> {
        problems
            .iter()
            .map(|problem| (problem.code.unwrap().as_str(), problem.detail.as_ref()))
            .collect()
    }

    #[test]
    fn fingerprints_are_anything_but_reserved_or_endless() {
        assert_eq!(check_fingerprint("4d:Eq:UV:D3:XZ"), []);
        assert_eq!(
            check_fingerprint("5f6c1a52-6f5e-4a0c-9d4e-2f1f7a0f3b11"),
            []
        );
        assert_eq!(check_fingerprint(&"é".repeat(4096)), []);
        assert_eq!(
            told(&check_fingerprint(&"x".repeat(4097))),
            [(
                "FINGERPRINT_TOO_LONG",
                "is too long (maximum is 4096 characters)"
            )]
        );
        assert_eq!(
            told(&check_fingerprint("actions")),
            [("FINGERPRINT_NOT_ALLOWED", "is reserved")]
        );
    }

    #[test]
    fn descriptions_have_their_bounds() {
        let long = "x".repeat(256);
        let longest = &long[..255];
        let fine = Description {
            name: Some(longest),
            ip: Some(longest),
            hostname: Some(""),
            platform: None,
            cores: Some(MAX_32),
            memory: Some(i64::MAX),
            disk: Some(1),
        };
        let broken = Description {
            name: Some(&long),
            ip: Some(&long),
            hostname: Some(&long),
            platform: Some(&long),
            cores: Some(0),
            memory: Some(-1),
            disk: Some(0),
        };
        let too_long = "is too long (maximum is 255 characters)";
        let too_small = "must be greater than or equal to 1";

        assert_eq!(fine.check(), []);
        assert_eq!(Description::default().check(), []);
        assert_eq!(
            told(&broken.check()),
            [
                ("NAME_TOO_LONG", too_long),
                ("IP_TOO_LONG", too_long),
                ("HOSTNAME_TOO_LONG", too_long),
                ("PLATFORM_TOO_LONG", too_long),
                ("CORES_INVALID", too_small),
                ("MEMORY_INVALID", too_small),
                ("DISK_INVALID", too_small),
            ]
        );
        let many = Description {
            cores: Some(MAX_32 + 1),
            ..Description::default()
        };
        assert_eq!(
            told(&many.check()),
            [("CORES_INVALID", "must be less than or equal to 2147483647")]
        );
    }
}
