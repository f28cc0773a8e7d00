//! Messages that can never be handled, each for another reason.

use serde_json::json;

use super::message::{ACTIVATED, Assembly, COMPLETED, Message, Mode, VOTE_CLOSED, VOTE_STARTED};
use crate::meeting::any_id;

/// How many kinds there are.
pub(super) const KINDS: usize = 17;

/// One of the kind `number` about `assembly`, with the reason that its dead letter must give.
pub(super) fn malformed(number: usize, assembly: &Assembly) -> (Message, &'static str) {
    let activation = |mode| assembly.news(mode, ACTIVATED);
    let start = |mode| assembly.vote(mode, VOTE_STARTED, "vote-never");
    match number % KINDS {
        0 => (activation(Mode::Plain).saying("{\"tenant_id\":"), "not_json"),
        1 => (start(Mode::Binary).saying(vec![b'{', 0xff, 0xfe, b'}']), "not_json"),
        2 => (assembly.news(Mode::Binary, COMPLETED).saying(""), "not_json"),
        3 => (activation(Mode::Binary).saying("[1, 2]"), "not_an_object"),
        4 => (activation(Mode::Plain).with_member("assembly_id", None), "missing_field"),
        5 => (assembly.news(Mode::Plain, COMPLETED).with_member("tenant_id", None), "missing_field"),
        6 => (activation(Mode::Binary).with_member("tenant_id", Some(json!("not a UUID"))), "invalid_field"),
        7 => (start(Mode::Plain).with_member("vote_id", None), "missing_field"),
        8 => (start(Mode::Binary).with_member("vote_id", Some(json!(7))), "invalid_field"),
        9 => (start(Mode::Binary).with("ce_type", VOTE_CLOSED), "type_mismatch"),
        10 => (start(Mode::Binary).with("ce_tenantid", &any_id().to_string()), "tenant_mismatch"),
        11 => (
            activation(Mode::Plain).with("content-type", "application/cloudevents-batch+json"),
            "content_type",
        ),
        12 => (activation(Mode::Structured).with_member("data", None), "missing_field"),
        13 => (activation(Mode::Structured).with_member("data", Some(json!("text"))), "invalid_field"),
        14 => (
            assembly.vote(Mode::Plain, VOTE_CLOSED, "vote-never").with_member("session_id", Some(json!("?"))),
            "invalid_field",
        ),
        15 => (assembly.vote(Mode::Binary, VOTE_CLOSED, &"v".repeat(129)), "invalid_field"),
        _ => (start(Mode::Plain).with_member("more", Some(json!("x".repeat(256 * 1024)))), "too_large"),
    }
}
