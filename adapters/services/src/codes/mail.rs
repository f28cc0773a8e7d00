//! Codes by e-mail, through a mail server (SMTP, RFC 5321).

mod message;
mod server;

use std::sync::Arc;

use acta_application::clock::Randomness;
use acta_application::neighbours::{Asking, CodeDelivery, CodeMessage, Neighbour, NeighbourError};
use acta_domain::AttendanceMethod;
use async_trait::async_trait;
use lettre::message::Mailbox;
use lettre::transport::smtp::Error;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use crate::neighbour::{Line, NeighbourOptions, SetupError};

const MAIL: Neighbour = Neighbour::Notifications;
/// What mail servers answer to an address that is none (RFC 5321 §4.2.3).
const NO_MAILBOX: u16 = 553;

/// Sends codes through a mail server. A call has the same bound, tries and rest as one of the notifications service, for which it
/// stands in.
pub(crate) struct MailedCodes {
    line: Arc<Line>,
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl MailedCodes {
    pub(crate) fn new(
        url: &str,
        from: &str,
        options: &NeighbourOptions,
        randomness: Arc<dyn Randomness>,
    ) -> Result<Self, SetupError> {
        Ok(Self {
            server: server::at(url, options)?,
            from: from.parse().map_err(|_| SetupError::MailFrom)?,
            line: Arc::new(Line::new(MAIL, options, randomness)),
        })
    }

    pub(crate) fn line(&self) -> &Arc<Line> {
        &self.line
    }
}

#[async_trait]
impl CodeDelivery for MailedCodes {
    fn can_bring(&self, method: AttendanceMethod) -> Result<(), NeighbourError> {
        if method == AttendanceMethod::Email { Ok(()) } else { Err(NeighbourError::of_none(MAIL)) }
    }

    async fn deliver(&self, _asking: &Asking, message: &CodeMessage) -> Result<(), NeighbourError> {
        self.can_bring(message.method)?;
        let refused = NeighbourError::Refused { neighbour: MAIL, status: NO_MAILBOX };
        let mail = message::of(message, &self.from).ok_or(refused)?;
        let (envelope, text) = (mail.envelope(), mail.formatted());
        let attempt = || async { self.server.send_raw(envelope, &text).await.map(|_| ()).map_err(failure) };
        self.line.call(attempt).await
    }
}

/// What the server says may name whom the mail was for, and is left out.
fn failure(error: Error) -> NeighbourError {
    match error.status().map(u16::from) {
        Some(status @ (530 | 534 | 535 | 538)) => NeighbourError::Denied { neighbour: MAIL, status },
        Some(status) if error.is_permanent() => NeighbourError::Refused { neighbour: MAIL, status },
        Some(status) => NeighbourError::Failed { neighbour: MAIL, status },
        None if error.is_response() || error.is_client() => NeighbourError::Unusable {
            neighbour: MAIL,
            what: "it does not speak SMTP with TLS and logins as it has to",
        },
        None => NeighbourError::Unreachable { neighbour: MAIL, source: Arc::new(error) },
    }
}
