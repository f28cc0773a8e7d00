//! What it costs to know who is asking: an access token and a proof of possession, checked as for every write.

mod holder;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use acta_application::access::{
    AccessTokens as _, CountersError, MemoryReplayCache, Permission, ProofRequest, ProofsOfPossession as _,
    ReplayCache as _, ReplayKey,
};
use acta_application::clock::Clock;
use acta_application::issuer::{AccessTokenContents, TokenSigning as _};
use acta_application::log::Actor;
use acta_domain::{PersonId, TenantId, Timestamp};
use acta_oauth::{
    AccessTokenIssuer, DpopOptions, DpopProofs, Rs256Signer, TokenKeys, TokenNames, TrustedIssuers,
    generate_rsa_pem,
};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use self::holder::{Algorithm, Holder};
use crate::process::Process;
use crate::table::{Table, megabytes};

const URL: &str = "https://acta.example";
const PATH: &str = "/api/v1/sessions";
/// Users who write, each with a token and a key.
const USERS: u32 = 500;
/// Proofs that are made before they are checked; making them is not measured.
const AT_ONCE: u32 = 20_000;
/// Uses that one node remembers.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(1_000_000).expect("a million is not zero");
/// Tokens that are checked without being known.
const STRANGE: u32 = 2_000;
/// The goal for a token and a proof together.
const GOAL_MICROS: f64 = 150.0;

/// The service's side.
struct Service {
    issuer: Arc<AccessTokenIssuer>,
    tokens: TrustedIssuers,
    proofs: DpopProofs,
}

/// Time that stands still: what is measured takes longer than a proof is good for.
struct Still(Timestamp);

impl Clock for Still {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// A user with what they show.
struct User {
    holder: Holder,
    token: String,
}

/// Measures `checks` requests.
pub(crate) async fn all(checks: u32) -> anyhow::Result<Table> {
    let now = Timestamp::from_micros(1_800_000_000_000_000)?;
    let service = service(now)?;
    let mut table = Table::default();
    table.heading(format!(
        "Access: {checks} requests, each with an access token (RS256) and a proof of possession"
    ));
    full_memory(now, &mut table).await?;
    strange_tokens(&service, now, &mut table).await?;
    for (algorithm, name) in [(Algorithm::Es256, "ES256"), (Algorithm::EdDsa, "EdDSA")] {
        eprintln!("measuring: proofs by {name}");
        let users: Vec<_> = (0..USERS).map(|number| user(&service, algorithm, number, now)).collect();
        let cpu = checked(&service, &users, checks / 2, now).await?;
        let each = cpu / (checks / 2);
        let micros = each.as_secs_f64() * 1e6;
        table.at_most(format!("token and proof by {name}, µs of processor time"), micros, GOAL_MICROS);
    }
    Ok(table)
}

/// The memory that a full replay cache takes: it takes no more than that.
async fn full_memory(now: Timestamp, table: &mut Table) -> anyhow::Result<()> {
    let used = MemoryReplayCache::new(REMEMBERED);
    let until = Timestamp::from_micros(now.as_micros() + 65_000_000)?;
    let before = Process::this().resident()?;
    for number in 0..REMEMBERED.get() {
        let key = ReplayKey(Sha256::digest(number.to_be_bytes()).into());
        anyhow::ensure!(used.first_use(key, until, now).await?, "every key is used once");
    }
    let full = used.first_use(ReplayKey([0; 32]), until, now).await;
    anyhow::ensure!(matches!(full, Err(CountersError::Full)), "there is no room for one more");
    let grown = Process::this().resident()?.saturating_sub(before);
    table.row(format!("{REMEMBERED} uses remembered, and no room for more"), megabytes(grown));
    Ok(())
}

fn service(now: Timestamp) -> anyhow::Result<Service> {
    let current = Rs256Signer::from_pkcs8_pem(&generate_rsa_pem())?;
    let names = TokenNames { issuer: URL.to_owned(), audience: URL.to_owned() };
    let keys = TokenKeys { current, others: Vec::new(), ed25519: Vec::new() };
    let issuer = Arc::new(AccessTokenIssuer::new(names, keys));
    let clock: Arc<dyn Clock> = Arc::new(Still(now));
    let tokens = TrustedIssuers::new(Some(Arc::clone(&issuer)), Vec::new(), &clock)?;
    let used =
        Arc::new(MemoryReplayCache::new(NonZeroUsize::new(2_000_000).expect("two million is not zero")));
    let options = DpopOptions { origins: vec![URL.parse()?], nonces: None };
    let proofs = DpopProofs::new(options, used);
    Ok(Service { issuer, tokens, proofs })
}

fn user(service: &Service, algorithm: Algorithm, number: u32, now: Timestamp) -> User {
    let holder = Holder::new(algorithm);
    let contents = AccessTokenContents {
        tenant: TenantId::new(Uuid::from_u128(1)),
        actor: Actor::Person(PersonId::new(Uuid::from_u128(u128::from(number)))),
        roles: vec!["chair".to_owned()],
        permissions: Permission::ALL.iter().copied().collect(),
        client_id: None,
        sign_in: None,
        bound_to: Some(holder.thumbprint()),
        issued_at: now,
        expires_at: Timestamp::from_micros(now.as_micros() + 900_000_000)
            .expect("the year is far from the last"),
        id: Uuid::from_u128(u128::from(number)),
    };
    User { token: service.issuer.sign(&contents), holder }
}

/// Tokens that nobody has shown before: their signatures have to be checked.
async fn strange_tokens(service: &Service, now: Timestamp, table: &mut Table) -> anyhow::Result<()> {
    let holder = (0..STRANGE).map(|number| user(service, Algorithm::EdDsa, number, now)).collect::<Vec<_>>();
    let cpu = Process::this().cpu()?;
    for user in &holder {
        service.tokens.verify(&user.token, now).await?;
    }
    let spent = Process::this().cpu()?.saturating_sub(cpu);
    table.row(
        "a token seen for the first time, µs of processor time",
        format!("{:.1}", spent.as_secs_f64() * 1e6 / f64::from(STRANGE)),
    );
    Ok(())
}

/// The processor time that checking `checks` requests takes.
async fn checked(service: &Service, users: &[User], checks: u32, now: Timestamp) -> anyhow::Result<Duration> {
    let (mut spent, mut done) = (Duration::ZERO, 0);
    while done < checks {
        let made = AT_ONCE.min(checks - done);
        let requests: Vec<_> = users
            .iter()
            .cycle()
            .take(usize::try_from(made)?)
            .zip(u128::from(done)..)
            .map(|(user, id)| (user, user.holder.prove(&user.token, now, Uuid::from_u128(id))))
            .collect();
        let before = Process::this().cpu()?;
        for (user, proof) in &requests {
            check(service, &user.token, proof, now).await?;
        }
        spent += Process::this().cpu()?.saturating_sub(before);
        done += made;
    }
    Ok(spent)
}

async fn check(service: &Service, token: &str, proof: &str, now: Timestamp) -> anyhow::Result<()> {
    let verified = service.tokens.verify(token, now).await?;
    let key = verified.bound_to.ok_or_else(|| anyhow::anyhow!("the token is bound"))?;
    let request = ProofRequest { proofs: &[proof], method: "POST", path: PATH, token: Some((token, key)) };
    service.proofs.check(&request, now).await?;
    Ok(())
}
