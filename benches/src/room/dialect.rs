//! What is said on a socket, in either of the two ways of saying it.

use anyhow::Context as _;
use clap::ValueEnum;
use serde_json::{Value, json};

/// How a client talks to the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Dialect {
    /// Socket.IO 4 (its protocol is version 5, over Engine.IO 4), on a WebSocket from the beginning.
    SocketIo,
    /// JSON texts on a WebSocket.
    WebSocket,
}

/// What was said, where it stands in the buffer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said<'a> {
    /// The transport is there: now one says who one is.
    Opened,
    /// Whether one is still there.
    Ping,
    /// A message of the room: its name and its data.
    Told(&'a str, &'a str),
    /// The outcome of what was asked, with the number that it was given.
    Acknowledged(u64, &'a str),
    /// One is not let in, or let out.
    Refused(&'a str),
    /// Nothing that matters.
    Nothing,
}

const NAMESPACE: &str = "/moderation,";

impl Dialect {
    /// What `text` says.
    pub(super) fn understood(self, text: &str) -> anyhow::Result<Said<'_>> {
        match self {
            Self::SocketIo => socket_io(text),
            Self::WebSocket => websocket(text),
        }
        .with_context(|| format!("something else was said: {text}"))
    }

    /// Asks for `name` with `data`; the outcome will have `number`.
    pub(super) fn asked(self, number: u64, name: &str, data: &Value) -> String {
        match self {
            Self::SocketIo => format!("42{NAMESPACE}{number}{}", json!([name, data])),
            Self::WebSocket => json!({ "event": name, "id": number, "data": data }).to_string(),
        }
    }

    /// Says who one is.
    pub(super) fn introduced(auth: &Value) -> String {
        format!("40{NAMESPACE}{auth}")
    }
}

/// <https://github.com/socketio/socket.io-protocol>
fn socket_io(text: &str) -> Option<Said<'_>> {
    let packet = text.get(2..).and_then(|rest| rest.strip_prefix(NAMESPACE));
    match text.get(..2).unwrap_or(text) {
        "2" => Some(Said::Ping),
        "42" => {
            let (name, data) = packet?.strip_prefix("[\"")?.split_once("\",")?;
            Some(Said::Told(name, data.strip_suffix(']')?))
        }
        "43" => {
            let (number, outcome) = packet?.split_once('[')?;
            Some(Said::Acknowledged(number.parse().ok()?, outcome.strip_suffix(']')?))
        }
        "41" | "44" => Some(Said::Refused(text)),
        _ if text.starts_with('0') => Some(Said::Opened),
        _ => Some(Said::Nothing),
    }
}

fn websocket(text: &str) -> Option<Said<'_>> {
    let (name, rest) = text.strip_prefix(r#"{"event":""#)?.split_once('"')?;
    if name == "ack" {
        let (number, data) = rest.strip_prefix(r#","id":"#)?.split_once(r#","data":"#)?;
        return Some(Said::Acknowledged(number.parse().ok()?, data.strip_suffix('}')?));
    }
    Some(Said::Told(name, rest.strip_prefix(r#","data":"#)?.strip_suffix('}')?))
}

/// The whole number of the first member `name` (with quotes and colon) in `data`.
pub(super) fn number(data: &str, name: &str) -> Option<u64> {
    let begins = memchr::memmem::find(data.as_bytes(), name.as_bytes())? + name.len();
    let digits = data.as_bytes()[begins..].iter().take_while(|byte| byte.is_ascii_digit());
    let (number, many) = digits.fold((0_u64, 0), |(number, many), digit| {
        (number.wrapping_mul(10).wrapping_add(u64::from(digit - b'0')), many + 1)
    });
    (many > 0).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn socket_io_is_understood() {
        let understood = |text| Dialect::SocketIo.understood(text).unwrap();
        assert_eq!(understood(r#"0{"sid":"a","upgrades":[]}"#), Said::Opened);
        assert_eq!(understood("2"), Said::Ping);
        assert_eq!(understood(r#"40/moderation,{"sid":"b"}"#), Said::Nothing);
        let told = understood(r#"42/moderation,["speech_denied",{"position":7,"queue":["a"]}]"#);
        assert_eq!(told, Said::Told("speech_denied", r#"{"position":7,"queue":["a"]}"#));
        let outcome = understood(r#"43/moderation,12[{"position":7}]"#);
        assert_eq!(outcome, Said::Acknowledged(12, r#"{"position":7}"#));
        let refused = r#"44/moderation,{"message":"unauthorized: no"}"#;
        assert_eq!(understood(refused), Said::Refused(refused));
    }

    #[test]
    fn plain_messages_are_understood() {
        let understood = |text| Dialect::WebSocket.understood(text).unwrap();
        let told = understood(r#"{"event":"user_muted","data":{"position":7}}"#);
        assert_eq!(told, Said::Told("user_muted", r#"{"position":7}"#));
        let outcome = understood(r#"{"event":"ack","id":3,"data":{"position":7}}"#);
        assert_eq!(outcome, Said::Acknowledged(3, r#"{"position":7}"#));
        assert!(Dialect::WebSocket.understood("hello").is_err());
    }

    #[test]
    fn numbers_are_found_by_their_name() {
        let data = r#"{"position":41,"session_index":5,"at":"x"}"#;
        assert_eq!(number(data, r#""session_index":"#), Some(5));
        assert_eq!(number(data, r#""position":"#), Some(41));
        assert_eq!(number(data, r#""at":"#), None);
        assert_eq!(number(data, r#""queue":"#), None);
    }
}
