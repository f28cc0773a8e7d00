//! Everything that a neighbour can be asked, each with one that is played and knows the answer.

use acta_application::neighbours::{BiometricSample, Neighbour, NeighbourError};
use acta_domain::{AttendanceMethod, GovernanceNotice, PersonId};
use acta_neighbours::{Evidence, EvidenceKind, House, Switches};
use serde_json::json;
use zeroize::Zeroizing;

use crate::given::{ADA, ASSEMBLY, Beside, TENANT, asking, assembly, attempt, message, notice};

/// One thing that one neighbour can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Question {
    Token,
    Sample,
    Code,
    SessionStarted,
    EventData,
    Limits,
    Status,
    Eligible,
    Deliver,
    Retention,
}

impl Question {
    pub(crate) const ALL: [Self; 10] = [
        Self::Token,
        Self::Sample,
        Self::Code,
        Self::SessionStarted,
        Self::EventData,
        Self::Limits,
        Self::Status,
        Self::Eligible,
        Self::Deliver,
        Self::Retention,
    ];

    pub(crate) const fn neighbour(self) -> Neighbour {
        match self {
            Self::Token | Self::Sample | Self::Code => Neighbour::Identity,
            Self::SessionStarted | Self::EventData => Neighbour::Governance,
            Self::Limits | Self::Status => Neighbour::Tenancy,
            Self::Eligible => Neighbour::Profiles,
            Self::Deliver => Neighbour::Notifications,
            Self::Retention => Neighbour::Compliance,
        }
    }

    /// Whether the status alone is the answer.
    pub(crate) const fn needs_no_body(self) -> bool {
        matches!(self, Self::SessionStarted | Self::Deliver)
    }

    /// The switches of who is asked.
    pub(crate) fn switches(self, house: &House) -> &Switches {
        match self.neighbour() {
            Neighbour::Identity => house.identity.switches(),
            Neighbour::Governance => house.governance.switches(),
            Neighbour::Tenancy => house.tenancy.switches(),
            Neighbour::Profiles => house.profiles.switches(),
            Neighbour::Notifications => house.notifications.switches(),
            Neighbour::Compliance => house.compliance.switches(),
        }
    }

    pub(crate) async fn ask(self, beside: &Beside) -> Result<(), NeighbourError> {
        let (ports, asking, attempt) = (&beside.ports, asking(), attempt(Some(ADA)));
        match self {
            Self::Token => ports.identity()?.validate_token(&asking, attempt, "a token").await.map(drop),
            Self::Sample => {
                let sample = BiometricSample::new(Zeroizing::new("c2FtcGxl".to_owned()));
                ports.identity()?.validate_biometric(&asking, attempt, &sample).await.map(drop)
            }
            Self::Code => {
                let method = AttendanceMethod::Sms;
                ports.identity()?.validate_code(&asking, attempt, method, "108108").await.map(drop)
            }
            Self::SessionStarted => {
                ports.governance()?.tell(&asking, &notice(GovernanceNotice::SessionStarted)).await
            }
            Self::EventData => ports.governance()?.event_data(&asking, &assembly()).await.map(drop),
            Self::Limits => ports.tenancy.as_ref().unwrap().limits(&asking).await.map(drop),
            Self::Status => ports.tenancy.as_ref().unwrap().status(&asking).await.map(drop),
            Self::Eligible => {
                ports.profiles.as_ref().unwrap().eligible(&asking, PersonId::new(ADA)).await.map(drop)
            }
            Self::Deliver => {
                let message = message(AttendanceMethod::Sms, "+56911112222");
                ports.codes()?.deliver(&asking, &message).await
            }
            Self::Retention => ports.compliance()?.retention(&asking).await.map(drop),
        }
    }
}

/// A house where every question has a good answer.
pub(crate) async fn house() -> House {
    knowing(House::plain().await.unwrap())
}

/// The same with TLS.
pub(crate) async fn house_with_tls() -> House {
    knowing(House::with_tls().await.unwrap())
}

fn knowing(house: House) -> House {
    let identity = house.identity.part();
    for (kind, text) in
        [(EvidenceKind::Token, "a token"), (EvidenceKind::Sample, "c2FtcGxl"), (EvidenceKind::Code, "108108")]
    {
        identity.accept(kind, text, Evidence::of(ADA).for_ever());
    }
    house.governance.part().hold(ASSEMBLY, json!({ "votes": 3 }));
    house.profiles.part().admit(TENANT, ADA, Some("1.5"));
    house
}
