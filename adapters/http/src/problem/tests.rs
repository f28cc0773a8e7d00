use std::collections::BTreeSet;

use axum::body::to_bytes;
use axum::http::StatusCode;

use super::*;

#[test]
fn every_kind_has_a_slug_of_its_own_that_fits_into_a_urn() {
    let slugs: BTreeSet<_> = ProblemKind::ALL.iter().map(|kind| kind.slug()).collect();
    assert_eq!(slugs.len(), ProblemKind::ALL.len());
    for slug in slugs {
        assert!(slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{slug}");
    }
}

#[tokio::test]
async fn a_problem_is_a_document_without_what_it_has_not() {
    let problem = Problem::new(ProblemKind::InvalidBody, "it is blank").at_field("/title");
    let response = problem.into_response();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    insta::assert_snapshot!(String::from_utf8(body.to_vec()).unwrap(), @r#"{"type":"urn:acta:problem:invalid-body","title":"The body does not have its form","status":400,"detail":"it is blank","field":"/title"}"#);
}

#[test]
fn what_passes_by_itself_says_when_to_try_again() {
    let response = Problem::new(ProblemKind::Contended, "others were faster").into_response();
    assert_eq!(response.headers()[RETRY_AFTER], "1");
}

#[tokio::test]
async fn what_went_wrong_inside_stays_inside() {
    let cause = std::io::Error::other("the password is hunter2");
    let response = Problem::internal(&cause).into_response();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    assert!(!String::from_utf8_lossy(&body).contains("hunter2"));
}
