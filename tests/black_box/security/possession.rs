//! A token alone lets nobody write: whoever sends it proves with each request that they hold its key, and a proof is good once
//! (RFC 9449).

use acta_domain::Timestamp;
use acta_services::RequestToProve;
use acta_throwaway::Redis;
use futures::{StreamExt as _, stream};
use reqwest::Method;

use crate::api::{Answer, Api, send};
use crate::folder::Folder;
use crate::meeting::{any_id, session_called};
use crate::pass::{Holder, Pass, Wanted, now};
use crate::service::{ISSUER, Service, eventually};

const MICROS: i64 = 1_000_000;
const WRITE: &str = "/sessions";

/// What a request shows.
#[derive(Clone)]
struct Shown {
    authorization: String,
    proofs: Vec<String>,
}

/// A proof of `pass` for `request`, as old as this; one that is negative is from the future.
fn proof(pass: &Pass, request: &RequestToProve<'_>, age_seconds: i64) -> String {
    let made = Timestamp::from_micros(now().as_micros() - age_seconds * MICROS).unwrap();
    pass.key().prove(request, made, any_id())
}

/// A good proof for creating a session with the token of `pass` at `url`.
fn good(pass: &Pass, url: &str) -> String {
    proof(pass, &RequestToProve { method: "POST", url, token: Some(pass.token()), nonce: None }, 0)
}

/// Creates a session, as whoever shows this.
async fn create(stranger: &Api, shown: &Shown) -> Answer {
    let mut request = stranger.request(Method::POST, WRITE).header("Authorization", &shown.authorization);
    for proof in &shown.proofs {
        request = request.header("DPoP", proof);
    }
    send(request.json(&session_called("General meeting"))).await
}

fn dpop(pass: &Pass, proofs: Vec<String>) -> Shown {
    Shown { authorization: format!("DPoP {}", pass.token()), proofs }
}

/// Every way to show too little, and what the challenge says then.
fn not_enough(
    pass: &Pass,
    other: &Pass,
    unbound: &Pass,
    url: &str,
) -> Vec<(&'static str, &'static str, Shown)> {
    let token = Some(pass.token());
    let right = RequestToProve { method: "POST", url, token, nonce: None };
    let proven = |request: &RequestToProve<'_>| dpop(pass, vec![proof(pass, request, 0)]);
    let aged = |seconds| dpop(pass, vec![proof(pass, &right, seconds)]);
    let bearer =
        |pass: &Pass| Shown { authorization: format!("Bearer {}", pass.token()), proofs: Vec::new() };
    let good = good(pass, url);
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let altered = format!("{signed}.{}", signature.chars().rev().collect::<String>());
    let port = "http://127.0.0.1:9/api/v1/sessions";
    vec![
        ("a token that is bound to no key", "invalid_token", bearer(unbound)),
        ("a bound token as a bearer's", "invalid_token", bearer(pass)),
        ("an unbound token with a proof", "invalid_token", dpop(unbound, vec![good.clone()])),
        ("no proof", "invalid_dpop_proof", dpop(pass, Vec::new())),
        ("a proof that is none", "invalid_dpop_proof", dpop(pass, vec!["nonsense".to_owned()])),
        ("two proofs", "invalid_dpop_proof", dpop(pass, vec![good.clone(), self::good(pass, url)])),
        ("another signature", "invalid_dpop_proof", dpop(pass, vec![altered])),
        ("another key's proof", "invalid_token", dpop(pass, vec![proof(other, &right, 0)])),
        (
            "a proof for another method",
            "invalid_dpop_proof",
            proven(&RequestToProve { method: "PUT", ..right }),
        ),
        (
            "a proof for another path",
            "invalid_dpop_proof",
            proven(&RequestToProve { url: &format!("{url}/x"), ..right }),
        ),
        ("a proof for another port", "invalid_dpop_proof", proven(&RequestToProve { url: port, ..right })),
        (
            "a proof for another host",
            "invalid_dpop_proof",
            proven(&RequestToProve { url: "https://evil.example/api/v1/sessions", ..right }),
        ),
        (
            "a proof with another token",
            "invalid_dpop_proof",
            proven(&RequestToProve { token: Some(other.token()), ..right }),
        ),
        ("a proof with no token", "invalid_dpop_proof", proven(&RequestToProve { token: None, ..right })),
        ("an old proof", "invalid_dpop_proof", aged(120)),
        ("a proof from the future", "invalid_dpop_proof", aged(-60)),
    ]
}

#[track_caller]
fn assert_refused(answer: Answer, what: &str, error: &str) {
    let challenge = answer.header("www-authenticate").to_owned();
    assert!(answer.status == 401, "{what}: {} {}", answer.status, answer.text());
    let named = format!(r#"error="{error}""#);
    assert!(challenge.starts_with("DPoP ") && challenge.contains(&named), "{what}: {challenge}");
    answer.problem(401, "unauthorized");
}

/// Whoever may do everything, and holds no key.
async fn reader(service: &Service, tenant: uuid::Uuid) -> Api {
    let holder = Holder::Service("reader");
    service.reader(&Wanted { tenant, holder, roles: &["administrator"], lifetime: 3600 }).await
}

async fn sessions(api: &Api, position: u64) -> usize {
    api.get_at(WRITE, position).await.expect(200).json()["sessions"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_write_is_refused_unless_its_sender_proves_possession_of_the_key() {
    let (folder, tenant) = (Folder::new().await, any_id());
    let service = Service::start(&folder).await;
    let (api, other) = (service.administrator(tenant).await, service.administrator(tenant).await);
    let (unbound, stranger) = (reader(&service, tenant).await, service.stranger());
    for (what, error, shown) in not_enough(api.pass(), other.pass(), unbound.pass(), &api.url(WRITE)) {
        assert_refused(create(&stranger, &shown).await, what, error);
    }
    let plain = stranger.post(WRITE, &session_called("General meeting")).await.problem(401, "unauthorized");
    assert!(plain.header("www-authenticate").contains("DPoP "), "the answer says how to go about it");
    // What was refused left nothing behind, and what is right goes on being so, once.
    let shown = dpop(api.pass(), vec![good(api.pass(), &api.url(WRITE))]);
    let created = create(&stranger, &shown).await.expect(201);
    assert_refused(create(&stranger, &shown).await, "the same proof again", "invalid_dpop_proof");
    assert_eq!(sessions(&unbound, created.position()).await, 1);
    service.stop().await;
}

#[tokio::test]
async fn a_proof_may_name_any_of_the_services_own_addresses_in_any_spelling() {
    let (folder, tenant) = (Folder::new().await, any_id());
    let service = Service::start(&folder).await;
    let (api, stranger) = (service.administrator(tenant).await, service.stranger());
    let own = api.url(WRITE);
    let shouted = own.replacen("http://", "HTTP://", 1);
    let public = format!("{ISSUER}/api/v1/sessions");
    let with_port = format!("{ISSUER}:443/api/v1/sessions");
    for url in [
        &own,
        &shouted,
        &public,
        &with_port,
        &format!("{own}?a=query"),
        &own.replace("sessions", "%73essions"),
    ] {
        create(&stranger, &dpop(api.pass(), vec![good(api.pass(), url)])).await.expect(201);
    }
    service.stop().await;
}

#[tokio::test]
async fn a_bound_token_needs_its_proof_for_reading_too_and_an_unbound_one_none() {
    let (folder, tenant) = (Folder::new().await, any_id());
    let service = Service::start(&folder).await;
    let (api, stranger) = (service.administrator(tenant).await, service.stranger());
    api.get(WRITE).await.expect(200);
    reader(&service, tenant).await.get(WRITE).await.expect(200);
    let read =
        |authorization: String| stranger.request(Method::GET, WRITE).header("Authorization", authorization);
    let as_bearer = send(read(format!("Bearer {}", api.pass().token()))).await;
    assert_refused(as_bearer, "a bound token as a bearer's", "invalid_token");
    let bare = send(read(format!("DPoP {}", api.pass().token()))).await;
    assert_refused(bare, "a bound token without a proof", "invalid_dpop_proof");
    service.stop().await;
}

#[tokio::test]
async fn with_nonces_a_proof_needs_one_that_the_service_gave() {
    let (folder, tenant) = (Folder::new().await, any_id());
    let mut command = folder.serve();
    command.env("DPOP_NONCE", "true");
    let service = Service::spawn(&folder, command).await;
    let (api, stranger) = (service.administrator(tenant).await, service.stranger());
    let (pass, url) = (api.pass(), api.url(WRITE));
    let with = |nonce| {
        let request = RequestToProve { method: "POST", url: &url, token: Some(pass.token()), nonce };
        dpop(pass, vec![proof(pass, &request, 0)])
    };
    let asked = create(&stranger, &with(None)).await;
    let nonce = asked.header("dpop-nonce").to_owned();
    assert_refused(asked, "a proof without a nonce", "use_dpop_nonce");
    assert_refused(create(&stranger, &with(Some("made-up"))).await, "a nonce of one's own", "use_dpop_nonce");
    create(&stranger, &with(Some(&nonce))).await.expect(201);
    create(&stranger, &with(Some(&nonce))).await.expect(201);
    // A client that knows of nonces does this by itself.
    api.post(WRITE, &session_called("General meeting")).await.expect(201);
    service.stop().await;
}

/// Starts an instance on `folder` that shares its counters in `redis`.
async fn instance(folder: &Folder, redis: &Redis) -> Service {
    let mut command = folder.serve();
    // A busy machine is not what is looked at.
    command.env("REDIS_URL", redis.url()).env("DATABASE_ACQUIRE_TIMEOUT", "30");
    Service::spawn(folder, command).await
}

#[tokio::test]
async fn a_proof_is_good_once_at_all_instances_together() {
    let (folder, redis) = (Folder::postgres().await, Redis::start().await.unwrap());
    let (one, other) = (instance(&folder, &redis).await, instance(&folder, &redis).await);
    let api = one.administrator(any_id()).await;
    // A proof for the public URL is one for every instance behind it.
    let url = format!("{ISSUER}/api/v1/sessions");
    for (first, second) in [(&one, &other), (&other, &one)] {
        let shown = dpop(api.pass(), vec![good(api.pass(), &url)]);
        create(&first.stranger(), &shown).await.expect(201);
        assert_refused(
            create(&second.stranger(), &shown).await,
            "a proof used elsewhere",
            "invalid_dpop_proof",
        );
        assert_refused(create(&first.stranger(), &shown).await, "a proof used here", "invalid_dpop_proof");
    }
    let shown = dpop(api.pass(), vec![good(api.pass(), &url)]);
    let strangers: Vec<_> = (0..20).map(|number| [&one, &other][number % 2].stranger()).collect();
    let answers = futures::future::join_all(strangers.iter().map(|stranger| create(stranger, &shown))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1, "of 20 at once, one wins");
    one.stop().await;
    other.stop().await;
}

/// Whether the service says that its counters are in this state.
async fn health_of_counters(service: &Service, state: &str) -> Option<()> {
    let health = service.stranger().get("//api/v1/health").await.json();
    let counters = health["features"].as_array()?.iter().find(|feature| feature["name"] == "counters")?;
    assert!(!counters.to_string().contains("redis://"), "nobody need know where they are: {counters}");
    (counters["state"] == state).then_some(())
}

#[tokio::test]
async fn without_redis_nothing_is_written_and_reading_goes_on() {
    let (folder, redis, tenant) = (Folder::new().await, Redis::start().await.unwrap(), any_id());
    let service = instance(&folder, &redis).await;
    let (api, reader) = (service.administrator(tenant).await, reader(&service, tenant).await);
    let session = session_called("General meeting");
    api.post(WRITE, &session).await.expect(201);
    redis.kill().await.unwrap();
    let refused = api.post(WRITE, &session).await.problem(503, "unavailable");
    assert_eq!(refused.header("retry-after"), "1");
    let listed = reader.get(WRITE).await.expect(200).json();
    assert!(listed["sessions"].is_array(), "{listed}");
    eventually("the health tells", async || health_of_counters(&service, "away").await).await;
    redis.start_again().await.unwrap();
    eventually("it is written again", async || (api.post(WRITE, &session).await.status == 201).then_some(()))
        .await;
    service.stop().await;
}

/// Proofs that are shown everywhere at once.
const SHOWN: usize = 2_000;
const AT_ONCE: usize = 16;

#[tokio::test]
#[ignore = "thousands of requests take minutes: `make chaos`"]
async fn chaos_of_two_thousand_proofs_shown_at_both_instances_each_is_good_once() {
    let (folder, redis) = (Folder::postgres().await, Redis::start().await.unwrap());
    let (one, other) = (instance(&folder, &redis).await, instance(&folder, &redis).await);
    let api = one.administrator(any_id()).await;
    let (here, there, url) = (one.stranger(), other.stranger(), format!("{ISSUER}/api/v1/sessions"));
    let trials = (0..SHOWN).map(|_| async {
        let shown = dpop(api.pass(), vec![good(api.pass(), &url)]);
        let (first, second) = tokio::join!(create(&here, &shown), create(&there, &shown));
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 401], "{} {}", first.text(), second.text());
    });
    stream::iter(trials).buffer_unordered(AT_ONCE).collect::<()>().await;
    one.stop().await;
    other.stop().await;
}
