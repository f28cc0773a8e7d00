//! Where a request comes from.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use ipnet::IpNet;

use crate::state::App;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The proxies in front of the service that are believed when they say whom they pass on. Text: addresses and networks with commas
/// between them, `10.0.0.7,10.1.0.0/16`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

/// A part of the text is neither an address nor a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither an address nor a network such as 10.1.0.0/16")]
pub struct InvalidProxy(String);

impl FromStr for TrustedProxies {
    type Err = InvalidProxy;

    fn from_str(text: &str) -> Result<Self, InvalidProxy> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(network).collect::<Result<_, _>>().map(Self)
    }
}

fn network(text: &str) -> Result<IpNet, InvalidProxy> {
    let address = || text.parse::<IpAddr>().map(IpNet::from);
    text.parse().or_else(|_| address()).map_err(|_| InvalidProxy(text.to_owned()))
}

impl TrustedProxies {
    fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address.to_canonical()))
    }

    /// Whom the proxy at `connected` passes on: of the addresses in `X-Forwarded-For`, from the last one on, the first that is no
    /// proxy's. Whatever stands before it, anybody can have written.
    fn origin(&self, connected: IpAddr, headers: &HeaderMap) -> IpAddr {
        let lines = headers.get_all(FORWARDED_FOR).iter().rev().filter_map(|line| line.to_str().ok());
        let told = lines.flat_map(|line| line.rsplit(',')).map_while(|part| part.trim().parse().ok());
        let mut last = connected;
        for address in std::iter::once(connected).chain(told) {
            last = address;
            if !self.contains(address) {
                break;
            }
        }
        last
    }
}

/// The address that the request comes from, if the listener tells it.
pub(super) struct Address(pub(super) Option<IpAddr>);

impl FromRequestParts<App> for Address {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let connected = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let connected = connected.map(|ConnectInfo(address)| address.ip());
        let proxies = app.issuer.as_ref().map(|issuer| &issuer.proxies);
        Ok(Self(connected.map(|ip| proxies.map_or(ip, |proxies| proxies.origin(ip, &parts.headers)))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(proxies: &str, connected: &str, told: &[&str]) -> String {
        let headers =
            told.iter().map(|line| (FORWARDED_FOR.parse().unwrap(), line.parse().unwrap())).collect();
        let proxies: TrustedProxies = proxies.parse().unwrap();
        proxies.origin(connected.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        assert_eq!(origin("", "192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        assert_eq!(origin("10.0.0.0/8", "192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        assert_eq!(origin("10.0.0.0/8", "10.0.0.7", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(origin("10.0.0.0/8", "::ffff:10.0.0.7", &["198.51.100.7"]), "198.51.100.7");
    }

    #[test]
    fn what_the_client_wrote_itself_is_not_believed() {
        assert_eq!(origin("10.0.0.7", "10.0.0.7", &["203.0.113.9, 198.51.100.7"]), "198.51.100.7");
        assert_eq!(
            origin("10.0.0.0/8", "10.0.0.7", &["203.0.113.9", "198.51.100.7, 10.0.0.8"]),
            "198.51.100.7"
        );
        assert_eq!(origin("10.0.0.0/8", "10.0.0.7", &["nonsense"]), "10.0.0.7");
        assert_eq!(origin("10.0.0.0/8", "10.0.0.7", &[]), "10.0.0.7");
    }

    #[test]
    fn a_text_that_names_no_network_is_refused() {
        assert!("10.0.0.7, 10.1.0.0/16,2001:db8::/32".parse::<TrustedProxies>().is_ok());
        assert!("proxy.example".parse::<TrustedProxies>().is_err());
    }
}
