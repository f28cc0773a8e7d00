//! A port that can be closed and opened again.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::task::AbortOnDropHandle;

use super::exchange::Exchange;
use super::terms::Terms;
use crate::part::Part;
use crate::{Fault, Switches};

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 1024;

/// A part on a port of its own, until this is dropped.
pub(crate) struct Wire {
    url: String,
    address: SocketAddr,
    _accepting: AbortOnDropHandle<()>,
}

impl Wire {
    pub(crate) async fn open<P: Part>(
        part: Arc<P>,
        switches: Switches,
        tls: Option<Terms>,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let changes = switches.changes();
        let door = Door { exchange: Arc::new(Exchange::new(part, switches)), tls, address };
        let accepting = tokio::spawn(door.keep(listener, changes));
        Ok(Self {
            url: format!("{scheme}://{address}"),
            address,
            _accepting: AbortOnDropHandle::new(accepting),
        })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }
}

struct Door<P> {
    exchange: Arc<Exchange<P>>,
    tls: Option<Terms>,
    address: SocketAddr,
}

impl<P: Part> Door<P> {
    async fn keep(self, listener: TcpListener, mut changes: watch::Receiver<(u64, Fault)>) {
        let mut listener = Some(listener);
        loop {
            let (number, fault) = *changes.borrow_and_update();
            if fault == Fault::Refuse {
                drop(listener.take());
                // Bound, but not listening: connections are refused, and nobody else gets the port.
                let kept = bound(self.address);
                self.exchange.switches().carried_out(number);
                let _ = changes.changed().await;
                drop(kept);
                continue;
            }
            let open = match listener.take() {
                Some(open) => open,
                None => listening(self.address),
            };
            self.exchange.switches().carried_out(number);
            self.accept(&open, fault, &mut changes).await;
            listener = Some(open);
        }
    }

    /// Accepts connections until something else is to go wrong; those that were made end then if that is about connections.
    async fn accept(
        &self,
        listener: &TcpListener,
        fault: Fault,
        changes: &mut watch::Receiver<(u64, Fault)>,
    ) {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                told = changes.changed() => {
                    let next = changes.borrow().1;
                    if told.is_err() || next.is_of_connections() || fault.is_of_connections() {
                        return;
                    }
                    // The next fault is one of requests: the same connections go on under it.
                    let number = changes.borrow_and_update().0;
                    self.exchange.switches().carried_out(number);
                }
                accepted = listener.accept() => {
                    let Ok((stream, _)) = accepted else { continue };
                    let (exchange, tls) = (Arc::clone(&self.exchange), self.tls.as_ref().map(|tls| tls.acceptor(fault)));
                    connections.spawn(connect(exchange, stream, tls));
                }
                Some(_) = connections.join_next() => {}
            }
        }
    }
}

/// The socket of `address`, which must have been this process's until now.
fn bound(address: SocketAddr) -> TcpSocket {
    let socket = TcpSocket::new_v4().expect("a socket can be made");
    socket.set_reuseaddr(true).expect("a socket's address can be used again");
    socket.bind(address).expect("the port is still free");
    socket
}

fn listening(address: SocketAddr) -> TcpListener {
    bound(address).listen(BACKLOG).expect("the port can be listened on")
}

async fn connect<P: Part>(
    exchange: Arc<Exchange<P>>,
    stream: TcpStream,
    tls: Option<tokio_rustls::TlsAcceptor>,
) {
    let _ = stream.set_nodelay(true);
    match tls {
        None => serve(exchange, stream).await,
        // Whoever breaks off the handshake does not trust the certificate, or has none.
        Some(tls) => {
            if let Ok(stream) = tls.accept(stream).await {
                serve(exchange, stream).await;
            }
        }
    }
}

async fn serve<P: Part>(
    exchange: Arc<Exchange<P>>,
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
) {
    let service = service_fn(move |request| {
        let exchange = Arc::clone(&exchange);
        async move { exchange.answer(request).await }
    });
    // An error is a cut, which is what was wanted, or a client that has gone.
    let _ =
        Builder::new(TokioExecutor::new()).http1_only().serve_connection(TokioIo::new(stream), service).await;
}
