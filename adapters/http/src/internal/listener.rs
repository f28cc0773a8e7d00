//! Accepting connections whose clients have shown a certificate.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use acta_domain::Timestamp;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::task::AbortOnDropHandle;

use super::under_way::UnderWay;
use super::{ClientCertificate, InternalTls};

/// How many connections that are ready may wait to be served.
const READY: usize = 64;
/// How long to wait after a connection could not be accepted for want of something (file descriptors), at first and at most.
const SHORTEST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// What the internal listener grants its clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListenerLimits {
    /// How long a handshake may take.
    pub handshake: Duration,
    /// How many handshakes may be under way at once; one more breaks the oldest off.
    pub under_way: usize,
    /// How old a connection may become.
    pub connection_life: Duration,
}

impl Default for ListenerLimits {
    /// Five seconds, 256 at once, one hour.
    fn default() -> Self {
        Self { handshake: Duration::from_secs(5), under_way: 256, connection_life: Duration::from_hours(1) }
    }
}

/// Who is at the other end of an internal connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InternalPeer {
    /// Where it connected from.
    pub address: SocketAddr,
    /// What it showed.
    pub certificate: ClientCertificate,
}

/// A connection after its handshake.
pub(super) struct InternalConnection {
    pub(super) stream: TlsStream<TcpStream>,
    pub(super) peer: InternalPeer,
    /// How long it may be used from now on.
    pub(super) life: Duration,
}

/// Accepts connections; their handshakes are made beside each other, and nobody waits for another one's.
pub struct InternalListener {
    ready: mpsc::Receiver<InternalConnection>,
    address: SocketAddr,
    accepting: AbortOnDropHandle<()>,
}

impl InternalListener {
    /// Begins to accept connections of `socket` on the terms of `tls`, whatever they are at the time. Dropping it stops that.
    ///
    /// # Errors
    /// When the socket has no address.
    pub fn start(socket: TcpListener, tls: Arc<InternalTls>, limits: ListenerLimits) -> io::Result<Self> {
        let address = socket.local_addr()?;
        let (sender, ready) = mpsc::channel(READY);
        let door = Door { tls, limits, ready: sender };
        let accepting = AbortOnDropHandle::new(tokio::spawn(door.accept_all(socket)));
        Ok(Self { ready, address, accepting })
    }

    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// The next connection whose handshake is done; nothing once accepting has broken down.
    pub(super) async fn accept(&mut self) -> Option<InternalConnection> {
        self.ready.recv().await
    }

    /// Returns once nobody listens any more.
    pub(super) async fn close(self) {
        self.accepting.abort();
        // Broken off is what it was to be.
        let _ = self.accepting.await;
    }
}

#[derive(Clone)]
struct Door {
    tls: Arc<InternalTls>,
    limits: ListenerLimits,
    ready: mpsc::Sender<InternalConnection>,
}

impl Door {
    async fn accept_all(self, socket: TcpListener) {
        let mut under_way = UnderWay::new(self.limits.under_way);
        let mut pause = SHORTEST_PAUSE;
        loop {
            match socket.accept().await {
                Ok((stream, address)) => {
                    pause = SHORTEST_PAUSE;
                    under_way.start(self.clone().let_in(stream, address)).await;
                }
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    tracing::error!(%error, "the internal listener cannot accept a connection");
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    async fn let_in(self, stream: TcpStream, address: SocketAddr) {
        match tokio::time::timeout(self.limits.handshake, self.shake_hands(stream, address)).await {
            // Nobody serves any more: the service stops.
            Ok(Ok(connection)) => drop(self.ready.send(connection).await),
            Ok(Err(error)) => tracing::info!(%address, %error, "an internal connection was refused"),
            Err(_) => tracing::info!(%address, "an internal connection took too long over its handshake"),
        }
    }

    async fn shake_hands(&self, stream: TcpStream, address: SocketAddr) -> io::Result<InternalConnection> {
        stream.set_nodelay(true)?;
        let stream = TlsAcceptor::from(self.tls.config()).accept(stream).await?;
        let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
        let shown = shown.expect("the handshake fails without a certificate");
        let certificate = ClientCertificate::from_der(shown).map_err(io::Error::other)?;
        let life = self.limits.connection_life.min(time_left(self.tls.now(), certificate.not_after));
        Ok(InternalConnection { stream, peer: InternalPeer { address, certificate }, life })
    }
}

fn time_left(now: Timestamp, end: Timestamp) -> Duration {
    let micros = end.as_micros().saturating_sub(now.as_micros());
    Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}

/// The client went away before it was accepted: the next one may be there already.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
