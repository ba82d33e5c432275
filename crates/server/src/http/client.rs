//! Who sent a request: the other end of the connection, or whom a trusted proxy names.

use std::net::IpAddr;

use ipnet::IpNet;
use poem::http::HeaderMap;

/// What proxies say of the clients before them, nearest last.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Networks whose word about clients is believed.
#[derive(Clone, Debug, Default)]
pub struct Proxies(pub Vec<IpNet>);

impl Proxies {
    /// Whether a proxy at this address, as IPv4 where it can be, is believed.
    pub fn trust(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// The client's address.
///
/// From the nearest to the farthest, an address that a trusted proxy names is believed, until one
/// is no trusted proxy itself: what stands before that is the client's own tale.
pub fn address(peer: IpAddr, headers: &HeaderMap, proxies: &Proxies) -> IpAddr {
    let mut nearest = peer.to_canonical();
    if !proxies.trust(nearest) {
        return nearest;
    }
    let lines: Vec<&str> = headers
        .get_all(FORWARDED_FOR)
        .into_iter()
        .filter_map(|line| line.to_str().ok())
        .collect();
    let named = lines.iter().rev().flat_map(|line| line.rsplit(','));
    for text in named {
        let Some(address) = parse(text.trim()) else {
            return nearest;
        };
        nearest = address;
        if !proxies.trust(nearest) {
            return nearest;
        }
    }
    nearest
}

/// An address, perhaps with a port, as some proxies write it.
fn parse(text: &str) -> Option<IpAddr> {
    let address: Option<IpAddr> = text.parse().ok();
    let with_port = || text.parse::<std::net::SocketAddr>().ok().map(|at| at.ip());
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let found = address.or_else(with_port).or_else(bracketed);
    found.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use poem::http::HeaderValue;

    use super::*;

    #[test]
    fn only_trusted_proxies_are_believed() {
        const NONE: &[&str] = &[];
        const ONE: &[&str] = &["10.0.0.0/8"];
        const TWO: &[&str] = &["10.0.0.0/8", "192.0.2.7/32", "2001:db8::/32"];
        #[rustfmt::skip]
        let table: [(&[&str], &str, &[&str], &str); 13] = [
            // trusted, peer,         X-Forwarded-For,                        client
            (NONE, "10.0.0.1",        &["203.0.113.9"],                       "10.0.0.1"),
            (ONE,  "198.51.100.1",    &["203.0.113.9"],                       "198.51.100.1"),
            (ONE,  "10.0.0.1",        &[],                                    "10.0.0.1"),
            (ONE,  "10.0.0.1",        &["203.0.113.9"],                       "203.0.113.9"),
            (ONE,  "10.0.0.1",        &["1.1.1.1, 203.0.113.9"],              "203.0.113.9"),
            (ONE,  "10.0.0.1",        &["1.1.1.1", "203.0.113.9"],            "203.0.113.9"),
            (ONE,  "10.0.0.1",        &["203.0.113.9, 10.9.9.9"],             "203.0.113.9"),
            (ONE,  "10.0.0.1",        &["203.0.113.9, 192.0.2.7"],            "192.0.2.7"),
            (TWO,  "10.0.0.1",        &["203.0.113.9, 192.0.2.7"],            "203.0.113.9"),
            (ONE,  "10.0.0.1",        &["203.0.113.9, nonsense"],             "10.0.0.1"),
            (ONE,  "::ffff:10.0.0.1", &["203.0.113.9:4711"],                  "203.0.113.9"),
            (TWO,  "2001:db8::1",     &["[2001:dba::5]:80"],                  "2001:dba::5"),
            (ONE,  "10.0.0.1",        &["10.0.0.3, 10.0.0.2"],                "10.0.0.3"),
        ];
        for (trusted, peer, lines, client) in table {
            let trusted = Proxies(trusted.iter().map(|net| net.parse().unwrap()).collect());
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(FORWARDED_FOR, HeaderValue::from_static(line));
            }
            let found = address(peer.parse().unwrap(), &headers, &trusted);
            assert_eq!(found.to_string(), client, "{peer} {lines:?}");
        }
    }
}
