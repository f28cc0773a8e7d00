//! A chair who does anything that comes to mind, and looks at the floor after each command.

use std::collections::{BTreeMap, BTreeSet};

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use reqwest::Method;
use serde_json::{Value, json};

use crate::api::send;
use crate::meeting::Meeting;
use crate::service::eventually;

/// Always the same commands; what the clock does in between is its own.
const SEED: u64 = 20_261_122;
const GROUPS: [&str; 2] = ["north", "south"];

/// The floor as it was shown once.
pub(super) struct Shown {
    /// The position that it reflects.
    pub(super) position: u64,
    /// The requests that wait, next first.
    pub(super) queue: Vec<String>,
    /// How many milliseconds were spent of each account of which some were.
    pub(super) spent_ms: BTreeMap<String, u64>,
}

/// Something that the chair wants.
struct Order {
    what: &'static str,
    method: Method,
    path: String,
    body: Value,
}

impl Order {
    fn post(what: &'static str, path: String, body: Value) -> Self {
        Self { what, method: Method::POST, path, body }
    }

    fn put(what: &'static str, path: String, body: Value) -> Self {
        Self { what, method: Method::PUT, path, body }
    }
}

/// The chair, and what they saw last.
pub(super) struct Chair {
    pub(super) meeting: Meeting,
    /// The floor each time that they looked.
    pub(super) shown: Vec<Shown>,
    /// What was done at least once.
    pub(super) done: BTreeSet<&'static str>,
    mind: StdRng,
    queue: Vec<String>,
    turns: Vec<String>,
}

impl Chair {
    pub(super) fn of(meeting: Meeting) -> Self {
        let mind = StdRng::seed_from_u64(SEED);
        Self { meeting, shown: Vec::new(), done: BTreeSet::new(), mind, queue: Vec::new(), turns: Vec::new() }
    }

    /// Does something, which may be refused, and looks at the floor.
    pub(super) async fn act(&mut self) {
        let Order { what, method, path, body } = self.order();
        let api = &self.meeting.api;
        let answer = send(api.request(method, &self.meeting.path(&path)).json(&body)).await;
        match answer.status {
            200 | 201 => {
                self.done.insert(what);
                self.look(answer.position()).await;
            }
            // The rules refuse much, and the clock may have been faster.
            404 | 409 => {}
            _ => panic!("{body} to {} {}: {}", answer.what, answer.status, answer.text()),
        }
    }

    /// Somebody new is given a turn, and nobody but the clock does anything about it.
    pub(super) async fn leave_the_last_word_to_the_clock(&mut self) {
        for request in self.turns.clone() {
            // Some end by themselves meanwhile.
            self.meeting.api.act(&self.meeting.path(&format!("/floor/requests/{request}/finish"))).await;
        }
        let rules = json!({ "queue_policy": "balance-v1", "warning_seconds": 1 });
        self.meeting.put("/floor/rules", &rules).await;
        self.meeting.admit(&json!({ "name": "A guest" })).await;
        let wish = json!({ "user_id": self.meeting.members.last(), "kind": "speech" });
        let request = self.meeting.post("/floor/requests", &wish).await.member("request_id");
        let turn = json!({ "time_limit_seconds": 2, "override_reason": "the last word" });
        let begun = self.meeting.post(&format!("/floor/requests/{request}/approve"), &turn).await.position();
        eventually("the clock ends the turn", async || {
            self.look(begun).await;
            (!self.turns.contains(&request)).then_some(())
        })
        .await;
    }

    async fn look(&mut self, at_least: u64) {
        let seen = self.meeting.api.get_at(&self.meeting.path("/floor"), at_least).await.expect(200);
        let floor = seen.json();
        let turns = floor["turns"].as_array().unwrap().iter().map(|turn| &turn["request"]);
        self.turns = turns.map(id).collect();
        self.queue = floor["queue"].as_array().unwrap().iter().map(id).collect();
        let (queue, spent_ms) = (self.queue.clone(), spent(&floor["accounts"]));
        self.shown.push(Shown { position: seen.position(), queue, spent_ms });
    }

    fn order(&mut self) -> Order {
        match self.mind.random_range(0..100) {
            0..5 => self.set_rules(),
            5..13 => self.assign_group(),
            13..18 => self.set_account(),
            18..21 => self.of_person("mute"),
            21..26 => self.of_person("unmute"),
            26..30 => self.of_waiting("deny"),
            30..34 => self.of_waiting("withdraw"),
            34..41 => self.of_turn("pause"),
            41..48 => self.of_turn("resume"),
            48..58 => self.of_turn("finish"),
            58..76 => self.approve(),
            _ => self.request(),
        }
    }

    fn request(&mut self) -> Order {
        let kind = ["speech", "speech", "speech", "reply", "point_of_order"].choose(&mut self.mind);
        let body =
            json!({ "user_id": self.member(), "kind": kind, "priority": self.mind.random_range(0..3) });
        Order::post("request", "/floor/requests".to_owned(), body)
    }

    fn approve(&mut self) -> Order {
        let first = self.queue.first().filter(|_| self.mind.random_bool(0.4)).cloned();
        let Some(request) = first.or_else(|| self.waiting()) else { return self.request() };
        let mut body = json!({});
        if self.mind.random_bool(0.6) {
            body["time_limit_seconds"] = self.mind.random_range(1..4).into();
        }
        if self.mind.random_bool(0.6) {
            body["override_reason"] = "because".into();
        }
        Order::post("approve", format!("/floor/requests/{request}/approve"), body)
    }

    fn of_waiting(&mut self, what: &'static str) -> Order {
        let Some(request) = self.waiting() else { return self.request() };
        Order::post(what, format!("/floor/requests/{request}/{what}"), json!({}))
    }

    fn of_turn(&mut self, what: &'static str) -> Order {
        let Some(request) = self.turns.choose(&mut self.mind).cloned() else { return self.approve() };
        Order::post(what, format!("/floor/requests/{request}/{what}"), json!({}))
    }

    fn of_person(&mut self, what: &'static str) -> Order {
        Order::post(what, format!("/floor/attendees/{}/{what}", self.member()), json!({}))
    }

    fn set_rules(&mut self) -> Order {
        let policy = ["balance-v1", "balance-v1", "priority-v1"].choose(&mut self.mind);
        let body = json!({ "queue_policy": policy, "warning_seconds": self.mind.random_range(1..3) });
        Order::put("set rules", "/floor/rules".to_owned(), body)
    }

    fn assign_group(&mut self) -> Order {
        let path = format!("/floor/attendees/{}/group", self.member());
        Order::put("assign group", path, json!({ "group": self.group(0.8) }))
    }

    fn set_account(&mut self) -> Order {
        let account = match self.group(0.5) {
            Some(group) => format!("group:{group}"),
            None => format!("person:{}", self.member()),
        };
        let limit = self.mind.random_bool(0.6).then(|| self.mind.random_range(1..4));
        Order::put("set account", format!("/floor/accounts/{account}"), json!({ "limit_seconds": limit }))
    }

    fn member(&mut self) -> String {
        self.meeting.members.choose(&mut self.mind).expect("there are members").to_string()
    }

    fn waiting(&mut self) -> Option<String> {
        self.queue.choose(&mut self.mind).cloned()
    }

    /// A group, with this probability.
    fn group(&mut self, probability: f64) -> Option<&'static str> {
        GROUPS.choose(&mut self.mind).copied().filter(|_| self.mind.random_bool(probability))
    }
}

fn id(request: &Value) -> String {
    request["request_id"].as_str().expect("a request has an id").to_owned()
}

fn spent(accounts: &Value) -> BTreeMap<String, u64> {
    let accounts = accounts.as_array().expect("the floor has accounts").iter();
    let spent =
        accounts.map(|one| (one["account"].as_str().unwrap().to_owned(), one["spent_ms"].as_u64().unwrap()));
    spent.filter(|(_, ms)| *ms > 0).collect()
}
