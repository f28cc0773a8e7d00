//! Where the mail server is, and how it is spoken to.

use std::sync::Arc;

use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, Tokio1Executor};
use url::Url;

use crate::neighbour::{NeighbourOptions, SetupError, is_loopback};

/// How a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encryption {
    /// From the first byte (`smtps://`).
    Always,
    /// After STARTTLS, without which nothing is sent (`?tls=required`).
    Required,
    /// Not, or only if the server offers it.
    Perhaps,
}

/// The server at `url`: `smtps://[user:password@]host[:port]`, or `smtp://…?tls=required`.
pub(super) fn at(
    url: &str,
    options: &NeighbourOptions,
) -> Result<AsyncSmtpTransport<Tokio1Executor>, SetupError> {
    let parsed = Url::parse(url).map_err(|_| SetupError::MailUrl)?;
    let encryption = encryption(&parsed).ok_or(SetupError::MailUrl)?;
    if encryption == Encryption::Perhaps && !options.plain && !is_loopback(&parsed) {
        return Err(SetupError::PlainMail);
    }
    let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| SetupError::MailUrl)?;
    let Some(authorities) = options.authorities() else { return Ok(server.build()) };
    let host = parsed.host_str().ok_or(SetupError::MailUrl)?;
    let trusting = |tls: fn(TlsParameters) -> Tls| trusting(host, authorities).map(tls);
    Ok(match encryption {
        Encryption::Always => server.tls(trusting(Tls::Wrapper)?).build(),
        Encryption::Required => server.tls(trusting(Tls::Required)?).build(),
        Encryption::Perhaps => server.build(),
    })
}

fn encryption(url: &Url) -> Option<Encryption> {
    let tls = url.query_pairs().find(|(name, _)| name == "tls");
    match (url.scheme(), tls.as_ref().map(|(_, value)| &**value)) {
        ("smtps", None) => Some(Encryption::Always),
        ("smtp", Some("required")) => Some(Encryption::Required),
        ("smtp", None | Some("opportunistic")) => Some(Encryption::Perhaps),
        _ => None,
    }
}

/// TLS that trusts only the authorities in `pem`.
fn trusting(host: &str, pem: &[u8]) -> Result<TlsParameters, SetupError> {
    let refused = |error| SetupError::MailTls(Arc::new(error));
    let authorities = Certificate::from_pem(pem).map_err(refused)?;
    TlsParameters::builder(host.to_owned())
        .certificate_store(CertificateStore::None)
        .add_root_certificate(authorities)
        .build()
        .map_err(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> NeighbourOptions {
        NeighbourOptions::new("acta").expect("a service's name")
    }

    #[test]
    fn mail_leaves_this_machine_encrypted_unless_that_is_said() {
        for good in [
            "smtps://user:pass@mail.example.org",
            "smtp://mail.example.org?tls=required",
            "smtp://127.0.0.1:2525",
            "smtp://[::1]:2525",
            "smtp://localhost",
        ] {
            assert!(at(good, &options()).is_ok(), "{good}");
        }
        for plain in ["smtp://mail.example.org", "smtp://10.0.0.1:25", "smtp://e.org?tls=opportunistic"] {
            assert!(matches!(at(plain, &options()), Err(SetupError::PlainMail)), "{plain}");
            assert!(at(plain, &options().plain(true)).is_ok(), "{plain}");
        }
    }

    #[test]
    fn what_is_no_mail_server_is_refused() {
        for wrong in
            ["", "mail.example.org", "https://mail.example.org", "smtp://e.org?tls=maybe", "smtps://"]
        {
            assert!(matches!(at(wrong, &options()), Err(SetupError::MailUrl)), "{wrong}");
        }
    }
}
