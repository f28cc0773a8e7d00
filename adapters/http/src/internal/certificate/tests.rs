use rcgen::{CertificateParams, DistinguishedName, DnType, DnValue, KeyPair, SanType, date_time_ymd};

use super::{ClientCertificate, UnreadableCertificate};

fn der(params: &CertificateParams) -> Vec<u8> {
    params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec()
}

fn params() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "Acta");
    params.distinguished_name.push(DnType::CommonName, "governance.example");
    params.subject_alt_names = vec![
        SanType::DnsName("a.example".try_into().unwrap()),
        SanType::URI("spiffe://example/governance".try_into().unwrap()),
        SanType::IpAddress([127, 0, 0, 1].into()),
        SanType::DnsName("b.example".try_into().unwrap()),
    ];
    params.not_after = date_time_ymd(2030, 2, 3);
    params
}

#[test]
fn a_certificate_says_who_it_is_for_and_until_when() {
    let read = ClientCertificate::from_der(&der(&params())).unwrap();
    assert_eq!(read.subject, "O=Acta, CN=governance.example");
    assert_eq!(read.common_name.as_deref(), Some("governance.example"));
    assert_eq!(read.san_dns, ["a.example", "b.example"]);
    assert_eq!(read.san_uri, ["spiffe://example/governance"]);
    assert_eq!(read.not_after.to_string(), "2030-02-03T00:00:00.000000Z");
}

#[test]
fn the_fingerprint_is_the_sha_256_of_the_der_in_base64url() {
    let read = ClientCertificate::from_der(&der(&params())).unwrap();
    assert_eq!(read.x5t_s256().len(), 43);
    let other = ClientCertificate::from_der(&der(&params())).unwrap();
    assert_ne!(read.fingerprint, other.fingerprint, "the key is another one");
}

#[test]
fn a_common_name_with_a_control_character_counts_as_none_and_does_not_break_a_line() {
    for name in ["governance.example\0", "governance.example\nadmin", "\u{1b}[31m"] {
        let mut params = params();
        params.distinguished_name.push(DnType::CommonName, DnValue::Utf8String(name.to_owned()));
        let read = ClientCertificate::from_der(&der(&params)).unwrap();
        assert_eq!(read.common_name, None, "{name:?}");
        assert!(!read.subject.contains(char::is_control), "{:?}", read.subject);
    }
}

#[test]
fn what_is_no_certificate_or_more_than_one_cannot_be_read() {
    let mut twice = der(&params());
    twice.extend(twice.clone());
    for bytes in [Vec::new(), vec![0x30, 0x00], b"certificate".to_vec(), twice] {
        assert_eq!(ClientCertificate::from_der(&bytes), Err(UnreadableCertificate));
    }
}
