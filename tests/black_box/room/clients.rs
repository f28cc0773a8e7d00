//! People in the room with the client that others wrote: `socket.io-client`, in a process of its own.

use std::collections::HashMap;
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::folder::Folder;
use crate::node;
use crate::pass::{Holder, Wanted, token};
use crate::service::ISSUER;

type Waiting = Arc<Mutex<HashMap<u64, oneshot::Sender<Value>>>>;

/// The clients of one test. They go away with it.
pub(crate) struct Clients {
    _node: Child,
    stdin: tokio::sync::Mutex<ChildStdin>,
    waiting: Waiting,
    numbers: AtomicU64,
}

/// Somebody with a token and a key, of which the clients keep the private half.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) user: Uuid,
    pub(crate) token: String,
}

/// An event that a client was told of: its name, position and place in the session.
pub(crate) type Seen = (String, u64, u64);

impl Clients {
    pub(crate) fn start() -> Self {
        let mut command = Command::from(node::command("room_clients.mjs"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut node = command.spawn().expect("Node is installed (Debian: nodejs)");
        let waiting = Waiting::default();
        tokio::spawn(hear(node.stdout.take().unwrap(), Arc::clone(&waiting)));
        let stdin = tokio::sync::Mutex::new(node.stdin.take().unwrap());
        Self { _node: node, stdin, waiting, numbers: AtomicU64::new(1) }
    }

    /// Tells the clients something, and waits for what they say to it.
    pub(crate) async fn ask(&self, mut command: Value) -> Value {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        command["id"] = json!(number);
        let (heard, answer) = oneshot::channel();
        self.waiting.lock().unwrap().insert(number, heard);
        self.stdin.lock().await.write_all(format!("{command}\n").as_bytes()).await.unwrap();
        let answer = answer.await.expect("the clients answer");
        assert_eq!(answer["error"], Value::Null, "{command}: {answer}");
        answer
    }

    /// A user with these roles and, by the service at `folder`, a token for an hour.
    pub(crate) async fn person(&self, folder: &Folder, tenant: Uuid, user: Uuid, roles: &[&str]) -> Person {
        self.person_for(folder, &Wanted { tenant, holder: Holder::User(user), roles, lifetime: 3600 }, user)
            .await
    }

    /// The same with a token as `wanted`.
    pub(crate) async fn person_for(&self, folder: &Folder, wanted: &Wanted<'_>, user: Uuid) -> Person {
        let name = user.to_string();
        let pem = self.ask(json!({ "do": "key", "name": name })).await;
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&file, pem["pem"].as_str().unwrap()).unwrap();
        let token = token(folder.path(), wanted, Some(file.path())).await;
        std::fs::rename(file.into_temp_path(), folder.path().join(format!("{name}.pem"))).unwrap();
        Person { name, user, token }
    }

    /// Another token for the same person and key.
    pub(crate) async fn token_again(&self, folder: &Folder, wanted: &Wanted<'_>, person: &Person) -> String {
        token(folder.path(), wanted, Some(&folder.path().join(format!("{}.pem", person.name)))).await
    }

    /// Lets a person into `session` at the first of `urls`; says with what they were greeted, or why they were refused.
    pub(crate) async fn open(&self, person: &Person, session: &str, urls: &[&str], more: Value) -> Value {
        let mut wish = json!({ "urls": urls, "origin": ISSUER, "session": session, "token": person.token,
            "key": person.name });
        wish.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.ask(json!({ "do": "open", "client": person.name, "wish": wish })).await
    }

    /// The outcome of a message that is sent once.
    pub(crate) async fn emit(&self, person: &Person, event: &str, data: Value) -> Value {
        let command = json!({ "do": "emit", "client": person.name, "event": event, "data": data });
        self.ask(command).await["outcome"].take()
    }

    /// The outcome of a message that is sent until there is one.
    pub(crate) async fn act(&self, person: &Person, event: &str, data: Value) -> Value {
        let command = json!({ "do": "act", "client": person.name, "event": event, "data": data });
        self.ask(command).await["outcome"].take()
    }

    /// What the next message called `event` says.
    pub(crate) async fn message(&self, person: &Person, event: &str) -> Value {
        self.ask(json!({ "do": "message", "client": person.name, "event": event })).await["data"].take()
    }

    /// Waits until all of them have seen `position`.
    pub(crate) async fn reached(&self, position: u64) {
        self.ask(json!({ "do": "reached", "position": position })).await;
    }

    /// Every event that a person was told of, in the order in which they were.
    pub(crate) async fn seen(&self, person: &Person) -> Vec<Seen> {
        let answer = self.ask(json!({ "do": "seen", "client": person.name })).await;
        let seen = answer["seen"].as_array().unwrap().iter();
        let events = seen.filter(|message| !message[2].is_null());
        events.map(|message| serde_json::from_value(message.clone()).unwrap()).collect()
    }
}

/// Hands answers to those who wait for them.
async fn hear(stdout: ChildStdout, waiting: Waiting) {
    let mut lines = BufReader::new(stdout).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let answer: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("no answer: {line}"));
        let heard = waiting.lock().unwrap().remove(&answer["id"].as_u64().unwrap());
        let _ = heard.expect("it was asked").send(answer);
    }
    // Whoever waits is told that nobody answers any more.
    waiting.lock().unwrap().clear();
}

/// The outcome, which must be a success; its position.
#[track_caller]
pub(crate) fn done(outcome: &Value) -> u64 {
    outcome["position"].as_u64().unwrap_or_else(|| panic!("it was not done: {outcome}"))
}

/// The outcome must be the problem `slug`.
#[track_caller]
pub(crate) fn refused(outcome: &Value, slug: &str) {
    assert_eq!(outcome["problem"]["type"], format!("urn:acta:problem:{slug}"), "{outcome}");
}
