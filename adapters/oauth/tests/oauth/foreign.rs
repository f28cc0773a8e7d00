//! Foreign issuers: their tokens are accepted by the keys that they publish, whatever their servers do.

use std::sync::Arc;

use acta_application::access::{AccessTokens as _, Permission, TokenError, VerifiedToken};
use acta_application::clock::Clock;
use acta_application::log::Actor;
use acta_oauth::{ClaimNames, FetchError, IssuerOptions, KeysFrom, SetupError, TrustedIssuers};
use axum::http::StatusCode;
use futures::future::join_all;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::keys::{ED25519, Key, OTHER_P256, P256};
use crate::server::{Answer, KeyServer};
use crate::times::{HandClock, NOW};

const ISSUER: &str = "https://issuer.example";
const PERSON: &str = "0b0e5b6e-7d1b-4d7a-9f0e-6f1d6b1f2c3d";
const HOUR: i64 = 3_600;

/// The service with one foreign issuer, whose server is at hand.
struct House {
    server: KeyServer,
    clock: Arc<HandClock>,
    trusted: TrustedIssuers,
}

fn options(keys: KeysFrom) -> IssuerOptions {
    IssuerOptions {
        issuer: ISSUER.to_owned(),
        audiences: vec!["acta".to_owned()],
        keys,
        plain_jwt: false,
        claims: ClaimNames::default(),
        tenants: None,
    }
}

impl House {
    async fn with(answer: Answer) -> Self {
        Self::with_options(answer, |_| ()).await
    }

    async fn with_options(answer: Answer, change: impl FnOnce(&mut IssuerOptions)) -> Self {
        let server = KeyServer::start(answer).await;
        let mut options = options(KeysFrom::Url(server.url("/keys").parse().unwrap()));
        change(&mut options);
        Self::new(server, options)
    }

    fn new(server: KeyServer, options: IssuerOptions) -> Self {
        let clock = Arc::new(HandClock::new());
        let trusted =
            TrustedIssuers::new(None, vec![options], &(Arc::clone(&clock) as Arc<dyn Clock>)).unwrap();
        Self { server, clock, trusted }
    }

    async fn verify(&self, token: &str) -> Result<VerifiedToken, TokenError> {
        self.trusted.verify(token, self.clock.now()).await
    }

    /// Keeps the keys fresh until they were asked for once more.
    async fn refresh(&self) {
        let stop = CancellationToken::new();
        let asked = self.server.requests() + 1;
        let fetched = async {
            self.server.has_been_asked(asked).await;
            // The fetch that was begun is finished before the next verification, which waits for it.
            stop.cancel();
        };
        tokio::join!(self.trusted.keep_fresh(stop.clone()), fetched);
    }
}

fn claims() -> Value {
    json!({
        "iss": ISSUER,
        "aud": "acta",
        "sub": PERSON,
        "tenant": Uuid::from_u128(1),
        "roles": ["observer"],
        "exp": NOW + 10 * HOUR,
    })
}

fn token_of(key: &Key, kid: &str, claims: &Value) -> String {
    key.jws(&json!({ "typ": "at+jwt", "alg": key.algorithm(), "kid": kid }).to_string(), &claims.to_string())
}

fn token(key: &Key, kid: &str) -> String {
    token_of(key, kid, &claims())
}

fn first() -> Answer {
    Answer::Keys(vec![P256.published("first")])
}

fn unavailable(result: &Result<VerifiedToken, TokenError>) -> &FetchError {
    let Err(TokenError::Unavailable(fault)) = result else {
        panic!("the keys should not be available: {result:?}")
    };
    fault.downcast_ref().unwrap()
}

#[tokio::test]
async fn many_tokens_need_one_fetch() {
    let house = House::with(first()).await;
    let tokens: Vec<_> = (0..20)
        .map(|number| {
            let mut claims = claims();
            claims["jti"] = json!(number);
            token_of(&P256, "first", &claims)
        })
        .collect();
    for verified in join_all(tokens.iter().map(|token| house.verify(token))).await {
        assert_eq!(verified.unwrap().principal.actor, Actor::Person(PERSON.parse().unwrap()));
    }
    assert_eq!(house.server.requests(), 1);
}

#[tokio::test]
async fn what_another_issuer_calls_a_sign_in_is_none_of_ours() {
    let house = House::with(first()).await;
    let mut claims = claims();
    claims["sid"] = json!(Uuid::from_u128(4));
    assert_eq!(house.verify(&token_of(&P256, "first", &claims)).await.unwrap().grant, None);
}

#[tokio::test]
async fn a_subject_may_be_without_our_prefix() {
    let house = House::with(first()).await;
    for (subject, actor) in [
        (PERSON, Ok(Actor::Person(PERSON.parse().unwrap()))),
        ("scheduler", Ok(Actor::Service("scheduler".to_owned()))),
        ("service:scheduler", Ok(Actor::Service("scheduler".to_owned()))),
        ("clock", Err("sub")),
        ("somebody@example.org", Err("sub")),
        ("", Err("sub")),
    ] {
        let mut claims = claims();
        claims["sub"] = json!(subject);
        match (house.verify(&token_of(&P256, "first", &claims)).await, actor) {
            (Ok(verified), Ok(actor)) => assert_eq!(verified.principal.actor, actor),
            (Err(TokenError::Claim(found)), Err(claim)) => assert_eq!(found, claim),
            (result, _) => panic!("{subject}: {result:?}"),
        }
    }
}

#[tokio::test]
async fn claims_may_have_other_names() {
    let names = ClaimNames {
        tenant: "https://example.org/tenant".to_owned(),
        roles: "realm_access.roles".to_owned(),
        permissions: "rights".to_owned(),
    };
    let house = House::with_options(first(), |options| options.claims = names).await;
    let mut claims = claims();
    claims["https://example.org/tenant"] = json!(Uuid::from_u128(9));
    claims["realm_access"] = json!({ "roles": ["observer", "offline_access"] });
    let principal = house.verify(&token_of(&P256, "first", &claims)).await.unwrap().principal;
    assert_eq!(principal.tenant, Uuid::from_u128(9).into());
    assert_eq!(principal.permissions, [Permission::SessionsRead].into());
    claims["rights"] = json!(["feed:read"]);
    let principal = house.verify(&token_of(&P256, "first", &claims)).await.unwrap().principal;
    assert_eq!(principal.permissions, [Permission::FeedRead].into());
}

#[tokio::test]
async fn an_issuer_speaks_for_its_tenants_only() {
    let tenants = Some([Uuid::from_u128(2).into()].into());
    let house = House::with_options(first(), |options| options.tenants = tenants).await;
    assert!(matches!(house.verify(&token(&P256, "first")).await, Err(TokenError::Claim("tenant"))));
    let mut claims = claims();
    claims["tenant"] = json!(Uuid::from_u128(2));
    assert!(house.verify(&token_of(&P256, "first", &claims)).await.is_ok());
}

#[tokio::test]
async fn whoever_is_not_trusted_is_not_asked_for_keys() {
    let house = House::with(first()).await;
    let mut claims = claims();
    claims["iss"] = json!("https://other.example");
    assert!(matches!(house.verify(&token_of(&P256, "first", &claims)).await, Err(TokenError::Invalid)));
    assert_eq!(house.server.requests(), 0);
}

#[tokio::test]
async fn one_issuer_does_not_sign_for_another() {
    let (one, other) = (KeyServer::start(first()).await, KeyServer::start(first()).await);
    other.answer(Answer::Keys(vec![OTHER_P256.published("first")]));
    let at = |server: &KeyServer| options(KeysFrom::Url(server.url("/keys").parse().unwrap()));
    let second = IssuerOptions { issuer: "https://second.example".to_owned(), ..at(&other) };
    let clock = Arc::new(HandClock::new());
    let trusted =
        TrustedIssuers::new(None, vec![at(&one), second], &(clock.clone() as Arc<dyn Clock>)).unwrap();
    assert!(trusted.verify(&token(&P256, "first"), clock.now()).await.is_ok());
    let forged = token(&OTHER_P256, "first");
    assert!(matches!(trusted.verify(&forged, clock.now()).await, Err(TokenError::Invalid)));
}

#[tokio::test]
async fn a_new_key_is_found_when_its_first_token_comes() {
    let house = House::with(first()).await;
    house.verify(&token(&P256, "first")).await.unwrap();
    house.server.answer(Answer::Keys(vec![P256.published("first"), ED25519.published("second")]));
    house.clock.pass(10);
    assert!(house.verify(&token(&ED25519, "second")).await.is_ok());
    assert!(house.verify(&token(&P256, "first")).await.is_ok());
    assert_eq!(house.server.requests(), 2);
}

#[tokio::test]
async fn unknown_keys_are_asked_for_every_ten_seconds_at_most() {
    let house = House::with(first()).await;
    house.verify(&token(&P256, "first")).await.unwrap();
    for (seconds, requests) in [(0, 1), (9, 1), (1, 2), (0, 2), (10, 3)] {
        house.clock.pass(seconds);
        for kid in ["unknown", "unknown-too"] {
            let result = house.verify(&token(&OTHER_P256, kid)).await;
            assert!(matches!(result, Err(TokenError::Invalid)), "{result:?}");
        }
        assert_eq!(house.server.requests(), requests, "{seconds} seconds later");
    }
}

#[tokio::test]
async fn a_key_that_left_is_no_longer_accepted_after_the_next_fetch() {
    let house = House::with(first()).await;
    let old = token(&P256, "first");
    house.verify(&old).await.unwrap();
    house.server.answer(Answer::Keys(vec![ED25519.published("second")]));
    assert!(house.verify(&old).await.is_ok(), "it is not known yet");
    house.clock.pass(600);
    house.refresh().await;
    assert!(matches!(house.verify(&old).await, Err(TokenError::Invalid)), "though it was seen");
    assert!(house.verify(&token(&ED25519, "second")).await.is_ok());
}

#[tokio::test]
async fn keys_are_fetched_before_anybody_needs_them() {
    let house = House::with(first()).await;
    house.refresh().await;
    assert!(house.verify(&token(&P256, "first")).await.is_ok());
    assert_eq!(house.server.requests(), 1);
}

#[tokio::test]
async fn while_the_issuer_is_away_its_keys_go_on_for_an_hour() {
    let house = House::with(first()).await;
    let token = token(&P256, "first");
    house.verify(&token).await.unwrap();
    house.server.answer(Answer::Status(StatusCode::SERVICE_UNAVAILABLE));
    house.clock.pass(600);
    house.refresh().await;
    house.clock.pass(HOUR - 1);
    assert!(house.verify(&token).await.is_ok());
    assert!(house.trusted.health(house.clock.now()).unwrap().well);
    house.clock.pass(1);
    assert!(!house.trusted.health(house.clock.now()).unwrap().well);
    assert!(matches!(unavailable(&house.verify(&token).await), FetchError::Status(503)));
    house.server.answer(first());
    assert!(
        matches!(unavailable(&house.verify(&token).await), FetchError::Status(503)),
        "it was asked a moment ago"
    );
    house.clock.pass(10);
    assert!(house.verify(&token).await.is_ok());
}

type Is = fn(&FetchError) -> bool;

#[tokio::test]
async fn answers_that_are_no_keys_make_tokens_unverifiable_not_invalid() {
    let elsewhere = KeyServer::start(first()).await;
    let rows: Vec<(&str, Answer, Is)> = vec![
        ("an error", Answer::Status(StatusCode::INTERNAL_SERVER_ERROR), |e| {
            matches!(e, FetchError::Status(500))
        }),
        ("nothing", Answer::Status(StatusCode::NO_CONTENT), |e| matches!(e, FetchError::Status(204))),
        ("garbage", Answer::Text("<html>".to_owned()), |e| matches!(e, FetchError::Keys(_))),
        ("no list", Answer::Text("{}".to_owned()), |e| matches!(e, FetchError::Keys(_))),
        ("too many keys", Answer::Keys(vec![P256.published("first"); 101]), |e| {
            matches!(e, FetchError::Keys(_))
        }),
        ("too much", Answer::Text(" ".repeat(256 * 1_024 + 1)), |e| matches!(e, FetchError::TooLarge)),
        ("another host", Answer::Redirect(elsewhere.url("/keys")), |e| matches!(e, FetchError::Status(307))),
        ("a circle", Answer::Redirect("/keys".to_owned()), |e| matches!(e, FetchError::Status(307))),
    ];
    for (name, answer, is) in rows {
        let house = House::with(answer).await;
        let result = house.verify(&token(&P256, "first")).await;
        assert!(is(unavailable(&result)), "{name}: {result:?}");
    }
    assert_eq!(elsewhere.requests(), 0);
}

/// Time passes by itself while everybody waits, so the five seconds are none.
#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_answer_is_not_waited_for() {
    let house = House::with(Answer::Silence).await;
    let result = house.verify(&token(&P256, "first")).await;
    assert!(matches!(unavailable(&result), FetchError::Http(error) if error.is_timeout()), "{result:?}");
}

#[tokio::test]
async fn a_caller_who_hangs_up_does_not_end_the_fetch() {
    let house = Arc::new(House::with(first()).await);
    let caller = tokio::spawn({
        let house = Arc::clone(&house);
        async move { house.verify(&token(&P256, "first")).await }
    });
    house.server.has_been_asked(1).await;
    caller.abort();
    assert!(house.verify(&token(&P256, "first")).await.is_ok());
    assert_eq!(house.server.requests(), 1);
}

#[tokio::test]
async fn metadata_says_where_the_keys_are() {
    for path in ["/.well-known/oauth-authorization-server/realm", "/realm/.well-known/openid-configuration"] {
        let server = KeyServer::start(first()).await;
        let issuer = server.url("/realm");
        server.publish_metadata(path, &issuer);
        let house =
            House::new(server, IssuerOptions { issuer: issuer.clone(), ..options(KeysFrom::Metadata) });
        let mut claims = claims();
        claims["iss"] = json!(issuer);
        assert!(house.verify(&token_of(&P256, "first", &claims)).await.is_ok(), "{path}");
    }
}

#[tokio::test]
async fn metadata_of_another_issuer_is_none() {
    let server = KeyServer::start(first()).await;
    let issuer = server.url("");
    server.publish_metadata("/.well-known/oauth-authorization-server", "https://other.example");
    let house = House::new(server, IssuerOptions { issuer: issuer.clone(), ..options(KeysFrom::Metadata) });
    let mut claims = claims();
    claims["iss"] = json!(issuer);
    let result = house.verify(&token_of(&P256, "first", &claims)).await;
    assert!(matches!(unavailable(&result), FetchError::Status(404)), "{result:?}");
    assert_eq!(house.server.requests(), 0);
}

#[tokio::test]
async fn an_issuer_that_cannot_be_trusted_is_refused_at_start() {
    let clock: Arc<dyn Clock> = Arc::new(HandClock::new());
    let set_up = |foreign| TrustedIssuers::new(None, foreign, &clock).err();
    let good = || options(KeysFrom::Url("https://issuer.example/keys".parse().unwrap()));
    assert!(set_up(vec![good()]).is_none());
    assert!(matches!(set_up(vec![good(), good()]), Some(SetupError::Twice(_))));
    let without_audience = IssuerOptions { audiences: Vec::new(), ..good() };
    assert!(matches!(set_up(vec![without_audience]), Some(SetupError::NoAudience(_))));
    let without_tls = options(KeysFrom::Url("http://issuer.example/keys".parse().unwrap()));
    assert!(matches!(set_up(vec![without_tls]), Some(SetupError::Insecure(_))));
    let nameless = IssuerOptions { issuer: "issuer".to_owned(), ..options(KeysFrom::Metadata) };
    assert!(matches!(set_up(vec![nameless]), Some(SetupError::NotAUrl(_))));
}
