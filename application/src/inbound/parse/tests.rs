//! Messages in every form, and what is said of those that cannot be read.

use proptest::prelude::*;
use serde_json::json;

use super::*;

const TENANT: &str = "0198f2a0-0000-7000-8000-000000000001";
const SESSION: &str = "0198f2a0-0000-7000-8000-000000000002";

fn message(kind: &str, headers: &[(&str, &str)], body: &Value) -> InboundMessage {
    raw(kind, headers, body.to_string().into_bytes())
}

fn raw(kind: &str, headers: &[(&str, &str)], body: Vec<u8>) -> InboundMessage {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()));
    InboundMessage {
        topic: format!("here.{kind}"),
        event_type: kind.to_owned(),
        partition: 3,
        offset: 44,
        key: Some(b"a-1".to_vec()),
        headers: headers.collect(),
        body,
    }
}

fn body() -> Value {
    json!({ "tenant_id": TENANT, "assembly_id": "a-1" })
}

fn vote_body() -> Value {
    json!({ "tenant_id": TENANT, "assembly_id": "a-1", "vote_id": "v-1", "session_id": SESSION })
}

fn structured(data: &Value) -> Value {
    json!({ "specversion": "1.0", "id": "e-1", "source": "/governance", "type": "vote.started.v1", "data": data })
}

const EVENT: [(&str, &str); 3] =
    [("ce_id", "e-1"), ("ce_source", "/governance"), ("ce_type", "vote.started.v1")];
const STRUCTURED: [(&str, &str); 1] = [("Content-Type", "application/cloudevents+json; charset=utf-8")];

#[test]
fn plain_json_is_read_and_known_by_its_place_and_content() {
    let read = GovernanceMessage::parse(&message("assembly.activated.v1", &[], &body())).unwrap();
    assert_eq!(read.tenant.to_string(), TENANT);
    assert_eq!(read.assembly_id.as_str(), "a-1");
    assert_eq!((read.session_id, &read.news), (None, &AssemblyNews::Activated));
    let same = GovernanceMessage::parse(&message("assembly.activated.v1", &[], &body())).unwrap();
    assert_eq!(same, read);
    let mut elsewhere = message("assembly.activated.v1", &[], &body());
    elsewhere.offset = 45;
    let elsewhere = GovernanceMessage::parse(&elsewhere).unwrap();
    assert_ne!(elsewhere.idempotency_key, read.idempotency_key);
    let mut other = body();
    other["assembly_id"] = json!("a-2");
    let other = GovernanceMessage::parse(&message("assembly.activated.v1", &[], &other)).unwrap();
    assert_ne!(other.idempotency_key, read.idempotency_key, "a broker that forgot gives a place away again");
}

#[test]
fn a_cloud_event_says_the_same_in_both_modes_and_is_known_by_source_and_id() {
    let binary = GovernanceMessage::parse(&message("vote.started.v1", &EVENT, &vote_body())).unwrap();
    let whole = message("vote.started.v1", &STRUCTURED, &structured(&vote_body()));
    assert_eq!(GovernanceMessage::parse(&whole).unwrap(), binary);
    let unmarked = message("vote.started.v1", &[], &structured(&vote_body()));
    assert_eq!(GovernanceMessage::parse(&unmarked).unwrap(), binary);
    let mut again = message("vote.started.v1", &EVENT, &vote_body());
    again.offset = 99;
    assert_eq!(GovernanceMessage::parse(&again).unwrap(), binary);
    assert_eq!(binary.news, AssemblyNews::VoteOpened(VoteId::parse("v-1").unwrap()));
    assert_eq!(binary.session_id, Some(SessionId::parse(SESSION).unwrap()));
}

#[test]
fn no_two_pairs_of_source_and_id_are_taken_for_one() {
    let key = |source, id| {
        let headers = [("ce_source", source), ("ce_id", id)];
        GovernanceMessage::parse(&message("vote.started.v1", &headers, &vote_body())).unwrap().idempotency_key
    };
    assert_ne!(key("a", "b c"), key("a b", "c"));
    assert_ne!(key("a", "1"), key("a", "2"));
}

#[test]
fn the_tenant_may_stand_in_the_extension() {
    let without = json!({ "assembly_id": "a-1" });
    let read =
        GovernanceMessage::parse(&message("assembly.completed.v1", &[("ce_tenantid", TENANT)], &without));
    assert_eq!(read.unwrap().tenant.to_string(), TENANT);
    let mut whole = structured(&json!({ "assembly_id": "a-1", "vote_id": "v" }));
    whole["tenantid"] = json!(TENANT);
    let read = GovernanceMessage::parse(&message("vote.started.v1", &STRUCTURED, &whole));
    assert_eq!(read.unwrap().tenant.to_string(), TENANT);
}

#[test]
fn what_is_not_needed_is_not_looked_at() {
    let mut body = vote_body();
    body["session_id"] = Value::Null;
    body["title"] = json!({ "el": "Ψηφοφορία" });
    let headers =
        [("ce_specversion", "0.3"), ("ce_id", ""), ("x", "\u{1F600}"), ("content-type", "text/plain")];
    assert!(GovernanceMessage::parse(&message("vote.closed.v1", &headers, &body)).is_ok());
}

/// Body, headers, and what is said of it: code and words.
type Malformed = (&'static str, Vec<(&'static str, &'static str)>, Vec<u8>, &'static str, &'static str);

fn changed(field: &str, value: Value) -> Vec<u8> {
    let mut body = vote_body();
    body[field] = value;
    body.to_string().into_bytes()
}

fn malformed() -> Vec<Malformed> {
    let kind = "vote.started.v1";
    let plain = |body: &[u8], code, words| (kind, Vec::new(), body.to_vec(), code, words);
    let field = |name, value, code, words| (kind, Vec::new(), changed(name, value), code, words);
    let around = |headers, code, words| (kind, headers, vote_body().to_string().into_bytes(), code, words);
    let whole = |data| (STRUCTURED.to_vec(), data);
    let (marked, no_data) = whole(br#"{"specversion":"1.0"}"#.to_vec());
    vec![
        plain(b"", "not_json", "the body is not JSON: line 1, column 0"),
        plain(b"\xff\xfe", "not_json", "the body is not JSON: line 1, column 1"),
        plain(b"{\"tenant_id\":", "not_json", "the body is not JSON: line 1, column 13"),
        plain(&[b'['; 100_000], "not_json", "the body is not JSON: line 1, column 128"),
        plain(&vec![b' '; MAX_BODY_BYTES + 1], "too_large", "the body has more than 262144 bytes"),
        plain(b"[1]", "not_an_object", "the body is not a JSON object"),
        plain(b"{}", "missing_field", "tenant_id: it is missing"),
        field("tenant_id", json!("Ada"), "invalid_field", "tenant_id: a tenant id must be a UUID"),
        field("tenant_id", json!(""), "missing_field", "tenant_id: it is missing"),
        field("tenant_id", json!(7), "invalid_field", "tenant_id: it must be text"),
        field("assembly_id", Value::Null, "missing_field", "assembly_id: it is missing"),
        field(
            "assembly_id",
            json!("Ada Lovelace"),
            "invalid_field",
            "assembly_id: an assembly id must be 1 to 128 characters of A-Z, a-z, 0-9, '.', '_', ':' and '-'",
        ),
        field("vote_id", Value::Null, "missing_field", "vote_id: it is missing"),
        field("session_id", json!("x"), "invalid_field", "session_id: a session id must be a UUID"),
        around(vec![("ce_type", "vote.closed.v1")], "type_mismatch", "ce_type is not the type of the topic"),
        around(
            vec![("ce_tenantid", SESSION)],
            "tenant_mismatch",
            "tenant_id and ce_tenantid name different tenants",
        ),
        around(vec![("ce_tenantid", "x")], "invalid_field", "ce_tenantid: a tenant id must be a UUID"),
        around(
            vec![("content-type", "application/cloudevents-batch+json")],
            "content_type",
            "the content type is neither JSON nor one CloudEvent in JSON",
        ),
        (kind, marked, no_data, "missing_field", "data: it is missing"),
        (
            kind,
            STRUCTURED.to_vec(),
            br#"{"data":"e30="}"#.to_vec(),
            "invalid_field",
            "data: it must be an object",
        ),
        (
            kind,
            STRUCTURED.to_vec(),
            br#"{"data":{},"id":7}"#.to_vec(),
            "invalid_field",
            "ce_id: it must be text",
        ),
        (
            "vote.started.v2",
            Vec::new(),
            vote_body().to_string().into_bytes(),
            "unknown_type",
            "messages of this type are not known here",
        ),
    ]
}

#[test]
fn what_cannot_be_read_is_refused_with_a_reason_that_names_the_field_and_nobody() {
    for (kind, headers, body, code, words) in malformed() {
        let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
        let refused = GovernanceMessage::parse(&raw(kind, &headers, body)).unwrap_err();
        assert_eq!((refused.code(), refused.to_string().as_str()), (code, words), "{shown}");
    }
}

#[test]
fn a_header_that_is_no_text_is_refused() {
    let mut message = message("vote.started.v1", &EVENT, &vote_body());
    message.headers[0].1 = vec![0xff];
    let refused = GovernanceMessage::parse(&message).unwrap_err();
    assert_eq!(refused.to_string(), "ce_id: it must be text");
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused_and_never_a_panic(
        body in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            "\\{(\"(tenant_id|assembly_id|data|id|type)\":(\"[a-z0-9-]{0,40}\"|\\{\\}|null|7),?){0,4}\\}".prop_map(String::into_bytes),
        ],
        headers in prop::collection::vec(("(ce_(id|type|source|tenantid)|content-type)", prop::collection::vec(any::<u8>(), 0..20)), 0..4),
        kind in 0..GovernanceType::ALL.len(),
    ) {
        let mut message = raw(GovernanceType::ALL[kind].as_str(), &[], body);
        message.headers = headers;
        if let Err(reason) = GovernanceMessage::parse(&message) {
            prop_assert!(!reason.to_string().is_empty());
        }
    }
}
