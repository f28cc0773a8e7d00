//! Who was given what by whom, who looked and who was refused stands in the tenant's register, and is proven like everything else.

use acta_application::register::register_of;
use acta_domain::TenantId;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::sign_in::user;
use crate::api::{Api, send};
use crate::binary::{printed, run};
use crate::folder::Folder;
use crate::meeting::{Meeting, any_id, feed};
use crate::service::{ISSUER, Service};

/// A tenant in which things have been done.
struct Played {
    tenant: Uuid,
    administrator: Api,
    chair: Uuid,
    user: Uuid,
    meeting: Meeting,
}

/// Rights are given and taken, somebody looks, somebody is erased, and somebody tries what they may not.
async fn play(service: &Service) -> Played {
    let (tenant, chair) = (any_id(), any_id());
    let administrator = service.administrator(tenant).await;
    let user = user(&administrator, "ada@example.org", &["observer"]).await;
    let path = |rest: &str| format!("//v2/users/{user}/{rest}");
    let put = |path: String, body: Value| send(administrator.request(Method::PUT, &path).json(&body));
    send(administrator.request(Method::PUT, &path("roles/chair"))).await.ok();
    administrator.delete(&path("roles/observer")).await.ok();
    put(path("permissions/feed:read"), json!({ "effect": "add" })).await.ok();
    administrator
        .post("//v2/roles", &json!({ "name": "clerk", "permissions": ["sessions:read"] }))
        .await
        .ok();
    administrator.post("//v2/clients", &json!({ "name": "scheduler", "roles": ["service"] })).await.ok();
    let meeting = Meeting::begin(&administrator, "General meeting", 1).await;
    let auditor = service.person(tenant, any_id(), &["auditor"]).await;
    auditor.get(&meeting.path("/dossier")).await.expect(200);
    auditor.get(&meeting.path("/keys/session")).await.expect(200);
    administrator.delete(&meeting.path(&format!("/persons/{}", meeting.members[0]))).await.ok();
    let person = service.person(tenant, chair, &["chair"]).await;
    person.get("//v2/users").await.problem(403, "permission-needed");
    person
        .post("//v2/roles", &json!({ "name": "boss", "permissions": [] }))
        .await
        .problem(403, "permission-needed");
    Played { tenant, administrator, chair, user, meeting }
}

/// All that the view of the record says, the newest first, once it says everything.
async fn entries(played: &Played) -> Vec<Value> {
    let last = feed(&played.administrator).await.last().unwrap()["position"].as_u64().unwrap();
    let page = played.administrator.get_at("//v2/audit?limit=200", last).await.expect(200).json();
    assert!(page["next"].is_null(), "it is all on one page");
    page["entries"].as_array().unwrap().clone()
}

#[track_caller]
fn assert_told(entries: &[Value], expected: &Value) {
    let fits =
        |entry: &Value| expected.as_object().unwrap().iter().all(|(name, value)| entry[name] == *value);
    let found = entries.iter().find(|entry| fits(entry));
    let entry = found.unwrap_or_else(|| panic!("{expected} is not told: {entries:#?}"));
    assert!(entry["at"].is_string() && entry["position"].is_u64(), "{entry}");
}

#[tokio::test]
async fn whoever_gives_rights_looks_or_is_refused_is_on_the_record() {
    let folder = Folder::new().await;
    let service = Service::start(&folder).await;
    let played = play(&service).await;
    let entries = entries(&played).await;
    let (user, session) = (played.user, &played.meeting.session);
    let by_tests = |kind: &str, mut more: Value| {
        more["event_type"] = json!(kind);
        more["who"] = json!("service:tests");
        more
    };
    for expected in [
        by_tests("user.created.v1", json!({ "user_id": user })),
        by_tests("user.role-granted.v1", json!({ "user_id": user, "role": "observer" })),
        by_tests("user.role-granted.v1", json!({ "user_id": user, "role": "chair" })),
        by_tests("user.role-revoked.v1", json!({ "user_id": user, "role": "observer" })),
        by_tests("user.permission-added.v1", json!({ "user_id": user, "permission": "feed:read" })),
        by_tests("role.defined.v1", json!({ "role": "clerk" })),
        by_tests("client.registered.v1", json!({})),
        by_tests(
            "access.person-erased.v1",
            json!({ "session_id": session, "person_id": played.meeting.members[0] }),
        ),
        json!({ "event_type": "access.dossier-read.v1", "session_id": session }),
        json!({ "event_type": "access.key-handed-out.v1", "session_id": session, "subject": "session" }),
        refusal(played.chair, "list_users"),
        refusal(played.chair, "define_role"),
    ] {
        assert_told(&entries, &expected);
    }
    let refused = format!("//v2/audit?event_type=access.refused.v1&who={}", played.chair);
    let refused = played.administrator.get(&refused).await.expect(200).json();
    assert_eq!(refused["entries"].as_array().unwrap().len(), 2, "{refused}");
    let others = service.administrator(any_id()).await.get("//v2/audit").await.expect(200).json();
    assert_eq!(others["entries"], json!([]), "another tenant sees nothing of it");
    service.stop().await;
}

fn refusal(chair: Uuid, operation: &str) -> Value {
    json!({ "event_type": "access.refused.v1", "who": format!("person:{chair}"), "operation": operation,
        "permission": "users:manage" })
}

#[tokio::test]
async fn the_register_is_proven_like_any_other_record() {
    let (folder, out) = (Folder::new().await, tempfile::tempdir().unwrap());
    let service = Service::start(&folder).await;
    let played = play(&service).await;
    let register = register_of(TenantId::new(played.tenant)).to_string();
    let events = feed(&played.administrator).await;
    let here = events.iter().filter(|event| event["session_id"] == register).count();
    assert!(here > 10, "{here} events are in the register");
    let dossier = played.administrator.get(&format!("/sessions/{register}/dossier")).await.expect(200);
    for secret in [super::sign_in::PASSWORD, "ada@example.org"] {
        assert!(
            memchr::memmem::find(&dossier.body, secret.as_bytes()).is_none(),
            "{secret} is in the dossier"
        );
    }
    let elsewhere = service.administrator(any_id()).await;
    elsewhere.get(&format!("/sessions/{register}/dossier")).await.problem(404, "unknown-session");
    service.stop().await;
    let (file, keys) = (out.path().join("register.cbor"), out.path().join("keys.pem"));
    std::fs::write(&file, &dossier.body).unwrap();
    std::fs::write(&keys, folder.run(["keys", "export"]).await.stdout).unwrap();
    let [file, keys] = [file, keys].map(|path| path.to_string_lossy().into_owned());
    let verified = run(["verify", &file, "--key", &keys, "--issuer", ISSUER]).await;
    assert!(verified.status.success(), "{}", printed(&verified));
    let said = printed(&verified);
    assert!(said.contains("complete, in this order, unaltered"), "{said}");
}
