//! What is measured of connections.

use acta_domain::Timestamp;
use metrics::{
    Counter, Gauge, Histogram, counter, describe_counter, describe_gauge, describe_histogram, gauge,
    histogram,
};

use crate::connection::{Transport, Why};

const SOCKETS: &str = "acta_sockets";
const PEOPLE: &str = "acta_live_people";
const MESSAGES: &str = "acta_socket_messages_total";
const FAN_OUT: &str = "acta_fan_out_seconds";
const RECONNECT: &str = "ws_reconnect_p95_seconds";
const LAGGED: &str = "acta_sockets_lagged_total";
const CLOSED: &str = "acta_sockets_closed_total";

/// What is measured of connections. What is counted for every message is looked up once.
pub(crate) struct Measures {
    sockets: [Gauge; 2],
    /// People and services that are connected to this instance.
    pub(crate) people: Gauge,
    /// Messages that came in.
    pub(crate) messages_in: Counter,
    messages_out: Counter,
    fan_out: Histogram,
    reconnect: Histogram,
    lagged: Counter,
}

impl Measures {
    /// Everything at zero.
    pub(crate) fn new() -> Self {
        describe();
        let socket = |transport: Transport| gauge!(SOCKETS, "transport" => transport.as_str());
        Self {
            sockets: [Transport::SocketIo, Transport::WebSocket].map(socket),
            people: gauge!(PEOPLE),
            messages_in: counter!(MESSAGES, "direction" => "in"),
            messages_out: counter!(MESSAGES, "direction" => "out"),
            fan_out: histogram!(FAN_OUT),
            reconnect: histogram!(RECONNECT),
            lagged: counter!(LAGGED),
        }
    }

    /// How many are connected by `transport`.
    pub(crate) fn sockets(&self, transport: Transport) -> &Gauge {
        match transport {
            Transport::SocketIo => &self.sockets[0],
            Transport::WebSocket => &self.sockets[1],
        }
    }

    /// So many messages were handed to a socket at `now`. The oldest that is new to everybody was recorded at `recorded_at`.
    pub(crate) fn handed_over(&self, messages: usize, recorded_at: Option<Timestamp>, now: Timestamp) {
        self.messages_out.increment(messages as u64);
        if let Some(recorded_at) = recorded_at {
            self.fan_out.record(seconds_between(recorded_at, now));
        }
    }

    /// Somebody who came back at `began` has everything that they missed.
    pub(crate) fn caught_up(&self, began: Timestamp, now: Timestamp) {
        self.reconnect.record(seconds_between(began, now));
    }

    /// Somebody was too slow for the ring.
    pub(crate) fn lagged(&self) {
        self.lagged.increment(1);
    }

    /// A connection has ended.
    pub(crate) fn closed(why: Why) {
        counter!(CLOSED, "reason" => why.as_str()).increment(1);
    }
}

#[expect(clippy::cast_precision_loss, reason = "a delay is far below 2^52 microseconds")]
fn seconds_between(earlier: Timestamp, later: Timestamp) -> f64 {
    (later.as_micros() - earlier.as_micros()).max(0) as f64 / 1e6
}

fn describe() {
    describe_gauge!(SOCKETS, "Connections to this instance, by transport");
    describe_gauge!(PEOPLE, "People and services that are connected to this instance");
    describe_counter!(MESSAGES, "Messages of the room, by direction");
    describe_histogram!(FAN_OUT, "From the commit of an event until it was handed to a socket");
    describe_histogram!(
        RECONNECT,
        "From the handshake of a client that names a position until it has been handed everything behind it"
    );
    describe_counter!(LAGGED, "How often a client was too slow and caught up from the log");
    describe_counter!(CLOSED, "Connections that have ended, by reason");
}
