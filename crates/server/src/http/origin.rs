//! Which host was asked, by the client or by what a trusted proxy says of it, and where URLs begin
//! that stay there.

use std::net::IpAddr;

use keystead_api::transport::Origin;
use keystead_app::Hosts;
use poem::Request;
use poem::http::header::HOST;
use poem::http::uri::Authority;

use super::client::Proxies;

/// What proxies say of the host and the scheme that their clients asked, the nearest last.
const FORWARDED_HOST: &str = "x-forwarded-host";
const FORWARDED_PROTO: &str = "x-forwarded-proto";

/// The names that a server is asked by.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// What clients call it, without a slash at the end.
    pub public_url: String,
    /// The installation's own hosts.
    pub hosts: Hosts,
    /// Whether paths on engines' hosts begin with an account.
    pub multi_account: bool,
}

/// The host that was asked: whom a trusted proxy names, else of the request line in HTTP/2, else of
/// the header.
pub fn host(request: &Request, peer: Option<IpAddr>, proxies: &Proxies) -> String {
    if let Some(host) = forwarded(request, FORWARDED_HOST, peer, proxies) {
        return host.to_owned();
    }
    let authority = request.uri().authority().map(Authority::as_str);
    let header = request
        .headers()
        .get(HOST)
        .and_then(|host| host.to_str().ok());
    authority.or(header).unwrap_or_default().to_owned()
}

impl Names {
    /// Where URLs begin that stay on the host that was asked. Unless a trusted proxy says otherwise,
    /// the scheme is that of the public URL: TLS ends before us.
    pub fn origin(
        &self,
        request: &Request,
        host: &str,
        peer: Option<IpAddr>,
        proxies: &Proxies,
    ) -> Origin {
        // What isn't a host stands in no URL of ours.
        let asked = host.parse::<Authority>().ok();
        let asked = asked.filter(|asked| !asked.as_str().contains('@'));
        let Some(host) = asked else {
            return Origin(self.public_url.clone());
        };
        let forwarded = forwarded(request, FORWARDED_PROTO, peer, proxies);
        let secure = self.public_url.starts_with("https://");
        let scheme = match forwarded {
            Some(scheme @ ("http" | "https")) => scheme,
            _ if secure => "https",
            _ => "http",
        };
        Origin(format!("{scheme}://{host}"))
    }
}

/// What a trusted proxy says in a header.
fn forwarded<'a>(
    request: &'a Request,
    name: &str,
    peer: Option<IpAddr>,
    proxies: &Proxies,
) -> Option<&'a str> {
    let trusted = peer.is_some_and(|peer| proxies.trust(peer.to_canonical()));
    let line = request.headers().get_all(name).into_iter().next_back();
    let line = line.filter(|_| trusted)?.to_str().ok()?;
    let nearest = line.rsplit(',').next().unwrap_or(line).trim();
    (!nearest.is_empty()).then_some(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_stay_on_the_host_that_was_asked() {
        const HTTPS: &str = "https://api.example.com";
        const HTTP: &str = "http://127.0.0.1:6480";
        #[rustfmt::skip]
        let table = [
            // public URL, host,           from a proxy, forwarded host and scheme,  origin
            (HTTPS, "api.example.com",     false, None,                              "https://api.example.com"),
            (HTTPS, "pypi.pkg.example.com:8443", false, None,                        "https://pypi.pkg.example.com:8443"),
            (HTTP,  "127.0.0.1:6480",      false, None,                              "http://127.0.0.1:6480"),
            (HTTP,  "127.0.0.1:6480",      true,  Some(("pkg.example.com", "https")), "https://pkg.example.com"),
            (HTTP,  "127.0.0.1:6480",      true,  Some(("evil, pkg.example.com", "evil, https")), "https://pkg.example.com"),
            (HTTPS, "127.0.0.1:6480",      true,  Some(("pkg.example.com", "odd")),  "https://pkg.example.com"),
            (HTTPS, "api.example.com",     false, Some(("evil.example.net", "http")), "https://api.example.com"),
            (HTTPS, "evil/<script>",       false, None,                              HTTPS),
            (HTTPS, "user@evil",           false, None,                              HTTPS),
            (HTTPS, "",                    false, None,                              HTTPS),
        ];
        let proxies = Proxies(vec!["10.0.0.0/8".parse().unwrap()]);
        for (public_url, asked, from_proxy, said, expected) in table {
            let mut request = Request::builder().header(HOST, asked);
            if let Some((host, scheme)) = said {
                request = request
                    .header(FORWARDED_HOST, host)
                    .header(FORWARDED_PROTO, scheme);
            }
            let request = request.finish();
            let peer = match from_proxy {
                true => "10.0.0.1",
                false => "203.0.113.9",
            };
            let peer = Some(peer.parse().unwrap());
            let names = Names {
                public_url: public_url.to_owned(),
                ..Names::default()
            };

            let host = host(&request, peer, &proxies);
            let origin = names.origin(&request, &host, peer, &proxies);

            assert_eq!(origin.0, expected, "{asked} {said:?}");
        }
    }
}
