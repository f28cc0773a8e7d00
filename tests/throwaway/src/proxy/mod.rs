//! A network that breaks on demand.

mod connection;
mod disguise;
mod kafka;
mod switches;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{AbortHandle, JoinSet};

use crate::Error;
use disguise::Disguise;
use switches::Switches;

/// The number of the request `Produce`, in the protocol guide's section *API Keys*.
const PRODUCE: i16 = 0;

/// A TCP proxy in front of a server.
///
/// It knows the protocols in which a client asks and then waits for the answer, as those of `PostgreSQL` and HTTP do. A *request* is
/// what a client sends between two answers, in any number of pieces; the first bytes that come back are its answer. `PostgreSQL`
/// sends nothing back before a statement, and the commit that it implies, is done (as long as the answer is below 8 KiB).
///
/// In front of a Kafka broker, [`Self::before_broker`], it takes the broker's place: what the broker tells its clients about where it is
/// becomes the proxy's address. There, every request is one, however many are under way.
///
/// It ends, with all its connections, when it is dropped.
#[derive(Debug)]
pub struct FaultProxy {
    port: u16,
    switches: Arc<Switches>,
    orders: mpsc::UnboundedSender<Order>,
    task: AbortHandle,
}

#[derive(Debug)]
enum Order {
    Cut(oneshot::Sender<()>),
    Mend(oneshot::Sender<()>),
}

impl FaultProxy {
    /// Listens on a free port of 127.0.0.1, and connects whoever comes to `target`. It lives in the present runtime.
    ///
    /// # Errors
    /// [`Error::NoPort`].
    pub async fn start(target: SocketAddr) -> Result<Self, Error> {
        Self::before(target, Protocol::Turns).await
    }

    /// The same in front of a Kafka broker that tells its clients that it is at `target`, on 127.0.0.1, and is the only one.
    ///
    /// # Errors
    /// [`Error::NoPort`].
    pub async fn before_broker(target: SocketAddr) -> Result<Self, Error> {
        Self::before(target, Protocol::Kafka).await
    }

    async fn before(target: SocketAddr, protocol: Protocol) -> Result<Self, Error> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(Error::NoPort)?;
        let port = listener.local_addr().map_err(Error::NoPort)?.port();
        let switches = Arc::new(Switches::default());
        let (orders, received) = mpsc::unbounded_channel();
        let line = Line {
            target,
            port,
            protocol,
            switches: Arc::clone(&switches),
            connections: JoinSet::new(),
            is_cut: false,
        };
        let task = tokio::spawn(line.run(listener, received)).abort_handle();
        Ok(Self { port, switches, orders, task })
    }

    /// Its port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its address.
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// Drops all connections now, and every new one until [`Self::mend`]. Done when it returns.
    pub async fn cut(&self) {
        self.order(Order::Cut).await;
    }

    /// Lets connections through again.
    pub async fn mend(&self) {
        self.order(Order::Mend).await;
    }

    /// Loses the answer of the next request that contains these bytes, on whichever connection: the server gets the whole request and
    /// does as it says, then the connection breaks. Replaces an earlier order that was not met.
    ///
    /// In `PostgreSQL`, the text of a statement is in the request that prepares it, or in a simple query such as `COMMIT`; text
    /// parameters are in the request that executes it.
    pub fn lose_answer_to(&self, bytes: impl Into<Vec<u8>>) {
        self.switches.lose_answer_to(bytes.into());
    }

    /// Loses the answer of the `number`th request from now, 1 being the next, counted over all connections. Else as
    /// [`Self::lose_answer_to`]. For a new connection to `PostgreSQL`, its start-up message is a request.
    pub fn cut_answer_of_message(&self, number: u64) {
        self.switches.cut_answer_of_message(number);
    }

    /// Loses the answer of the next request that brings records to a Kafka broker: they are in the topic, and nobody is told so. Else as
    /// [`Self::lose_answer_to`].
    pub fn lose_answer_to_records(&self) {
        self.switches.lose_answer_to_kind(PRODUCE);
    }

    /// How many answers were lost. It counts after the connection was broken.
    pub fn lost(&self) -> u64 {
        self.switches.lost()
    }

    /// Waits until this many answers were lost since the start.
    pub async fn wait_until_lost(&self, count: u64) {
        self.switches.wait_until_lost(count).await;
    }

    /// How many requests have begun since the start.
    pub fn requests(&self) -> u64 {
        self.switches.requests()
    }

    /// Makes everything that a client sends wait before it goes on to the server; zero, to begin with.
    pub fn delay(&self, delay: Duration) {
        self.switches.set_delay(delay);
    }

    /// A proxy that is gone has nothing left to cut.
    async fn order(&self, order: impl FnOnce(oneshot::Sender<()>) -> Order) {
        let (done, is_done) = oneshot::channel();
        if self.orders.send(order(done)).is_ok() {
            let _ = is_done.await;
        }
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// How what goes over a connection is read.
#[derive(Clone, Copy, Debug)]
enum Protocol {
    /// The client asks and waits for the answer.
    Turns,
    Kafka,
}

/// The task of a proxy. Its connections end with it.
struct Line {
    target: SocketAddr,
    port: u16,
    protocol: Protocol,
    switches: Arc<Switches>,
    connections: JoinSet<()>,
    is_cut: bool,
}

impl Line {
    async fn run(mut self, listener: TcpListener, mut orders: mpsc::UnboundedReceiver<Order>) {
        loop {
            tokio::select! {
                biased;
                order = orders.recv() => match order {
                    Some(order) => self.obey(order).await,
                    None => return,
                },
                Some(_) = self.connections.join_next() => {}
                Ok((client, _)) = listener.accept() => self.connect(client),
            }
        }
    }

    async fn obey(&mut self, order: Order) {
        match order {
            Order::Cut(done) => {
                self.is_cut = true;
                self.connections.shutdown().await;
                let _ = done.send(());
            }
            Order::Mend(done) => {
                self.is_cut = false;
                let _ = done.send(());
            }
        }
    }

    fn connect(&mut self, client: TcpStream) {
        if self.is_cut {
            return;
        }
        let switches = Arc::clone(&self.switches);
        match self.protocol {
            Protocol::Turns => self.connections.spawn(connection::run(client, self.target, switches)),
            Protocol::Kafka => {
                let disguise = Disguise::new(self.target, self.port);
                self.connections.spawn(kafka::run(client, self.target, disguise, switches))
            }
        };
    }
}
