//! A small recorded session from fixed seeds. Every test of the proof file starts from it.

use acta_proof::commitment::{Commitment, Salt, commit};
use acta_proof::entry::Entry;
use acta_proof::event::EventStatement;
use acta_proof::file::{Draft, Opening, ProofFile, ProofKind, build};
use acta_proof::head::{HeadClaims, HeadState, SignedHead, issue_head};
use acta_proof::key::SigningKey;
use acta_proof::sealed::{PersonKey, SealContext, SealedPart, seal};
use acta_proof::tree::root;

pub(crate) const TENANT: [u8; 16] = [0xa1; 16];
pub(crate) const SESSION: [u8; 16] = [0xb2; 16];
pub(crate) const SUBJECT: &str = "urn:example:s:7QK4M2Z";
pub(crate) const ISSUER: &str = "https://sessions.example";

pub(crate) fn issuer() -> SigningKey {
    SigningKey::from_seed(&[0x11; 32])
}

/// Persons 1 and 2 attend. The key of person 2 is not in the dossier: that person was erased.
pub(crate) fn person_key(person: u8) -> PersonKey {
    PersonKey::new([0x50 + person; 32])
}

pub(crate) fn event(index: u64) -> EventStatement {
    let (aggregate_type, aggregate_id, sequence, event_type) = match index {
        0 => ("session", "s", 1, "session.scheduled"),
        1 => ("session", "s", 2, "session.started"),
        2 => ("attendance", "a-1", 1, "attendance.registered"),
        3 => ("attendance", "a-2", 1, "attendance.registered"),
        _ => ("session", "s", index - 1, "session.note"),
    };
    let event = EventStatement {
        tenant: TENANT,
        session: SESSION,
        session_index: index,
        aggregate_type: aggregate_type.into(),
        aggregate_id: aggregate_id.into(),
        sequence,
        event_type: event_type.into(),
        event_version: 1,
        recorded_at: 1_780_000_000_000_000 + i64::try_from(index).unwrap(),
        payload: format!("{{\"n\":{index}}}").into_bytes(),
        metadata: br#"{"actor":"u-1"}"#.to_vec(),
        sealed: None,
    };
    let person = match index {
        2 => 1,
        3 => 2,
        _ => return event,
    };
    EventStatement { sealed: Some(part(&event, person)), ..event }
}

pub(crate) fn part(event: &EventStatement, person: u8) -> SealedPart {
    let subject = format!("p-{person}");
    let context = SealContext { tenant: event.tenant, session: event.session, subject: &subject };
    seal(&person_key(person), [person; 12], &context, br#"{"name":"Ada"}"#).unwrap()
}

pub(crate) fn opening(event: &EventStatement) -> Opening {
    let salt = Salt([u8::try_from(event.session_index % 251).unwrap() ^ 0x5a; 32]);
    Opening { index: event.session_index, salt, event: event.encode() }
}

pub(crate) fn commitments(events: &[EventStatement]) -> Vec<Commitment> {
    events.iter().map(opening).map(|opening| commit(&opening.salt, &opening.event)).collect()
}

pub(crate) fn claims(entries: &[Commitment]) -> HeadClaims {
    let leaves: Vec<_> = (0..)
        .zip(entries)
        .map(|(index, commitment)| Entry { index, commitment: *commitment }.leaf_hash())
        .collect();
    HeadClaims {
        issuer: ISSUER.into(),
        subject: SUBJECT.into(),
        issued_at: 1_780_000_100,
        size: entries.len() as u64,
        root: root(&leaves),
        state: HeadState::Closed,
    }
}

pub(crate) fn head(size: u64) -> SignedHead {
    issue_head(&issuer(), &claims(&commitments(&events(size))))
}

pub(crate) fn events(size: u64) -> Vec<EventStatement> {
    (0..size).map(event).collect()
}

/// What a file over these events is compiled from, signed by the issuer.
pub(crate) fn draft(kind: ProofKind, events: &[EventStatement]) -> Draft {
    let entries = commitments(events);
    let shown = |event: &&EventStatement| kind == ProofKind::Dossier || event.sealed.is_none();
    let person_keys = match kind {
        ProofKind::Public => vec![],
        ProofKind::Dossier => vec![("p-1".to_owned(), person_key(1))],
    };
    Draft {
        kind,
        head: issue_head(&issuer(), &claims(&entries)),
        openings: events.iter().filter(shown).map(opening).collect(),
        entries,
        person_keys,
        issued_at: 1_780_000_200,
    }
}

pub(crate) fn file(kind: ProofKind, size: u64) -> ProofFile {
    build(&issuer(), draft(kind, &events(size))).unwrap()
}
