//! TLS of a neighbour that is played.

use std::sync::Arc;

use rustls::ServerConfig;
use tokio_rustls::TlsAcceptor;

use crate::{Authority, Fault};

/// The certificate that it shows, and the one that nobody trusts.
#[derive(Clone)]
pub(crate) struct Terms {
    right: Arc<ServerConfig>,
    wrong: Arc<ServerConfig>,
}

impl Terms {
    pub(crate) fn new(authority: &Authority, clients: Option<&Authority>) -> Self {
        let stranger = Authority::new("an authority that nobody trusts");
        Self { right: authority.serve(clients), wrong: stranger.serve(clients) }
    }

    pub(super) fn acceptor(&self, fault: Fault) -> TlsAcceptor {
        let terms = if fault == Fault::WrongCertificate { &self.wrong } else { &self.right };
        TlsAcceptor::from(Arc::clone(terms))
    }
}
