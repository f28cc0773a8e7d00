//! Comparing `htu` with the address of a request.

use std::fmt::Write as _;
use std::str::FromStr;

use url::Url;

/// Where the service is reached, `https://acta.example` or `https://example.org/acta`; proofs are made for addresses below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// `https://acta.example`, without the scheme's own port.
    host: String,
    /// The path before those of the service, without a slash at the end.
    path: String,
}

/// The text is no URL that a service is reached at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an origin is a URL with http or https, without user, query and fragment")]
pub struct InvalidOrigin;

impl FromStr for Origin {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        if text.contains(['?', '#']) {
            return Err(InvalidOrigin);
        }
        let Address { host, path } = Address::parse(text).ok_or(InvalidOrigin)?;
        Ok(Self { host, path: path.trim_end_matches('/').to_owned() })
    }
}

impl Origin {
    /// Whether `htu` is the address of `path` here, after syntax and scheme-based normalisation (RFC 3986 §6.2.2, §6.2.3;
    /// RFC 9449 §4.3 check 9): scheme and host in any case, the default port, needless percent-encoding and dot segments do not
    /// matter, query and fragment are ignored, all else does.
    pub(super) fn is_address_of(&self, path: &str, htu: &Address) -> bool {
        self.host == htu.host
            && htu
                .path
                .strip_prefix(&self.path)
                .is_some_and(|rest| normalised_path(path).is_some_and(|path| rest == path))
    }
}

/// An address, normalised.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address {
    host: String,
    path: String,
}

impl Address {
    /// Reads an absolute http URL; nothing if it is another, or has characters that no URI has (RFC 3986 §2).
    pub(super) fn parse(text: &str) -> Option<Self> {
        if !text.bytes().all(is_of_uris) {
            return None;
        }
        let url = Url::parse(text).ok()?;
        let named = url.username().is_empty() && url.password().is_none();
        if !named || !matches!(url.scheme(), "http" | "https") || !has_authority(text, url.scheme()) {
            return None;
        }
        Some(Self { host: url.origin().ascii_serialization(), path: decoded_where_needless(url.path())? })
    }
}

/// `http:path` and `http:/path` are no addresses, though browsers take them for some.
fn has_authority(text: &str, scheme: &str) -> bool {
    text.get(scheme.len()..).is_some_and(|rest| rest.starts_with("://") && !rest.starts_with(":///"))
}

/// The path of a request, normalised as that of an address is.
fn normalised_path(path: &str) -> Option<String> {
    Some(Address::parse(&format!("http://localhost{path}"))?.path)
}

/// Unreserved, reserved, and `%`.
fn is_of_uris(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte)
}

const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// Percent-encoding in upper case, and none where none is needed (RFC 3986 §6.2.2.1, §6.2.2.2).
fn decoded_where_needless(path: &str) -> Option<String> {
    if !path.contains('%') {
        return Some(path.to_owned());
    }
    let mut parts = path.split('%');
    let mut normal = parts.next()?.to_owned();
    for part in parts {
        let byte = u8::from_str_radix(part.get(..2).filter(|hex| !hex.starts_with('+'))?, 16).ok()?;
        if is_unreserved(byte) {
            normal.push(char::from(byte));
        } else {
            write!(normal, "%{byte:02X}").ok()?;
        }
        normal.push_str(&part[2..]);
    }
    Some(normal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(origin: &str, path: &str, htu: &str) -> bool {
        let origin: Origin = origin.parse().unwrap();
        Address::parse(htu).is_some_and(|htu| origin.is_address_of(path, &htu))
    }

    #[test]
    fn an_address_has_several_texts() {
        for htu in [
            "https://acta.example/a/b",
            "HTTPS://Acta.EXAMPLE/a/b",
            "https://acta.example:443/a/b",
            "https://acta.example/a/b?c=d",
            "https://acta.example/a/b#e",
            "https://acta.example/%61/b",
            "https://acta.example/x/../a/./b",
        ] {
            assert!(same("https://acta.example", "/a/b", htu), "{htu}");
        }
    }

    #[test]
    fn another_address_is_another() {
        for htu in [
            "http://acta.example/a/b",
            "https://acta.example:8443/a/b",
            "https://other.example/a/b",
            "https://acta.example.other.example/a/b",
            "https://acta.example/A/b",
            "https://acta.example/a/b/",
            "https://acta.example//a/b",
            "https://acta.example/a%2Fb",
            "https://acta.example/a",
            "https://user@acta.example/a/b",
            "https:acta.example/a/b",
            "https:///acta.example/a/b",
            "https:\\\\acta.example/a/b",
            " https://acta.example/a/b",
            "https://acta.example/a/b\n",
            "https://acta.example/a\\b",
            "https://acta.example/%6/b",
            "/a/b",
            "",
        ] {
            assert!(!same("https://acta.example", "/a/b", htu), "{htu}");
        }
    }

    #[test]
    fn a_service_may_live_below_a_path() {
        assert!(same("https://example.org/acta/", "/a", "https://example.org/acta/a"));
        assert!(!same("https://example.org/acta", "/a", "https://example.org/a"));
        assert!(!same("https://example.org/acta", "/a", "https://example.org/actaa"));
    }

    #[test]
    fn percent_encoding_counts_where_it_is_needed() {
        assert!(same("http://[::1]:80", "/a%2fb%7e", "http://[::1]/a%2Fb~"));
        assert!(!same("http://127.0.0.1:8080", "/a%2fb", "http://127.0.0.1:8080/a/b"));
    }
}
