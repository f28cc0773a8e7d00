//! Tokens of others are accepted here, and ours elsewhere: software that nobody here wrote issues them and checks them.

mod provider;

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;
use uuid::Uuid;

use self::provider::Provider;
use super::sign_in::{PASSWORD, proof_without_token, sign_in, user};
use crate::api::{Api, send};
use crate::binary::printed;
use crate::folder::Folder;
use crate::meeting::any_id;
use crate::service::{ISSUER, Service, within};
use crate::{node, python};

/// How long an unknown key may stay unknown: keys are fetched again at most every ten seconds.
const FETCHED_AGAIN: Duration = Duration::from_secs(40);

/// Starts a service that accepts what the file says.
async fn trusting(folder: &Folder, issuers: &Path, text: &str) -> Service {
    std::fs::write(issuers, text).unwrap();
    let mut command = folder.serve();
    command.env("TRUSTED_ISSUERS", issuers);
    Service::spawn(folder, command).await
}

/// The entry of the provider at `url`.
fn entry(url: &str, more: &str) -> String {
    format!(
        "[[issuer]]\nurl = \"{url}\"\naudience = \"acta\"\ntenant_claim = \"organisation\"\nroles_claim = \"groups\"\n{more}\n"
    )
}

/// What the client of others is answered when it schedules a session with the token in `file`, or gets one first.
fn schedules(provider: &Provider, service: &Service, file: &Path) -> Value {
    let arguments = [provider.url().as_ref(), service.url().as_ref(), file.as_os_str()];
    let output = node::run("foreign_client.mjs", arguments);
    assert!(output.status.success(), "{}", printed(&output));
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", printed(&output)))
}

#[tokio::test]
async fn a_foreign_issuers_token_lets_its_client_write_until_its_key_is_gone() {
    let (folder, tenant, kept) = (Folder::new().await, any_id(), tempfile::tempdir().unwrap());
    let mut provider = Provider::start(tenant, &["chair"]).await;
    let service = trusting(&folder, &kept.path().join("issuers.toml"), &entry(provider.url(), "")).await;
    let (old, new) = (kept.path().join("old.json"), kept.path().join("new.json"));
    let created = schedules(&provider, &service, &old);
    assert_eq!(created["status"], 201, "{created}");
    let session = created["body"]["session_id"].as_str().unwrap();
    let seen = service.administrator(tenant).await.get(&format!("/sessions/{session}")).await.expect(200);
    assert_eq!(seen.json()["title"], "General meeting", "{}", seen.text());
    // The same token goes on, with another proof.
    assert_eq!(schedules(&provider, &service, &old)["status"], 201);

    provider.rotate().await;
    let begin = Instant::now();
    within(FETCHED_AGAIN, "the new key is fetched", async || {
        (schedules(&provider, &service, &new)["status"] == 201).then_some(())
    })
    .await;
    eprintln!("the new key was accepted after {:?}", begin.elapsed());
    let refused = schedules(&provider, &service, &old);
    assert_eq!(refused["status"], 401, "what was signed by a key that is gone: {refused}");
    assert_eq!(schedules(&provider, &service, &new)["status"], 201);
    service.stop().await;
}

#[tokio::test]
async fn a_foreign_issuer_speaks_for_its_own_tenants_and_its_own_audience_only() {
    let (folder, tenant, kept) = (Folder::new().await, any_id(), tempfile::tempdir().unwrap());
    let provider = Provider::start(tenant, &["chair"]).await;
    for (number, text) in [
        entry(provider.url(), &format!("tenants = [\"{}\"]", any_id())),
        entry(provider.url(), "").replace("audience = \"acta\"", "audience = \"another service\""),
        entry("http://127.0.0.1:9", "jwks_url = \"http://127.0.0.1:9/jwks\""),
    ]
    .iter()
    .enumerate()
    {
        let service = trusting(&folder, &kept.path().join("issuers.toml"), text).await;
        let refused = schedules(&provider, &service, &kept.path().join(format!("{number}.json")));
        assert_eq!(refused["status"], 401, "{text}: {refused}");
        assert_eq!(refused["body"]["type"], "urn:acta:problem:unauthorized", "{refused}");
        service.stop().await;
    }
}

/// What software of others reads in `token`, by the keys that the service publishes.
fn read_by_others(service: &Service, token: &str) -> [Value; 2] {
    let url = service.stranger().url("//v2/.well-known/jwks.json");
    let arguments = [&*url, ISSUER, ISSUER, token];
    let outputs = [
        node::run("verify_token.mjs", arguments),
        python::run("tests/python/security/verify_token.py", arguments),
    ];
    outputs.map(|output| {
        assert!(output.status.success(), "{}", printed(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    })
}

/// A token of the client `name` with these roles, bound to the key of `holder`.
async fn client_token(holder: &Api, name: &str, roles: &[&str]) -> Value {
    let client = holder.post("//v2/clients", &json!({ "name": name, "roles": roles })).await.expect(201);
    let (id, secret) = (client.member("client_id"), client.member("client_secret"));
    let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
    let request = Api::new(holder.base(), None).request(reqwest::Method::POST, "//oauth/token");
    let request = request.header("Content-Type", "application/x-www-form-urlencoded").body(form);
    send(request.header("DPoP", proof_without_token(holder, "//oauth/token"))).await.expect(200).json()
}

#[tokio::test]
async fn our_tokens_are_accepted_by_libraries_that_others_wrote() {
    let (folder, tenant) = (Folder::new().await, any_id());
    let service = Service::start(&folder).await;
    let administrator = service.administrator(tenant).await;
    let jkt = administrator.pass().key().thumbprint().to_string();
    user(&administrator, "ada@example.org", &["chair"]).await;
    let login = sign_in(&administrator, "ada@example.org", PASSWORD).await.expect(200).json();
    let client = client_token(&administrator, "scheduler", &["service"]).await;
    for (answer, permission) in [(login, "floor:moderate"), (client, "transcript:write")] {
        assert_eq!(answer["token_type"], "DPoP", "{answer}");
        for claims in read_by_others(&service, answer["access_token"].as_str().unwrap()) {
            assert_eq!(claims["tenant"].as_str().unwrap().parse::<Uuid>().unwrap(), tenant, "{claims}");
            assert_eq!(claims["cnf"]["jkt"], jkt, "{claims}");
            let permissions = claims["permissions"].as_array().unwrap();
            assert!(permissions.iter().any(|one| one == permission), "{claims}");
        }
    }
    service.stop().await;
}
