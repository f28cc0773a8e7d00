//! TLS in both directions.

use std::path::PathBuf;

use acta_application::neighbours::{Neighbour, NeighbourError};
use acta_neighbours::{Authority, Evidence, EvidenceKind, Fault, Neighbour as Played, Paper};
use acta_services::{NeighbourOptions, SetupError};
use tempfile::TempDir;

use crate::asked::{Question, house_with_tls};
use crate::given::{ADA, all, one, options};

/// Options that trust `authority` alone.
pub(crate) fn trusting(authority: &Authority) -> NeighbourOptions {
    let (_folder, file) = written("ca.pem", &authority.pem());
    options().with_authorities_file(&file).unwrap()
}

fn written(name: &str, text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    std::fs::write(&file, text).unwrap();
    (folder, file)
}

fn showing(options: NeighbourOptions, paper: &Paper) -> Result<NeighbourOptions, SetupError> {
    let (_folder, certificate) = written("cert.pem", &paper.certificate);
    let (_other, key) = written("key.pem", &paper.key);
    options.with_identity_files(&certificate, &key)
}

#[tokio::test]
async fn every_neighbour_is_spoken_to_by_tls() {
    let house = house_with_tls().await;
    let beside = all(&house, trusting(house.authority.as_ref().unwrap()));
    for question in Question::ALL {
        question.ask(&beside).await.unwrap_or_else(|error| panic!("{question:?}: {error:?}"));
    }
    house.assert_contracts_kept();
}

#[tokio::test]
async fn a_neighbour_with_a_wrong_certificate_hears_nothing() {
    let house = house_with_tls().await;
    let beside = all(&house, trusting(house.authority.as_ref().unwrap()));
    house.set(Fault::WrongCertificate).await;
    for question in Question::ALL {
        let result = question.ask(&beside).await;
        assert!(matches!(result, Err(NeighbourError::Unreachable { .. })), "{question:?}: {result:?}");
    }
    for (name, switches) in house.switches() {
        assert_eq!(switches.count(), 0, "{name}");
    }
}

#[tokio::test]
async fn authorities_that_the_machine_trusts_do_not_count_when_others_are_named() {
    let house = house_with_tls().await;
    for options in [options(), trusting(&Authority::new("another"))] {
        let result = Question::Token.ask(&all(&house, options)).await;
        assert!(matches!(result, Err(NeighbourError::Unreachable { .. })), "{result:?}");
    }
}

#[tokio::test]
async fn who_wants_a_certificate_is_shown_one_and_does_without_no_other() {
    let (servers, clients, others) = (Authority::new("s"), Authority::new("c"), Authority::new("o"));
    let identity = Played::identity().with_mutual_tls(&servers, &clients).start().await.unwrap();
    identity.part().accept(EvidenceKind::Token, "a token", Evidence::of(ADA).for_ever());
    let asked = |options| async {
        let beside = one(Neighbour::Identity, identity.url(), options);
        Question::Token.ask(&beside).await
    };
    asked(showing(trusting(&servers), &clients.client("acta")).unwrap()).await.unwrap();
    for options in [trusting(&servers), showing(trusting(&servers), &others.client("acta")).unwrap()] {
        let result = asked(options).await;
        assert!(matches!(result, Err(NeighbourError::Unreachable { .. })), "{result:?}");
    }
    assert_eq!(identity.count(), 1);
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let authority = Authority::new("c");
    let (_folder, nothing) = written("ca.pem", "no certificate");
    assert!(
        matches!(options().with_authorities_file(&nothing), Err(SetupError::Authorities(file)) if file == nothing)
    );
    let missing = nothing.with_file_name("missing.pem");
    assert!(
        matches!(options().with_authorities_file(&missing), Err(SetupError::File { file, .. }) if file == missing)
    );
    let mixed = Paper { key: authority.client("other").key, ..authority.client("acta") };
    assert!(matches!(showing(options(), &mixed), Err(SetupError::Identity { .. })));
}
