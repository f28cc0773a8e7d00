//! Why neighbours cannot be spoken to in the way that was set.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use acta_application::neighbours::Neighbour;

/// Why neighbours cannot be spoken to in the way that was set. No error holds a password.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SetupError {
    /// It is no URL of a service.
    #[error(
        "{setting} is `https://host[:port][/path]`, without user, query and fragment",
        setting = neighbour.settings()
    )]
    Url {
        /// Which neighbour's.
        neighbour: Neighbour,
    },
    /// It would be spoken to in the clear over a network.
    #[error(
        "{setting} begins with `https://`; without TLS only a loopback address is accepted, unless NEIGHBOURS_PLAIN is true",
        setting = neighbour.settings()
    )]
    Plain {
        /// Which neighbour.
        neighbour: Neighbour,
    },
    /// The name of this service cannot be sent.
    #[error("SERVICE_ID is 1 to 64 characters of `A-Z a-z 0-9 . _ -`")]
    ServiceId,
    /// A file cannot be read.
    #[error("the file {} cannot be read", .file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// Why.
        #[source]
        source: Arc<io::Error>,
    },
    /// A file of authorities cannot be used.
    #[error("the file {} has no certificates in PEM in it that can be used", .0.display())]
    Authorities(PathBuf),
    /// The certificate and the key of this service cannot be used.
    #[error("the certificate {} and the key {} cannot be used together", .certificate.display(), .key.display())]
    Identity {
        /// The file of the certificate.
        certificate: PathBuf,
        /// The file of its key.
        key: PathBuf,
        /// Why.
        #[source]
        source: Arc<reqwest::Error>,
    },
    /// A client cannot be set up.
    #[error("a client for the {neighbour} service cannot be set up")]
    Client {
        /// Which neighbour.
        neighbour: Neighbour,
        /// Why.
        #[source]
        source: Arc<reqwest::Error>,
    },
    /// It is no URL of a mail server.
    #[error("SMTP_URL is `smtps://[user:password@]host[:port]`, or `smtp://…?tls=required`")]
    MailUrl,
    /// Mail would be sent in the clear over a network.
    #[error(
        "SMTP_URL begins with `smtps://` or ends with `?tls=required`; without TLS only a loopback address is accepted, unless NEIGHBOURS_PLAIN is true"
    )]
    PlainMail,
    /// The TLS of the mail server cannot be set up.
    #[error("the TLS of the mail server cannot be set up")]
    MailTls(#[source] Arc<lettre::transport::smtp::Error>),
    /// Mail cannot come from there.
    #[error("SMTP_FROM is the address that mail comes from, such as `Assembly <assembly@example.org>`")]
    MailFrom,
}
