//! Verifying a proof file offline: no network, no clock, no trust in whoever handed it over.

mod entries;
mod failure;
mod findings;
mod older;
mod openings;
mod persons;
mod report;

use sha2::{Digest, Sha256};

use crate::contents::{self, Contents};
use crate::file::FileView;
use crate::head::{self, HeadClaims, decode_head_unverified, verify_head, verify_head_jws};
use crate::key::VerifyingKey;

pub use failure::VerifyFailure;
pub use report::{Finding, KeyTrust, OpenedEvent, Personal, Report};

/// What the reader brings along. The default brings nothing: the file is then checked against its own keys only.
#[derive(Debug, Clone, Default)]
pub struct VerifyOptions<'a> {
    /// The issuer's keys, old and new, from a source other than the file. If there are any, the file must be signed
    /// under one of them.
    pub trusted_keys: Vec<VerifyingKey>,
    /// A head (COSE) of the same session that the reader kept from earlier.
    pub older_head: Option<&'a [u8]>,
    /// The issuer that the file must be from.
    pub issuer: Option<String>,
}

/// Checks everything in a proof file.
///
/// # Errors
/// [`VerifyFailure`], the first thing that does not hold. Any change to any byte of a file leads to one.
pub fn verify_file(bytes: &[u8], options: &VerifyOptions<'_>) -> Result<Report, VerifyFailure> {
    let view = FileView::decode(bytes)?;
    let trust = check_key(&view, &options.trusted_keys)?;
    let head = check_head(&view, options)?;
    let known_keys = [options.trusted_keys.as_slice(), &[view.key]].concat();
    let older = options.older_head.map(|cose| older::read(cose, &known_keys, &head)).transpose()?;
    let older_root = entries::check(&view, &head, older.as_ref().map(|older| older.size))?;
    let appended = older.map(|older| older::compare(&older, older_root, &head)).transpose()?;
    let compiled_at = check_contents(&view, &head)?;
    let events = openings::check(&view, head.size)?;
    Ok(report(&view, trust, head, appended, compiled_at, events))
}

/// Head and contents must both name the one key of the file; gives where the trust in it comes from.
fn check_key(view: &FileView<'_>, trusted: &[VerifyingKey]) -> Result<KeyTrust, VerifyFailure> {
    let (head_key, _) = decode_head_unverified(view.head).map_err(VerifyFailure::Head)?;
    let contents_key = contents::key_id(view.contents).map_err(VerifyFailure::Contents)?;
    let key_id = view.key.id();
    if [head_key, contents_key] != [key_id; 2] {
        return Err(VerifyFailure::Keys);
    }
    match trusted {
        [] => Ok(KeyTrust::FileOnly),
        trusted if trusted.contains(&view.key) => Ok(KeyTrust::Outside),
        _ => Err(VerifyFailure::KeyNotTrusted { key_id }),
    }
}

fn check_head(view: &FileView<'_>, options: &VerifyOptions<'_>) -> Result<HeadClaims, VerifyFailure> {
    let head = verify_head(view.head, &view.key).map_err(VerifyFailure::Head)?;
    if verify_head_jws(view.jws, &view.key).map_err(VerifyFailure::Jws)? != head {
        return Err(VerifyFailure::HeadsDisagree);
    }
    if head.size == 0 {
        return Err(VerifyFailure::NoEvents);
    }
    match &options.issuer {
        Some(expected) if *expected != head.issuer => {
            Err(VerifyFailure::OtherIssuer { expected: expected.clone(), found: head.issuer })
        }
        _ => Ok(head),
    }
}

/// Holds the file against its signed table of contents; gives when that was signed.
fn check_contents(view: &FileView<'_>, head: &HeadClaims) -> Result<i64, VerifyFailure> {
    let (signed, compiled_at) =
        contents::verify(view.contents, &view.key, head).map_err(VerifyFailure::Contents)?;
    let found = Contents {
        kind: view.kind,
        size: head.size,
        root: head.root,
        openings: Sha256::digest(view.openings).into(),
        person_keys: Sha256::digest(view.person_keys).into(),
        head: head::digest(view.head),
    };
    let differences = [
        ("kind of proof", signed.kind != found.kind),
        ("number of events", signed.size != found.size),
        ("root", signed.root != found.root),
        ("list of openings", signed.openings != found.openings),
        ("list of person keys", signed.person_keys != found.person_keys),
        ("head", signed.head != found.head),
    ];
    match differences.into_iter().find(|(_, differs)| *differs) {
        Some((what, _)) => Err(VerifyFailure::OtherContents { what }),
        None => Ok(compiled_at),
    }
}

fn report(
    view: &FileView<'_>,
    key_trust: KeyTrust,
    head: HeadClaims,
    appended: Option<String>,
    compiled_at: i64,
    events: Vec<OpenedEvent>,
) -> Report {
    let key_id = view.key.id();
    let unreadable_parts =
        events.iter().filter(|event| event.personal == Personal::Unreadable).count() as u64;
    let with_older_head = appended.is_some();
    let sentences = [
        Some(findings::signature(&head, key_id, key_trust)),
        Some(findings::forms()),
        Some(findings::entries(&head)),
        appended,
        Some(findings::contents()),
        Some(findings::opened(view.kind, &events)),
        findings::persons(&events, unreadable_parts),
        Some(findings::conclusion(&head, key_id, with_older_head)),
    ];
    Report {
        kind: view.kind,
        issuer: head.issuer,
        subject: head.subject,
        size: head.size,
        root: head.root,
        state: head.state,
        issued_at: head.issued_at,
        compiled_at,
        key_id,
        key_trust,
        first_recorded_at: events.first().map(|event| event.statement.recorded_at),
        last_recorded_at: events.last().map(|event| event.statement.recorded_at),
        events,
        unreadable_parts,
        findings: findings::listed(sentences.into_iter().flatten()),
    }
}
