//! The service does what its document says, whatever it is sent.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Output;

use serde_json::Value;
use tokio::process::Command;
use uuid::Uuid;

use crate::binary::printed;
use crate::folder::Folder;
use crate::meeting::{Meeting, any_id, feed};
use crate::python;
use crate::service::{ISSUER, Service};

/// Runs Schemathesis against the service on `folder` with these arguments.
async fn schemathesis(folder: &Folder, service: &Service, tenant: Uuid, arguments: &[&str]) -> Output {
    let key = folder.path().join("client.pem");
    let mut command = Command::new(python::interpreter().with_file_name("schemathesis"));
    command.arg("--config-file").arg(python::script("schemathesis.toml"));
    command.args(["run", &format!("{}/api-docs/openapi.json", service.url()), "--url", service.url()]);
    command.env("SCHEMATHESIS_HOOKS", python::script("sign_requests.py")).env("PYTHONDONTWRITEBYTECODE", "1");
    command.env("ACTA_TEST_TOKEN", token_with_new_key(folder, tenant, &key).await).env("ACTA_TEST_KEY", &key);
    command.args(["--checks", "all", "--seed", "20261122", "--no-color", "--generation-database", "none"]);
    command.args(["--suppress-health-check", "all", "--warnings", "off", "--request-timeout", "30"]);
    command.args(arguments).current_dir(env!("CARGO_TARGET_TMPDIR")).kill_on_drop(true);
    command.output().await.unwrap()
}

/// A token of an administrator, and in the file `key` the private key that it is bound to.
async fn token_with_new_key(folder: &Folder, tenant: Uuid, key: &Path) -> String {
    let (tenant, user) = (tenant.to_string(), any_id().to_string());
    let key = key.to_str().unwrap();
    // A person, because a service has to say for whom it asks.
    let whose = ["--tenant", &tenant, "--user", &user, "--role", "administrator"];
    let arguments = ["token", "--public-url", ISSUER, "--new-dpop-key", key];
    let output = folder.run(arguments.into_iter().chain(whose)).await;
    assert!(output.status.success(), "{}", printed(&output));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

async fn conforms(arguments: &[&str]) {
    let folder = Folder::new().await;
    let service = Service::start(&folder).await;
    let tenant = any_id();
    let api = service.administrator(tenant).await;
    Meeting::begin(&api, "General meeting", 3).await;
    let output = schemathesis(&folder, &service, tenant, arguments).await;
    assert!(output.status.success(), "{}", printed(&output));
    let log = String::from_utf8_lossy(&service.log()).into_owned();
    assert!(!log.contains("panicked"), "{log}");
    service.stranger().get("/health/ready").await.expect(200);
    let events = feed(&api).await;
    assert!(events.iter().map(|event| event["position"].as_u64().unwrap()).eq(1..=events.len() as u64));
    service.stop().await;
}

#[tokio::test]
async fn the_service_keeps_to_its_document() {
    conforms(&["--phases", "examples,coverage,fuzzing", "--max-examples", "10"]).await;
}

#[tokio::test]
#[ignore = "thousands of requests take minutes: `make chaos`"]
async fn chaos_the_service_keeps_to_its_document_for_long() {
    conforms(&["--phases", "examples,coverage,fuzzing,stateful", "--max-examples", "500"]).await;
}

#[tokio::test]
async fn every_operation_has_a_name_and_every_closed_one_says_so() {
    let folder = Folder::new().await;
    let service = Service::start(&folder).await;
    let stranger = service.stranger();
    let document = stranger.get("//api-docs/openapi.json").await.expect(200).json();
    let mut names = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let Some(name) = operation["operationId"].as_str() else { panic!("{method} {path} has no name") };
            assert!(names.insert(name.to_owned()), "{name} is the name of two operations");
            let open = operation["security"]
                .as_array()
                .is_none_or(|ways| ways.iter().all(|way| way == &Value::from(serde_json::Map::new())));
            let place =
                path.replace("{id}", &any_id().to_string()).replace("{userId}", &any_id().to_string());
            let place = place
                .replace("{requestId}", &any_id().to_string())
                .replace("{chunk}", "1")
                .replace("{subject}", "session");
            let method = method.to_uppercase().parse().unwrap();
            let answer = crate::api::send(stranger.request(method, &format!("/{place}"))).await;
            assert_eq!(answer.status == 401, !open, "{name}: {} {}", answer.status, answer.text());
        }
    }
    assert!(names.len() > 30, "{names:?}");
    service.stop().await;
}
