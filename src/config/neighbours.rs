//! The services beside this one.

use std::convert::Infallible;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use acta_application::neighbours::Neighbour;
use acta_services::{NeighbourOptions, SetupError};
use clap::{ArgAction, Args};
use zeroize::Zeroizing;

/// Where the services beside this one are. What needs one that is not set says so.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Neighbouring services")]
pub(crate) struct NeighbourArgs {
    /// The identity service, which checks tokens, biometric samples and codes, by its URL
    #[arg(long, value_name = "URL", env = "IDENTITY_SERVICE_URL")]
    identity_service_url: Option<String>,

    /// The governance service, which is told when sessions of its assemblies begin and end
    #[arg(long, value_name = "URL", env = "GOVERNANCE_SERVICE_URL")]
    governance_service_url: Option<String>,

    /// The tenancy service, which says whether tenants are active, and how much they may have
    #[arg(long, value_name = "URL", env = "TENANCY_SERVICE_URL")]
    tenancy_service_url: Option<String>,

    /// The user profiles service, which says who may attend
    #[arg(long, value_name = "URL", env = "USER_PROFILES_SERVICE_URL")]
    user_profiles_service_url: Option<String>,

    /// The notifications service, which brings codes by SMS and e-mail
    #[arg(long, value_name = "URL", env = "NOTIFICATIONS_SERVICE_URL")]
    notifications_service_url: Option<String>,

    /// The compliance service, which says how long what is kept
    #[arg(long, value_name = "URL", env = "COMPLIANCE_SERVICE_URL")]
    compliance_service_url: Option<String>,

    /// Who this service says that it is to its neighbours
    #[arg(long, value_name = "NAME", env = "SERVICE_ID", default_value = "acta")]
    service_id: String,

    /// A file of certificates (PEM) that those of neighbours and of the mail server are checked with, instead of the usual ones
    #[arg(long, value_name = "FILE", env = "NEIGHBOURS_CA")]
    neighbours_ca: Option<PathBuf>,

    /// The certificate (PEM, with its chain) that this service shows to neighbours, for mutual TLS
    #[arg(long, value_name = "FILE", env = "NEIGHBOURS_CERT", requires = "neighbours_key")]
    neighbours_cert: Option<PathBuf>,

    /// Its private key (PEM)
    #[arg(long, value_name = "FILE", env = "NEIGHBOURS_KEY", requires = "neighbours_cert")]
    neighbours_key: Option<PathBuf>,

    /// Whether neighbours may be spoken to without TLS beyond this machine
    #[arg(long, value_name = "BOOL", env = "NEIGHBOURS_PLAIN", default_value_t = false, action = ArgAction::Set)]
    neighbours_plain: bool,

    /// The mail server that brings codes by e-mail where there is no notifications service: `smtps://user:password@host`, or `smtp://…?tls=required`
    #[arg(long, value_name = "URL", env = "SMTP_URL", hide_env_values = true, requires = "smtp_from")]
    smtp_url: Option<Secret>,

    /// The address that mail comes from
    #[arg(long, value_name = "ADDRESS", env = "SMTP_FROM")]
    smtp_from: Option<String>,

    /// Whether codes are printed on standard output where nothing brings them to people; for trying things out
    #[arg(long, value_name = "BOOL", env = "CODES_SHOWN", default_value_t = false, action = ArgAction::Set)]
    codes_shown: bool,
}

/// A text with a password in it.
#[derive(Clone)]
struct Secret(Zeroizing<String>);

impl FromStr for Secret {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(Zeroizing::new(text.to_owned())))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What brings codes to people.
pub(crate) enum Codes<'a> {
    /// The notifications service at this URL.
    Notifications(&'a str),
    /// A mail server.
    Mail {
        /// Where it is.
        url: &'a str,
        /// Where mail comes from.
        from: &'a str,
    },
    /// Whoever started the service reads them.
    Shown,
}

impl NeighbourArgs {
    /// No neighbours.
    pub(crate) fn none() -> Self {
        Self {
            identity_service_url: None,
            governance_service_url: None,
            tenancy_service_url: None,
            user_profiles_service_url: None,
            notifications_service_url: None,
            compliance_service_url: None,
            service_id: "acta".to_owned(),
            neighbours_ca: None,
            neighbours_cert: None,
            neighbours_key: None,
            neighbours_plain: false,
            smtp_url: None,
            smtp_from: None,
            codes_shown: false,
        }
    }

    /// How neighbours are spoken to.
    pub(crate) fn options(&self) -> Result<NeighbourOptions, SetupError> {
        let mut options = NeighbourOptions::new(&self.service_id)?.plain(self.neighbours_plain);
        if let Some(file) = &self.neighbours_ca {
            options = options.with_authorities_file(file)?;
        }
        if let (Some(certificate), Some(key)) = (&self.neighbours_cert, &self.neighbours_key) {
            options = options.with_identity_files(certificate, key)?;
        }
        Ok(options)
    }

    /// The neighbours that are set, with their URLs; what brings codes is in [`Self::codes`].
    pub(crate) fn services(&self) -> impl Iterator<Item = (Neighbour, &str)> {
        let urls = [
            (Neighbour::Identity, &self.identity_service_url),
            (Neighbour::Governance, &self.governance_service_url),
            (Neighbour::Tenancy, &self.tenancy_service_url),
            (Neighbour::Profiles, &self.user_profiles_service_url),
            (Neighbour::Compliance, &self.compliance_service_url),
        ];
        urls.into_iter().filter_map(|(neighbour, url)| Some((neighbour, url.as_deref()?)))
    }

    /// What brings codes to people, if anything does: the notifications service, else the mail server, else the console.
    pub(crate) fn codes(&self) -> Option<Codes<'_>> {
        if let Some(url) = &self.notifications_service_url {
            return Some(Codes::Notifications(url));
        }
        if let (Some(url), Some(from)) = (&self.smtp_url, &self.smtp_from) {
            return Some(Codes::Mail { url: &url.0, from });
        }
        self.codes_shown.then_some(Codes::Shown)
    }

    /// Whether neighbours may be spoken to without TLS beyond this machine.
    pub(crate) fn are_plain(&self) -> bool {
        self.neighbours_plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_brought_by_the_best_that_is_set() {
        let mut args = NeighbourArgs::none();
        assert!(args.codes().is_none());
        args.codes_shown = true;
        assert!(matches!(args.codes(), Some(Codes::Shown)));
        args.smtp_url = Some(Secret(Zeroizing::new("smtps://mail.example.org".to_owned())));
        args.smtp_from = Some("acta@example.org".to_owned());
        assert!(matches!(args.codes(), Some(Codes::Mail { .. })));
        args.notifications_service_url = Some("https://notifications.example.org".to_owned());
        assert!(matches!(args.codes(), Some(Codes::Notifications(_))));
    }

    #[test]
    fn the_password_of_the_mail_server_is_never_shown() {
        let secret: Secret = "smtps://user:hunter2@mail.example.org".parse().expect("any text is one");
        assert!(!format!("{secret:?}").contains("hunter2"));
    }
}
