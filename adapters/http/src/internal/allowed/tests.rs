use acta_domain::Timestamp;

use super::{AllowedSubjects, InvalidSubject};
use crate::internal::ClientCertificate;

fn certificate() -> ClientCertificate {
    ClientCertificate {
        subject: "CN=governance.example".to_owned(),
        common_name: Some("governance.example".to_owned()),
        san_dns: vec!["a.example".to_owned(), "b.example".to_owned()],
        san_uri: vec!["spiffe://example/governance".to_owned()],
        fingerprint: [7; 32],
        not_after: Timestamp::MAX,
    }
}

#[track_caller]
fn service_of(entries: &str) -> Option<String> {
    let allowed: AllowedSubjects = entries.parse().unwrap();
    allowed.service_of(&certificate()).map(ToString::to_string)
}

#[test]
fn a_certificate_stands_for_the_service_that_one_of_its_names_is_listed_for() {
    for name in ["CN:governance.example", "san-dns:b.example", "san-uri:spiffe://example/governance"] {
        let entries = format!("identity=CN:identity.example,governance={name}");
        assert_eq!(service_of(&entries).as_deref(), Some("governance"), "{name}");
    }
}

#[test]
fn a_name_counts_only_as_a_whole_and_only_in_its_place() {
    let others = [
        "CN:governance",
        "CN:governance.example.org",
        "CN:GOVERNANCE.EXAMPLE",
        "CN:a.example",
        "san-dns:governance.example",
        "san-dns:c.a.example",
        "san-uri:spiffe://example/governance/",
    ];
    for name in others {
        assert_eq!(service_of(&format!("governance={name}")), None, "{name}");
    }
}

#[test]
fn several_names_may_stand_for_one_service() {
    assert_eq!(
        service_of("governance=CN:governance.example,governance=san-dns:a.example").as_deref(),
        Some("governance")
    );
}

#[test]
fn a_certificate_whose_names_stand_for_two_services_stands_for_none() {
    assert_eq!(service_of("governance=CN:governance.example,identity=san-dns:a.example"), None);
}

#[test]
fn a_name_may_have_an_equals_sign_a_colon_and_blanks() {
    let name = "Governance = the: service";
    let named = ClientCertificate { common_name: Some(name.to_owned()), ..certificate() };
    let allowed = AllowedSubjects::parse([&*format!("governance=CN:{name}")]).unwrap();
    assert_eq!(allowed.service_of(&named).unwrap().as_str(), "governance");
}

#[test]
fn a_certificate_without_names_stands_for_no_service() {
    let nameless =
        ClientCertificate { common_name: None, san_dns: Vec::new(), san_uri: Vec::new(), ..certificate() };
    let allowed: AllowedSubjects = "governance=CN:governance.example".parse().unwrap();
    assert_eq!(allowed.service_of(&nameless), None);
}

#[test]
fn entries_that_say_nothing_clear_are_refused() {
    type Expected = fn(&InvalidSubject) -> bool;
    let cases: [(&str, Expected); 12] = [
        ("", |error| *error == InvalidSubject::Nobody),
        (" , ", |error| *error == InvalidSubject::Nobody),
        ("governance", |error| matches!(error, InvalidSubject::Malformed { .. })),
        ("governance=governance.example", |error| matches!(error, InvalidSubject::Malformed { .. })),
        ("governance=cn:governance.example", |error| matches!(error, InvalidSubject::Malformed { .. })),
        ("governance=CN:", |error| matches!(error, InvalidSubject::Malformed { .. })),
        ("governance=CN: governance.example", |error| matches!(error, InvalidSubject::Malformed { .. })),
        ("governance=CN:governance\0.example", |error| matches!(error, InvalidSubject::Malformed { .. })),
        ("=CN:governance.example", |error| matches!(error, InvalidSubject::Service { .. })),
        ("Governance=CN:governance.example", |error| matches!(error, InvalidSubject::Service { .. })),
        ("governance=san-dns:*.example", |error| matches!(error, InvalidSubject::Wildcard { .. })),
        ("a=CN:x,b=CN:x", |error| matches!(error, InvalidSubject::Taken { .. })),
    ];
    for (entries, expected) in cases {
        let error = entries.parse::<AllowedSubjects>().unwrap_err();
        assert!(expected(&error), "{entries:?}: {error:?}");
    }
}
