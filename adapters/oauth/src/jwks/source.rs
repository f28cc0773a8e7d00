//! Where the keys of an issuer are.

use std::net::IpAddr;

use url::{Host, Url};

/// Where the keys of an issuer are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeysFrom {
    /// At this address, a JWK set (RFC 7517 §5).
    Url(Url),
    /// Where its metadata says (RFC 8414, OIDC Discovery 1.0 §4).
    Metadata,
}

/// Whether keys may be fetched from `url`: by https, or from this machine.
pub(crate) fn may_be_fetched(url: &Url) -> bool {
    match url.scheme() {
        "https" => true,
        "http" => is_this_machine(url),
        _ => false,
    }
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

/// Where the metadata of `issuer` may be, best first: between host and path (RFC 8414 §3.1), or after the path (OIDC Discovery 1.0 §4.1).
pub(super) fn metadata_addresses(issuer: &Url) -> [Url; 2] {
    let path = issuer.path().trim_end_matches('/').to_owned();
    let at = |path: String| {
        let mut url = issuer.clone();
        url.set_path(&path);
        url.set_query(None);
        url.set_fragment(None);
        url
    };
    [
        at(format!("/.well-known/oauth-authorization-server{path}")),
        at(format!("{path}/.well-known/openid-configuration")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_by_https_or_from_this_machine() {
        for url in ["https://a.example/k", "http://localhost:1/k", "http://127.0.0.1/k", "http://[::1]/k"] {
            assert!(may_be_fetched(&url.parse().unwrap()), "{url}");
        }
        for url in ["http://a.example/k", "http://localhost.a.example/k", "http://10.0.0.1/k", "file:///k"] {
            assert!(!may_be_fetched(&url.parse().unwrap()), "{url}");
        }
    }

    #[test]
    fn metadata_is_looked_for_in_two_places() {
        let addresses = |issuer: &str| metadata_addresses(&issuer.parse().unwrap()).map(String::from);
        assert_eq!(
            addresses("https://a.example"),
            [
                "https://a.example/.well-known/oauth-authorization-server",
                "https://a.example/.well-known/openid-configuration"
            ]
        );
        assert_eq!(
            addresses("https://a.example/realms/one/"),
            [
                "https://a.example/.well-known/oauth-authorization-server/realms/one",
                "https://a.example/realms/one/.well-known/openid-configuration"
            ]
        );
    }
}
