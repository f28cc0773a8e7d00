//! The neighbours that are played do what their contracts say, and go wrong as they are told.

use std::time::Duration;

use acta_neighbours::{Authority, Evidence, EvidenceKind, Fault, House, Mailbox, Neighbour, Playing, part};
use reqwest::{Certificate, Client, Response};
use serde_json::{Value, json};
use uuid::Uuid;

const TENANT: Uuid = Uuid::from_u128(1);
const SESSION: Uuid = Uuid::from_u128(2);
const ADA: Uuid = Uuid::from_u128(3);

fn client() -> Client {
    Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("this client can be built")
}

async fn post(client: &Client, url: &str, key: &str, body: &Value) -> reqwest::Result<Response> {
    let request = client.post(url).header("X-Service-ID", "acta").header("X-Internal-Service", "true");
    request.header("X-Tenant-ID", TENANT.to_string()).header("Idempotency-Key", key).json(body).send().await
}

async fn validate(identity: &Playing<part::Identity>, key: &str) -> reqwest::Result<Response> {
    let url = format!("{}/v2/contextual-tokens/validate", identity.url());
    let body = json!({ "token": "a token", "tenant_id": TENANT, "session_id": SESSION });
    post(&client(), &url, key, &body).await
}

async fn identity() -> Playing<part::Identity> {
    let identity = Neighbour::identity().start().await.expect("there is a free port");
    identity.part().accept(EvidenceKind::Token, "a token", Evidence::of(ADA).in_session(SESSION));
    identity
}

#[tokio::test]
async fn a_token_is_good_once_and_the_same_request_has_the_same_answer() {
    let identity = identity().await;
    for key in ["first", "first"] {
        let answer: Value = validate(&identity, key).await.unwrap().json().await.unwrap();
        assert_eq!(answer, json!({ "valid": true, "user_id": ADA }));
    }
    let answer: Value = validate(&identity, "second").await.unwrap().json().await.unwrap();
    assert_eq!(answer, json!({ "valid": false, "reason": "used" }));
    identity.part().say_by_status();
    assert_eq!(validate(&identity, "third").await.unwrap().status(), 409);
    assert_eq!(identity.count(), 4);
    identity.assert_contract_kept();
}

#[tokio::test]
#[should_panic(expected = "Idempotency-Key is missing")]
async fn a_request_that_is_not_as_agreed_is_noted() {
    let identity = identity().await;
    let answer = client().post(format!("{}/v2/codes/validate", identity.url())).json(&json!({})).send().await;
    assert_eq!(answer.unwrap().status(), 400);
    identity.assert_contract_kept();
}

#[tokio::test]
async fn a_fault_is_there_from_when_it_is_switched_on_until_it_is_switched_off() {
    let identity = identity().await;
    identity.set(Fault::StatusTimes(500, 2)).await;
    for status in [500, 500, 200] {
        assert_eq!(validate(&identity, "one").await.unwrap().status(), status);
    }
    identity.set(Fault::TooMany { retry_after: Some(7) }).await;
    let answer = validate(&identity, "two").await.unwrap();
    assert_eq!((answer.status().as_u16(), &answer.headers()["retry-after"]), (429, &"7".parse().unwrap()));
    for gone in [Fault::Refuse, Fault::Cut, Fault::Refuse] {
        identity.set(gone).await;
        validate(&identity, "three").await.expect_err("no answer");
    }
    identity.set(Fault::CutMidBody).await;
    validate(&identity, "three").await.unwrap().bytes().await.expect_err("half an answer");
    identity.set(Fault::WrongJson).await;
    validate(&identity, "three").await.unwrap().json::<Value>().await.expect_err("no JSON");
    identity.set(Fault::Huge(1 << 20)).await;
    assert!(validate(&identity, "three").await.unwrap().bytes().await.unwrap().len() >= 1 << 20);
    identity.set(Fault::Redirect).await;
    assert_eq!(validate(&identity, "three").await.unwrap().status(), 307);
    identity.set(Fault::Slow(Duration::from_millis(300))).await;
    let begin = tokio::time::Instant::now();
    validate(&identity, "three").await.unwrap();
    assert!(begin.elapsed() >= Duration::from_millis(300));
    identity.set(Fault::None).await;
    validate(&identity, "three").await.unwrap();
}

#[tokio::test]
async fn what_was_done_before_its_answer_was_lost_is_not_done_again() {
    let notifications = Neighbour::notifications().start().await.unwrap();
    let url = format!("{}/api/v1/notifications", notifications.url());
    let parameters = json!({ "code": "123456", "expires_at": "2026-11-22T10:00:00Z", "session_id": SESSION });
    let message = json!({ "channel": "sms", "to": "+34 600", "template": "attendance-code", "tenant_id": TENANT,
        "parameters": parameters });
    notifications.set(Fault::AnswerLost).await;
    post(&client(), &url, "one", &message).await.expect_err("no answer");
    notifications.set(Fault::None).await;
    assert_eq!(post(&client(), &url, "one", &message).await.unwrap().status(), 202);
    assert_eq!(notifications.part().messages().len(), 1);
    assert_eq!(notifications.part().code_for("+34 600").as_deref(), Some("123456"));
    notifications.assert_contract_kept();
}

#[tokio::test]
async fn a_wrong_certificate_is_not_trusted_and_a_right_one_is() {
    let house = House::with_tls().await.unwrap();
    let authority = house.authority.as_ref().unwrap().pem();
    let trusted = Certificate::from_pem(authority.as_bytes()).unwrap();
    let client = Client::builder().tls_certs_only([trusted]).build().unwrap();
    let url = format!("{}/api/v1/tenants/{TENANT}/status", house.tenancy.url());
    assert_eq!(client.get(&url).send().await.unwrap().status(), 200);
    house.set(Fault::WrongCertificate).await;
    client.get(&url).send().await.expect_err("nobody trusts it");
    house.set(Fault::None).await;
    assert_eq!(client.get(&url).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn mutual_tls_lets_in_nobody_without_a_certificate() {
    let (servers, clients) = (Authority::new("servers"), Authority::new("clients"));
    let governance = Neighbour::governance().with_mutual_tls(&servers, &clients).start().await.unwrap();
    let trusted = Certificate::from_pem(servers.pem().as_bytes()).unwrap();
    let client = || Client::builder().tls_certs_only([trusted.clone()]);
    let url = format!("{}/api/v1/assemblies/one/event-data", governance.url());
    client().build().unwrap().get(&url).send().await.expect_err("no certificate");
    let paper = clients.client("acta");
    let identity = reqwest::Identity::from_pem((paper.certificate + &paper.key).as_bytes()).unwrap();
    let answer = client().identity(identity).build().unwrap().get(&url).send().await.unwrap();
    assert_eq!(answer.status(), 404, "it knows no such assembly");
}

#[tokio::test]
async fn a_mailbox_keeps_what_it_is_sent() {
    use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
    let mailbox = Mailbox::start().await.unwrap();
    let url = mailbox.url().replace("smtp://", "smtp://ada:secret@");
    let sender = AsyncSmtpTransport::<Tokio1Executor>::from_url(&url).unwrap().build();
    let mail = Message::builder().from("acta@example.org".parse().unwrap());
    let mail =
        mail.to("ada@example.org".parse().unwrap()).subject("Your code").body("It is 123456.".to_owned());
    sender.send(mail.unwrap()).await.unwrap();
    let mails = mailbox.mails();
    assert_eq!(
        (mails[0].from.as_str(), &mails[0].to[..]),
        ("acta@example.org", &["ada@example.org".to_owned()][..])
    );
    assert!(mails[0].text.contains("123456"), "{}", mails[0].text);
    assert_eq!(mails[0].login, Some(("ada".to_owned(), "secret".to_owned())));
}
