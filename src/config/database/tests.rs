use acta_postgres::SslMode;
use clap::Parser;

use super::*;

#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    database: DatabaseArgs,
}

const URL: &str = "--database-url=postgres://anna:hush@db.example:6543/acta?sslmode=verify-full";
const HOST: &str = "--database-host=db.example";
const USERNAME: &str = "--database-username=anna";
const NAME: &str = "--database-name=acta";

fn given(settings: &[&str]) -> DatabaseArgs {
    Line::parse_from(["acta"].iter().chain(settings)).database
}

fn options(settings: &[&str]) -> DatabaseOptions {
    given(settings).options().unwrap().expect("a database is named")
}

fn refused(settings: &[&str]) -> String {
    let error = anyhow::Error::new(given(settings).options().unwrap_err());
    format!("{error:#}")
}

#[test]
fn without_a_database_the_folder_holds_everything() {
    assert!(given(&[]).options().unwrap().is_none());
    let empty = ["--database-url=", "--database-host=", "--database-password=", "--database-sslrootcert="];
    assert!(given(&empty[..3]).options().unwrap().is_none());
}

#[test]
fn a_url_says_everything() {
    let options = options(&[URL]);
    assert_eq!((options.serve.get_host(), options.serve.get_port()), ("db.example", 6543));
    assert_eq!((options.serve.get_username(), options.serve.get_database()), ("anna", Some("acta")));
    assert!(matches!(options.serve.get_ssl_mode(), SslMode::VerifyFull));
}

#[test]
fn parts_say_the_same() {
    let options = options(&[HOST, USERNAME, NAME, "--database-sslmode=require", "--database-password=hush"]);
    assert_eq!((options.serve.get_host(), options.serve.get_port()), ("db.example", 5432));
    assert_eq!((options.serve.get_username(), options.serve.get_database()), ("anna", Some("acta")));
    assert!(matches!(options.serve.get_ssl_mode(), SslMode::Require));
}

#[test]
fn a_folder_as_the_host_is_where_the_socket_is() {
    let options = options(&["--database-host=/run/postgresql", USERNAME, NAME]);
    assert_eq!(options.serve.get_socket().unwrap().to_str(), Some("/run/postgresql"));
}

#[test]
fn both_forms_at_once_are_refused_and_named() {
    assert_eq!(
        refused(&[URL, HOST, NAME]),
        "the database is named twice, by DATABASE_URL and by DATABASE_HOST, DATABASE_NAME: give one of the two"
    );
}

#[test]
fn half_a_form_is_refused_and_says_what_is_missing() {
    assert_eq!(
        refused(&[HOST]),
        "DATABASE_HOST alone name no database: give DATABASE_USERNAME and DATABASE_NAME too"
    );
    assert_eq!(
        refused(&["--database-sslmode=require", HOST, USERNAME]),
        "DATABASE_HOST, DATABASE_USERNAME, DATABASE_SSLMODE alone name no database: give DATABASE_NAME too"
    );
}

#[test]
fn projections_have_the_login_of_the_service_or_one_of_their_own() {
    assert_eq!(options(&[URL]).project.get_username(), "anna");
    let own = options(&[URL, "--project-database-url=postgres://bert@db.example/acta"]);
    assert_eq!((own.serve.get_username(), own.project.get_username()), ("anna", "bert"));
}

#[test]
fn another_login_without_a_database_is_refused() {
    let error = refused(&["--project-database-url=postgres://bert@db.example/acta"]);
    assert_eq!(error, "PROJECT_DATABASE_URL is given, but no database is named: give DATABASE_URL too");
}

#[test]
fn only_migrate_falls_back_to_the_login_of_the_service() {
    assert!(given(&[URL]).owner().unwrap().is_none());
    assert_eq!(given(&[URL]).migrating().unwrap().unwrap().get_username(), "anna");
    let owner = given(&[URL, "--migrate-database-url=postgres://olga@db.example/acta"]);
    assert_eq!(owner.owner().unwrap().unwrap().get_username(), "olga");
    assert_eq!(owner.migrating().unwrap().unwrap().get_username(), "olga");
}

#[test]
fn what_is_no_url_is_refused_by_the_name_of_the_setting() {
    for url in ["db.example", "mysql://a@b/c", "postgres:a"] {
        let error = refused(&[&format!("--database-url={url}")]);
        assert_eq!(error, "DATABASE_URL does not have the form postgres://login:password@host:port/name");
    }
    let error = refused(&["--database-url=postgres://anna@db.example:hush/acta"]);
    assert!(error.starts_with("DATABASE_URL cannot be read: "), "{error}");
    let error = refused(&[HOST, USERNAME, NAME, "--database-sslmode=yes"]);
    assert!(error.starts_with("DATABASE_SSLMODE is \"yes\"; it can be disable, "), "{error}");
}

#[test]
fn a_misspelled_parameter_is_refused() {
    let error = refused(&["--database-url=postgres://anna@db.example/acta?pasword=hush"]);
    assert_eq!(error, "DATABASE_URL has a parameter that is not known: pasword");
}

#[test]
fn numbers_out_of_range_are_refused_by_the_name_of_the_setting() {
    let wrong = [
        ("max-connections", "0"),
        ("acquire-timeout", "0"),
        ("statement-timeout", "soon"),
        ("port", "70000"),
    ];
    for (setting, value) in wrong {
        let error = Line::try_parse_from(["acta", &format!("--database-{setting}={value}")]).unwrap_err();
        assert!(error.to_string().contains(&format!("--database-{setting}")), "{error}");
    }
}

#[test]
fn the_bounds_can_be_set() {
    let bounds =
        ["--database-max-connections=7", "--database-acquire-timeout=3", "--database-statement-timeout=9"];
    let options = options(&[&[URL][..], &bounds].concat());
    assert_eq!(options.connections, 7);
    assert_eq!((options.acquire, options.statement), (Duration::from_secs(3), Duration::from_secs(9)));
}

#[test]
fn passwords_are_never_printed() {
    let everything = [
        URL,
        "--project-database-url=postgres://bert:hush@db.example/acta",
        "--migrate-database-url=postgres://olga:hush@db.example/acta",
    ];
    let args = given(&everything);
    assert!(!format!("{args:?} {:?}", args.options().unwrap()).contains("hush"));
    let parts = given(&[HOST, USERNAME, NAME, "--database-password=hush"]);
    assert!(!format!("{parts:?} {:?}", parts.options().unwrap()).contains("hush"));
}

#[test]
fn a_url_that_cannot_be_read_does_not_show_its_password() {
    for url in [
        "postgres:hush",
        "postgres://anna:hush@db.example:port/acta",
        "postgres://anna:hu?hush@db.example/acta",
        "postgres://anna:hu?hush",
        "postgres://anna:hu?hush=@db.example/acta",
        "postgres://anna:hu#hush@db.example:port/acta",
        "postgres://anna:hu/hush@db.example/acta",
        "postgres://anna:hush@db.example/acta?sslmode=no",
        "postgres://anna:hush@[db.example/acta",
    ] {
        for setting in ["--database-url", "--project-database-url"] {
            let Err(error) = given(&[&format!("{setting}={url}")]).options() else { continue };
            let error = anyhow::Error::new(error);
            let error = format!("{error:?} {error:#}");
            assert!(!error.contains("hush"), "{error}");
        }
    }
}

#[test]
fn help_does_not_show_what_is_in_the_environment() {
    let command = <Line as clap::CommandFactory>::command();
    for setting in ["database_url", "database_password", "project_database_url", "migrate_database_url"] {
        let argument = command.get_arguments().find(|one| one.get_id() == setting).expect("it is there");
        assert!(argument.is_hide_env_values_set(), "{setting}");
    }
}
