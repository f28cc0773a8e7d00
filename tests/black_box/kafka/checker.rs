//! What the checking consumer says, which knows nothing of Acta's code.

use std::process::Output;

use serde_json::Value;

use super::place::Topics;
use crate::api::Api;
use crate::binary::printed;
use crate::python;

/// What `examples/check_topics.py` found in `topics`, held against the heads of the service behind `api`.
pub(crate) async fn check(topics: &Topics, api: &Api) -> Value {
    let output = checked(topics, api).await;
    assert!(is_checked(&output), "it could not be checked: {}", printed(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The same, or nothing while it cannot be checked: a broker that has just started may not even have the topics.
pub(crate) async fn check_if_it_can_be(topics: &Topics, api: &Api) -> Option<Value> {
    let output = checked(topics, api).await;
    is_checked(&output).then(|| serde_json::from_slice(&output.stdout).unwrap())
}

fn is_checked(output: &Output) -> bool {
    matches!(output.status.code(), Some(0 | 1))
}

async fn checked(topics: &Topics, api: &Api) -> Output {
    let arguments = ["--brokers", &topics.brokers, "--prefix", &topics.prefix, "--layout", topics.layout];
    let token = api.pass().reading_token().await;
    let service = ["--api", api.base(), "--token", &token, "--json"];
    let arguments: Vec<_> = arguments.into_iter().chain(service).map(str::to_owned).collect();
    let run = move || python::run("examples/check_topics.py", arguments);
    tokio::task::spawn_blocking(run).await.unwrap()
}

/// Everything in the log is in the topics, once for whoever follows the chain, in order, and its sessions have the roots of their
/// signed heads. Gives what was found.
pub(crate) async fn assert_complete(topics: &Topics, api: &Api, events: u64) -> Value {
    let found = check(topics, api).await;
    assert_eq!(found["findings"], serde_json::json!([]), "{found:#}");
    assert_eq!(found["events"], events, "{found:#}");
    assert_eq!(found["complete"], found["sessions"], "{found:#}");
    found
}
