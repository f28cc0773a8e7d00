use super::*;

const SECRET: &str = "swordfish";

fn file(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

#[test]
fn a_url_names_the_server_the_login_and_the_database() {
    let options = RedisOptions::new("redis://acta:swordfish@redis.example:6380/3").unwrap();
    assert_eq!(options.address(), "redis.example:6380");
    let login = options.connection.redis_settings();
    assert_eq!((login.username(), login.password(), login.db()), (Some("acta"), Some(SECRET), 3));
}

#[test]
fn what_is_no_url_of_a_redis_server_is_refused() {
    for url in ["", "redis", "http://redis:6379", "redis://", "redis://host/x", "redis://host:99999"] {
        let refused = RedisOptions::new(url);
        assert!(matches!(refused, Err(OptionsError::Url(_))), "{url}: {refused:?}");
    }
}

#[test]
fn the_password_may_be_in_a_file_and_ends_before_the_line_does() {
    for text in [SECRET, "swordfish\n", "swordfish\r\n"] {
        let options = RedisOptions::new("redis://acta@localhost").unwrap();
        let options = options.with_password_file(file(text).path()).unwrap();
        let login = options.connection.redis_settings();
        assert_eq!((login.username(), login.password()), (Some("acta"), Some(SECRET)));
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let none = Path::new("/nowhere/password");
    let error = RedisOptions::new("redis://localhost").unwrap().with_password_file(none).unwrap_err();
    assert_eq!(error.to_string(), "the file /nowhere/password cannot be read");
    assert!(std::error::Error::source(&error).is_some());
}

#[test]
fn authorities_are_certificates_for_a_connection_with_tls() {
    let file = file("-----BEGIN PRIVATE KEY-----");
    let plain = RedisOptions::new("redis://localhost").unwrap().with_authorities_file(file.path());
    assert!(matches!(plain, Err(OptionsError::NotTls)));
    let key = RedisOptions::new("rediss://localhost").unwrap().with_authorities_file(file.path());
    assert!(matches!(key, Err(OptionsError::NoCertificate(_))));
}

#[test]
fn a_certificate_that_is_none_is_refused_when_it_is_used() {
    let pem = file("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    let options = RedisOptions::new("rediss://localhost").unwrap().with_authorities_file(pem.path()).unwrap();
    assert!(matches!(options.client(), Err(OptionsError::Tls(_))));
}

#[test]
fn a_prefix_decides_nothing_in_a_cluster() {
    for prefix in ["{a}", "a}", &"a".repeat(65)] {
        let refused = RedisOptions::new("redis://localhost").unwrap().with_prefix(prefix);
        assert!(matches!(refused, Err(OptionsError::Prefix)));
    }
}

#[test]
fn a_secret_is_shown_nowhere() {
    let options = RedisOptions::new("redis://acta:swordfish@localhost").unwrap();
    assert!(!format!("{options:?}").contains(SECRET));
    let error = RedisOptions::new("http://acta:swordfish@localhost").unwrap_err();
    assert!(!format!("{error:?} {error}").contains(SECRET));
}
