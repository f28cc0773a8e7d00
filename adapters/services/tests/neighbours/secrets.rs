//! Evidence and addresses are in no error and in no `Debug`.

use acta_application::neighbours::{BiometricSample, NeighbourError};
use acta_domain::AttendanceMethod;
use acta_neighbours::Fault;
use zeroize::Zeroizing;

use crate::asked::house;
use crate::given::{ADA, TENANT, all, asking, attempt, message, options};

const MARKER: &str = "TWFya2VyTWFya2Vy";

/// Everything that an error says, and its sources.
fn said(error: &NeighbourError) -> String {
    let mut text = format!("{error:?} {error}");
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        text = format!("{text} {inner:?} {inner}");
        source = inner.source();
    }
    text
}

#[tokio::test]
async fn no_error_says_what_was_sent_or_for_which_tenant() {
    let house = house().await;
    for fault in [
        Fault::Refuse,
        Fault::Cut,
        Fault::CutMidBody,
        Fault::Status(500),
        Fault::Status(418),
        Fault::WrongJson,
        Fault::WrongForm,
        Fault::Redirect,
        Fault::TooMany { retry_after: None },
    ] {
        let beside = all(&house, options());
        house.set(fault).await;
        let sample = BiometricSample::new(Zeroizing::new(MARKER.to_owned()));
        let identity = beside.ports.identity().unwrap();
        let mut message = message(AttendanceMethod::Email, MARKER);
        message.code = Zeroizing::new(MARKER.to_owned());
        assert!(!format!("{sample:?} {message:?}").contains(MARKER));
        let errors = [
            identity.validate_token(&asking(), attempt(Some(ADA)), MARKER).await.err(),
            identity.validate_biometric(&asking(), attempt(Some(ADA)), &sample).await.err(),
            identity.validate_code(&asking(), attempt(Some(ADA)), AttendanceMethod::Sms, MARKER).await.err(),
            beside.ports.codes().unwrap().deliver(&asking(), &message).await.err(),
            beside.ports.compliance().unwrap().retention(&asking()).await.err(),
        ];
        for error in errors.into_iter().flatten() {
            let said = said(&error);
            assert!(!said.contains(MARKER) && !said.contains(&TENANT.to_string()), "{fault:?}: {said}");
        }
    }
}
