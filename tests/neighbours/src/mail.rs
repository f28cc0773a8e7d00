//! An SMTP server (RFC 5321) that keeps the mails.

mod talk;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::task::AbortOnDropHandle;

use crate::Authority;

/// A mail that was taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Who sends it (`MAIL FROM`).
    pub from: String,
    /// Who gets it (`RCPT TO`).
    pub to: Vec<String>,
    /// Its headers and body, with `\n` at the ends of lines.
    pub text: String,
    /// Whether it came through TLS.
    pub is_encrypted: bool,
    /// The user and the password, if some were told.
    pub login: Option<(String, String)>,
}

/// What goes wrong with a mail server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MailFault {
    /// Nothing.
    #[default]
    None,
    /// It refuses whoever a mail is for with this reply code: 4xx for now, 5xx for ever.
    Refuses(u16),
    /// It accepts connections and says nothing.
    Silent,
}

#[derive(Default)]
struct State {
    mails: Mutex<Vec<Mail>>,
    fault: Mutex<MailFault>,
}

/// A mail server until this is dropped.
pub struct Mailbox {
    address: SocketAddr,
    state: Arc<State>,
    _accepting: AbortOnDropHandle<()>,
}

impl Mailbox {
    /// One without TLS, on a free port of `127.0.0.1`.
    ///
    /// # Errors
    /// When no port can be listened on.
    pub async fn start() -> io::Result<Self> {
        Self::open(None).await
    }

    /// One that offers `STARTTLS` with a certificate of `authority`, and takes no mail without it.
    ///
    /// # Errors
    /// When no port can be listened on.
    pub async fn with_tls(authority: &Authority) -> io::Result<Self> {
        Self::open(Some(authority.serve(None))).await
    }

    async fn open(tls: Option<Arc<ServerConfig>>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let (address, state) = (listener.local_addr()?, Arc::new(State::default()));
        let accepting = AbortOnDropHandle::new(tokio::spawn(accept(listener, Arc::clone(&state), tls)));
        Ok(Self { address, state, _accepting: accepting })
    }

    /// `smtp://127.0.0.1:…`.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on, this goes wrong.
    pub fn set(&self, fault: MailFault) {
        *locked(&self.state.fault) = fault;
    }

    /// What it took over, in the order in which it came.
    pub fn mails(&self) -> Vec<Mail> {
        locked(&self.state.mails).clone()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn accept(listener: TcpListener, state: Arc<State>, tls: Option<Arc<ServerConfig>>) {
    let mut talks = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                talks.spawn(talk::begin(stream, Arc::clone(&state), tls.clone()));
            }
            Some(_) = talks.join_next() => {}
        }
    }
}
