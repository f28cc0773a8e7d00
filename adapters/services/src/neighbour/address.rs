//! Where a neighbour is.

use acta_application::neighbours::Neighbour;
use url::{Host, Url};

use super::SetupError;

/// Where a neighbour is: `https://host[:port][/path]`.
#[derive(Debug, Clone)]
pub(crate) struct ServiceUrl(Url);

impl ServiceUrl {
    /// Reads the URL of `neighbour`. Without TLS it is accepted on the loopback, or where `plain` says that the network may hear it.
    pub(crate) fn parse(neighbour: Neighbour, text: &str, plain: bool) -> Result<Self, SetupError> {
        let url = Url::parse(text).map_err(|_| SetupError::Url { neighbour })?;
        if !is_of_a_service(&url) {
            return Err(SetupError::Url { neighbour });
        }
        if url.scheme() == "http" && !plain && !is_loopback(&url) {
            return Err(SetupError::Plain { neighbour });
        }
        Ok(Self(url))
    }

    /// The address of what is at `path` there, one segment each.
    pub(crate) fn join(&self, path: &[&str]) -> Url {
        let mut url = self.0.clone();
        url.path_segments_mut().expect("a URL with a host has segments").pop_if_empty().extend(path);
        url
    }
}

fn is_of_a_service(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none()
}

/// Whether what is sent there does not leave this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name.trim_matches(['[', ']']) == "localhost" || is_loopback_text(name),
        None => false,
    }
}

/// The hosts of schemes that the URL standard does not know are not parsed as addresses.
fn is_loopback_text(name: &str) -> bool {
    let address = name.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str, plain: bool) -> Result<ServiceUrl, SetupError> {
        ServiceUrl::parse(Neighbour::Profiles, text, plain)
    }

    #[test]
    fn a_path_is_put_behind_that_of_the_url_and_cannot_leave_it() {
        for base in ["https://example.org/profiles", "https://example.org/profiles/"] {
            let url = parsed(base, false).expect("a service's URL").join(&["api", "a b/../c"]);
            assert_eq!(url.as_str(), "https://example.org/profiles/api/a%20b%2F..%2Fc");
        }
        let bare = parsed("https://example.org", false).expect("a service's URL").join(&["api"]);
        assert_eq!(bare.as_str(), "https://example.org/api");
    }

    #[test]
    fn without_tls_only_the_loopback_is_spoken_to_unless_that_is_said() {
        for loopback in ["http://127.0.0.1:3001", "http://[::1]:3001", "http://localhost"] {
            assert!(parsed(loopback, false).is_ok(), "{loopback}");
        }
        for network in ["http://example.org", "http://10.0.0.1", "http://localhost.example.org"] {
            assert!(matches!(parsed(network, false), Err(SetupError::Plain { .. })), "{network}");
            assert!(parsed(network, true).is_ok(), "{network}");
        }
    }

    #[test]
    fn what_is_no_url_of_a_service_is_refused() {
        for wrong in [
            "",
            "example.org",
            "ftp://example.org",
            "https://u:p@example.org",
            "https://e.org?a",
            "https://e.org#a",
        ] {
            assert!(matches!(parsed(wrong, true), Err(SetupError::Url { .. })), "{wrong}");
        }
    }
}
