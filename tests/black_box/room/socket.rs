//! A client of the room on a plain WebSocket, as anybody would write one.

use std::collections::VecDeque;
use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::api::Api;
use crate::service::PATIENCE;

/// So little is taken off the wire for a client that does not read.
const SMALL: u32 = 4 * 1024;

/// A client that is connected.
pub(crate) struct Socket {
    stream: WebSocketStream<TcpStream>,
    /// What was heard while something else was waited for.
    heard: VecDeque<Value>,
    asked: u64,
}

/// How the service ended a connection.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The number of the close frame; none when the line was cut.
    pub(crate) code: Option<u16>,
    /// The problem in the message `closing`; null if there was none.
    pub(crate) problem: Value,
    /// The position in it.
    pub(crate) position: Value,
}

impl Ended {
    /// The slug of the problem.
    pub(crate) fn slug(&self) -> &str {
        slug(&self.problem)
    }
}

/// The slug of a problem document.
pub(crate) fn slug(problem: &Value) -> &str {
    problem["type"].as_str().and_then(|kind| kind.strip_prefix("urn:acta:problem:")).unwrap_or_default()
}

/// The path of a session's room.
fn live(session: &str) -> String {
    format!("/sessions/{session}/live")
}

/// The proof of somebody who comes into `session`, and their token.
pub(crate) fn credentials(api: &Api, session: &str) -> Value {
    let headers = api.pass().headers("GET", &api.url(&live(session)), None);
    let text = |name: &str| {
        let value = headers.iter().find(|(header, _)| header == name).map(|(_, value)| value);
        value.map(|value| value.to_str().unwrap().to_owned())
    };
    let token = api.pass().token();
    text("dpop").map_or_else(|| json!({ "token": token }), |dpop| json!({ "token": token, "dpop": dpop }))
}

impl Socket {
    /// Somebody who shows who they are with the upgrade, and has heard `connected`.
    pub(crate) async fn open(api: &Api, session: &str, after: Option<u64>) -> (Self, Value) {
        let mut socket = Self::try_open(api, session, after).await.expect("it is let in");
        let connected = socket.expect("connected").await;
        (socket, connected)
    }

    /// The same; or the status and the problem of the refusal.
    pub(crate) async fn try_open(api: &Api, session: &str, after: Option<u64>) -> Result<Self, (u16, Value)> {
        let query = after.map(|after| format!("?after={after}")).unwrap_or_default();
        let mut request = request(api, session, &query);
        request.headers_mut().extend(api.pass().headers("GET", &api.url(&live(session)), None));
        Self::dial(request, None).await
    }

    /// Somebody who does not take what is sent to them before they read it.
    pub(crate) async fn open_slow(api: &Api, session: &str) -> Self {
        let mut request = request(api, session, "");
        request.headers_mut().extend(api.pass().headers("GET", &api.url(&live(session)), None));
        Self::dial(request, Some(SMALL)).await.expect("it is let in")
    }

    /// Somebody who has not said yet who they are.
    pub(crate) async fn stranger(api: &Api, session: &str) -> Self {
        Self::dial(request(api, session, ""), None).await.expect("anybody is upgraded")
    }

    async fn dial(request: Request, takes: Option<u32>) -> Result<Self, (u16, Value)> {
        let wire = TcpSocket::new_v4().unwrap();
        if let Some(bytes) = takes {
            wire.set_recv_buffer_size(bytes).unwrap();
        }
        let authority = request.uri().authority().unwrap().as_str().parse().unwrap();
        let wire = wire.connect(authority).await.unwrap();
        match client_async(request, wire).await {
            Ok((stream, _)) => Ok(Self { stream, heard: VecDeque::new(), asked: 0 }),
            Err(Error::Http(answer)) => {
                let body = answer.body().as_deref().unwrap_or_default();
                Err((answer.status().as_u16(), serde_json::from_slice(body).unwrap_or_default()))
            }
            Err(error) => panic!("the upgrade failed: {error}"),
        }
    }

    /// Sends a text as it is.
    pub(crate) async fn send(&mut self, text: &str) {
        self.stream.send(Message::text(text)).await.unwrap();
    }

    /// Sends what a service need not bear; the service may hang up meanwhile.
    pub(crate) async fn throw(&mut self, message: Message) {
        let _ = self.stream.send(message).await;
    }

    /// Sends a message and gives its outcome.
    pub(crate) async fn ask(&mut self, event: &str, data: &Value) -> Value {
        self.asked += 1;
        let id = self.asked;
        self.send(&json!({ "event": event, "id": id, "data": data }).to_string()).await;
        loop {
            let message = self.hear().await;
            if message["event"] != "ack" {
                self.heard.push_back(message);
                continue;
            }
            assert_eq!(message["id"], id, "outcomes come in the order of what was asked");
            return message["data"].clone();
        }
    }

    /// Sends a message that must be recorded, and gives its position.
    pub(crate) async fn must(&mut self, event: &str, data: &Value) -> Value {
        let outcome = self.ask(event, data).await;
        assert!(outcome["position"].is_u64(), "{event}: {outcome}");
        outcome
    }

    /// The next message, `{"event", "data"}`.
    pub(crate) async fn next(&mut self) -> Value {
        match self.heard.pop_front() {
            Some(message) => message,
            None => self.hear().await,
        }
    }

    /// The data of the next message, which must be this one.
    pub(crate) async fn expect(&mut self, event: &str) -> Value {
        let message = self.next().await;
        assert_eq!(message["event"], event, "{message}");
        message["data"].clone()
    }

    /// The data of the next message of this name.
    pub(crate) async fn until(&mut self, event: &str) -> Value {
        loop {
            let message = self.next().await;
            if message["event"] == event {
                return message["data"].clone();
            }
        }
    }

    /// The messages that tell of events, up to the one at `position`.
    pub(crate) async fn events_up_to(&mut self, position: u64) -> Vec<Value> {
        let mut events = Vec::new();
        loop {
            let message = self.next().await;
            let reached = message["data"]["position"].as_u64().unwrap();
            if message["data"]["session_index"].is_u64() {
                events.push(message);
                assert!(reached <= position, "the event at {position} was left out");
                if reached == position {
                    return events;
                }
            }
        }
    }

    async fn hear(&mut self) -> Value {
        let heard = tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("a message comes");
        match heard {
            Some(Ok(Message::Text(text))) => serde_json::from_str(&text).unwrap(),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Box::pin(self.hear()).await,
            other => panic!("the connection ended: {other:?}"),
        }
    }

    /// How the service ends it, whatever comes before that.
    pub(crate) async fn ended(mut self) -> Ended {
        let (mut problem, mut position) = (Value::Null, Value::Null);
        let code = tokio::time::timeout(PATIENCE, async {
            loop {
                match self.stream.next().await {
                    Some(Ok(Message::Text(text))) => {
                        let message: Value = serde_json::from_str(&text).unwrap();
                        if message["event"] == "closing" {
                            problem = message["data"]["problem"].clone();
                            position = message["data"]["position"].clone();
                        }
                    }
                    Some(Ok(Message::Close(frame))) => return frame.map(|frame| u16::from(frame.code)),
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return None,
                }
            }
        })
        .await
        .expect("the connection ends");
        Ended { code, problem, position }
    }

    /// Fails if anything is heard for a moment: the other side has nothing to say.
    pub(crate) async fn hears_nothing(&mut self, moment: Duration) {
        assert!(self.heard.is_empty(), "{:?}", self.heard);
        let heard = tokio::time::timeout(moment, self.stream.next()).await;
        assert!(heard.is_err(), "{heard:?}");
    }
}

fn request(api: &Api, session: &str, query: &str) -> Request {
    let url = format!("{}{query}", api.url(&live(session))).replacen("http", "ws", 1);
    url.into_client_request().unwrap()
}
