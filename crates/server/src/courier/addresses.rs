//! Which addresses are on the public internet, and nobody's own.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Networks that no webhook is sent to, as (address, bits): this host, private and link-local
/// networks (cloud metadata among them), carriers' shared space, tests, multicast, reserved.
#[rustfmt::skip]
const CLOSED_V4: &[(Ipv4Addr, u32)] = &[
    (Ipv4Addr::new(0,   0,   0,   0),   8),
    (Ipv4Addr::new(10,  0,   0,   0),   8),
    (Ipv4Addr::new(100, 64,  0,   0),   10),
    (Ipv4Addr::new(127, 0,   0,   0),   8),
    (Ipv4Addr::new(169, 254, 0,   0),   16),
    (Ipv4Addr::new(172, 16,  0,   0),   12),
    (Ipv4Addr::new(192, 0,   0,   0),   24),
    (Ipv4Addr::new(192, 0,   2,   0),   24),
    (Ipv4Addr::new(192, 88,  99,  0),   24),
    (Ipv4Addr::new(192, 168, 0,   0),   16),
    (Ipv4Addr::new(198, 18,  0,   0),   15),
    (Ipv4Addr::new(198, 51,  100, 0),   24),
    (Ipv4Addr::new(203, 0,   113, 0),   24),
    (Ipv4Addr::new(224, 0,   0,   0),   4),
    (Ipv4Addr::new(240, 0,   0,   0),   4),
];

/// Whether an address is on the public internet.
pub fn public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => public_v4(address),
        IpAddr::V6(address) => public_v6(address),
    }
}

fn public_v4(address: Ipv4Addr) -> bool {
    let bits = u32::from(address);
    CLOSED_V4.iter().all(|(network, length)| {
        let mask = u32::MAX << (32 - length);
        bits & mask != u32::from(*network)
    })
}

/// Only global unicast (`2000::/3`), without what is set aside in it, and without what carries an
/// IPv4 address that is closed.
fn public_v6(address: Ipv6Addr) -> bool {
    if let Some(v4) = address.to_ipv4_mapped() {
        return public_v4(v4);
    }
    let [a, b, c, ..] = address.segments();
    let global = a & 0xe000 == 0x2000;
    let documentation = (a == 0x2001 && b == 0x0db8) || (a == 0x3fff && b < 0x1000);
    // Teredo, benchmarking, ORCHID: `2001::/23`.
    let protocols = a == 0x2001 && b < 0x0200;
    let relayed = a == 0x2002 && {
        let [high, low] = [b, c].map(u16::to_be_bytes);
        !public_v4(Ipv4Addr::new(high[0], high[1], low[0], low[1]))
    };
    global && !documentation && !protocols && !relayed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_public_is_not_called() {
        #[rustfmt::skip]
        let closed = [
            "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.8.8.8",
            "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.170", "192.168.1.1",
            "198.18.0.1", "203.0.113.9", "224.0.0.1", "255.255.255.255",
            "::", "::1", "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1", "::ffff:10.0.0.1",
            "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a00:1", "2001:db8::1",
            "2001::1", "2002:7f00:1::", "2002:a9fe:a9fe::", "::127.0.0.1", "fd00:ec2::254",
        ];
        for address in closed {
            assert!(!public(address.parse().unwrap()), "{address}");
        }
        let open = [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.1",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.169.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450::1",
            "::ffff:1.1.1.1",
            "2002:101:101::",
        ];
        for address in open {
            assert!(public(address.parse().unwrap()), "{address}");
        }
    }
}
