//! The identity service: whether evidence shows who somebody is.

use std::sync::Arc;

use acta_application::clock::Randomness;
use acta_application::neighbours::{
    Asking, BiometricSample, EvidenceRefusal, EvidenceVerdict, Identified, IdentityAttempt, IdentityService,
    Neighbour, NeighbourError,
};
use acta_domain::{AttendanceMethod, PersonId, SessionId, TenantId, VotingWeight};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::neighbour::{Answer, Client, Expected, NeighbourOptions, SetupError, Unfit, secret_json};
use crate::weight::Weight;

const VERDICT: Expected<EvidenceVerdict> =
    Expected { understood: &[400, 404, 409, 410, 422], largest: 64 * 1_024, read: verdict };

/// The identity service by HTTP.
pub(crate) struct HttpIdentity(Client);

/// What it is asked. It names the evidence as the endpoint does, and is wiped once it was sent.
#[derive(Serialize)]
struct Question<'a> {
    #[serde(flatten)]
    evidence: Evidence<'a>,
    tenant_id: TenantId,
    session_id: SessionId,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<PersonId>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Evidence<'a> {
    Token { token: &'a str },
    Sample { sample: &'a str },
    Code { code: &'a str, channel: &'static str },
}

#[derive(Deserialize)]
struct Verdict {
    valid: bool,
    #[serde(alias = "userId")]
    user_id: Option<PersonId>,
    #[serde(alias = "votingWeight")]
    voting_weight: Option<Weight>,
    reason: Option<String>,
}

impl HttpIdentity {
    pub(crate) fn new(
        url: &str,
        options: &NeighbourOptions,
        randomness: Arc<dyn Randomness>,
    ) -> Result<Self, SetupError> {
        Client::new(Neighbour::Identity, url, options, randomness).map(Self)
    }

    pub(crate) fn client(&self) -> &Client {
        &self.0
    }

    async fn ask(
        &self,
        asking: &Asking,
        attempt: IdentityAttempt,
        path: &[&str],
        evidence: Evidence<'_>,
    ) -> Result<EvidenceVerdict, NeighbourError> {
        let secret = evidence.length();
        let question = Question {
            evidence,
            tenant_id: asking.tenant,
            session_id: attempt.session,
            user_id: attempt.person,
        };
        let body = secret_json(&question, secret);
        let verdict = self.0.post(asking, path, (self.0.line.new_key(), body), VERDICT).await?;
        Ok(about(attempt, verdict))
    }
}

#[async_trait]
impl IdentityService for HttpIdentity {
    async fn validate_token(
        &self,
        asking: &Asking,
        attempt: IdentityAttempt,
        token: &str,
    ) -> Result<EvidenceVerdict, NeighbourError> {
        self.ask(asking, attempt, &["v2", "contextual-tokens", "validate"], Evidence::Token { token }).await
    }

    async fn validate_biometric(
        &self,
        asking: &Asking,
        attempt: IdentityAttempt,
        sample: &BiometricSample,
    ) -> Result<EvidenceVerdict, NeighbourError> {
        let evidence = Evidence::Sample { sample: sample.reveal() };
        self.ask(asking, attempt, &["v2", "biometric", "validate"], evidence).await
    }

    async fn validate_code(
        &self,
        asking: &Asking,
        attempt: IdentityAttempt,
        method: AttendanceMethod,
        code: &str,
    ) -> Result<EvidenceVerdict, NeighbourError> {
        let evidence = Evidence::Code { code, channel: method.as_str() };
        self.ask(asking, attempt, &["v2", "codes", "validate"], evidence).await
    }
}

impl Evidence<'_> {
    fn length(&self) -> usize {
        match self {
            Self::Token { token } => token.len(),
            Self::Sample { sample } => sample.len(),
            Self::Code { code, .. } => code.len(),
        }
    }
}

/// Whoever is said to be here is the one whom the evidence must show.
fn about(attempt: IdentityAttempt, verdict: EvidenceVerdict) -> EvidenceVerdict {
    match verdict {
        EvidenceVerdict::Valid(shown) if attempt.person.is_some_and(|person| person != shown.person) => {
            EvidenceVerdict::Invalid(EvidenceRefusal::OtherPerson)
        }
        other => other,
    }
}

fn verdict(answer: &Answer) -> Result<EvidenceVerdict, Unfit> {
    match answer.status {
        409 => return Ok(EvidenceVerdict::Invalid(EvidenceRefusal::Used)),
        410 => return Ok(EvidenceVerdict::Invalid(EvidenceRefusal::Expired)),
        _ if !answer.is_success() => return Ok(EvidenceVerdict::Invalid(EvidenceRefusal::NotAccepted)),
        _ => {}
    }
    let verdict: Verdict = answer.json()?;
    if !verdict.valid {
        return Ok(EvidenceVerdict::Invalid(refusal(verdict.reason.as_deref())));
    }
    let person = verdict.user_id.ok_or(Unfit("it says that evidence is good and not whose"))?;
    let voting_weight = verdict.voting_weight.map(VotingWeight::try_from).transpose()?;
    Ok(EvidenceVerdict::Valid(Identified { person, voting_weight }))
}

fn refusal(reason: Option<&str>) -> EvidenceRefusal {
    match reason {
        Some("expired") => EvidenceRefusal::Expired,
        Some("used") => EvidenceRefusal::Used,
        Some("other_session") => EvidenceRefusal::OtherSession,
        Some("other_user") => EvidenceRefusal::OtherPerson,
        _ => EvidenceRefusal::NotAccepted,
    }
}
