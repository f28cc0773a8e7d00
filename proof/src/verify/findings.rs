//! The sentences of a report.

use super::report::{Finding, KeyTrust, OpenedEvent, Personal};
use crate::file::ProofKind;
use crate::head::{HeadClaims, HeadState};
use crate::key::KeyId;

/// "1 event", "2 events".
fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

pub(super) fn signature(head: &HeadClaims, key_id: KeyId, trust: KeyTrust) -> String {
    let signed =
        format!("The head of session {:?} is signed by {:?} under key {key_id}", head.subject, head.issuer);
    match trust {
        KeyTrust::Outside => format!("{signed}, which is one that you trust."),
        KeyTrust::FileOnly => format!(
            "{signed}. This key came with the file: compare it with the issuer's published key, for anybody can make a key."
        ),
    }
}

pub(super) fn forms() -> String {
    "The head in its JWS form is signed under the same key and says the same.".to_owned()
}

pub(super) fn entries(head: &HeadClaims) -> String {
    let entries = count(head.size, "entry").replace("entrys", "entries");
    format!(
        "The file holds {entries}, as many as the head counts, and the tree over them has the signed root {}.",
        head.root
    )
}

pub(super) fn contents() -> String {
    "The openings and keys in the file are exactly those that the issuer put in: its table of contents is signed.".to_owned()
}

pub(super) fn opened(kind: ProofKind, events: &[OpenedEvent]) -> String {
    let opened = count(events.len() as u64, "event");
    let each = "each is the one that was committed to, in its own place and session";
    match kind {
        ProofKind::Public => {
            format!("{opened} opened: {each}. The others stay closed in a public proof.")
        }
        ProofKind::Dossier => format!(
            "{opened} opened, which is every event once: {each}, and every aggregate's events are numbered from 1 without a gap."
        ),
    }
}

pub(super) fn persons(events: &[OpenedEvent], unreadable: u64) -> Option<String> {
    let readable = events.iter().filter(|event| matches!(event.personal, Personal::Opened(_))).count() as u64;
    if readable + unreadable == 0 {
        return None;
    }
    let opened = count(readable, "personal part");
    Some(format!(
        "{opened} opened with the committed key; {unreadable} stay unreadable, because the person was erased or the key is not in this file."
    ))
}

/// What all of it proves, and what it does not.
pub(super) fn conclusion(head: &HeadClaims, key_id: KeyId, with_older_head: bool) -> String {
    let events = count(head.size, "event");
    let state = match head.state {
        HeadState::Open => "up to this head (the session was still open)",
        HeadState::Closed => "up to its close",
    };
    let appended = if with_older_head { "; since your older head, history was only appended to" } else { "" };
    format!(
        "Proven: these {events} of the session {state}, complete, in this order, unaltered, under key {key_id}{appended}. \
         Not proven: that the issuer showed nobody another version, and that its clock was right."
    )
}

pub(super) fn listed(sentences: impl IntoIterator<Item = String>) -> Vec<Finding> {
    sentences.into_iter().map(|what| Finding { what }).collect()
}
