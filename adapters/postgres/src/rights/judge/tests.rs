use super::*;

fn safe() -> Facts {
    Facts {
        login: "acta".to_owned(),
        role: "acta_serve",
        role_exists: true,
        may_take_role: true,
        server: Server {
            version: 150_018,
            database: "record".to_owned(),
            encoding: "UTF8".to_owned(),
            is_standby: false,
            is_read_only: false,
            synchronous_commit: "on".to_owned(),
            unsafe_settings: Vec::new(),
        },
        mighty: Vec::new(),
        tables: ["events", "session_heads"].map(table).to_vec(),
        changes: Vec::new(),
    }
}

fn table(name: &str) -> Table {
    Table {
        name: name.to_owned(),
        owner: "olga".to_owned(),
        is_owned: false,
        is_enabled: true,
        is_forced: true,
        policies: 1,
    }
}

fn mighty(name: &str) -> Mighty {
    Mighty { name: name.to_owned(), is_superuser: false, bypasses: false, creates_roles: false }
}

fn change(grantee: &str, privilege: &str, column: Option<&str>) -> Change {
    Change {
        grantee: grantee.to_owned(),
        table: "events".to_owned(),
        column: column.map(str::to_owned),
        privilege: privilege.to_owned(),
    }
}

fn found(spoil: impl FnOnce(&mut Facts)) -> Findings {
    let mut facts = safe();
    spoil(&mut facts);
    judge(&facts)
}

/// The one reason, and what mends it.
#[track_caller]
fn refused(spoil: impl FnOnce(&mut Facts)) -> (String, String) {
    let found = found(spoil);
    let [reason] = &found.reasons[..] else { panic!("not one reason: {:#?}", found.reasons) };
    (reason.what.clone(), reason.remedy.clone())
}

#[test]
fn safe_rights_are_accepted_without_a_word() {
    let found = found(|_| {});
    assert!(found.reasons.is_empty() && found.warnings.is_empty(), "{found:?}");
}

#[test]
fn each_fault_is_refused_with_what_mends_it() {
    type Case = (fn(&mut Facts), &'static str, &'static str);
    let cases: [Case; 19] = [
        (
            |f| f.mighty.push(Mighty { is_superuser: true, ..mighty("acta") }),
            "the login acta is a superuser",
            "use another login",
        ),
        (
            |f| f.mighty.push(Mighty { bypasses: true, ..mighty("acta") }),
            "the login acta bypasses",
            "ALTER ROLE acta NOBYPASSRLS;",
        ),
        (
            |f| f.mighty.push(Mighty { bypasses: true, ..mighty("acta_serve") }),
            "the role acta_serve bypasses",
            "ALTER ROLE acta_serve NOBYPASSRLS;",
        ),
        (
            |f| f.mighty.push(Mighty { is_superuser: true, ..mighty("root") }),
            "can act as root",
            "REVOKE root FROM acta;",
        ),
        (
            |f| f.mighty.push(Mighty { creates_roles: true, ..mighty("acta") }),
            "may create roles",
            "ALTER ROLE acta NOCREATEROLE;",
        ),
        (
            |f| f.mighty.push(mighty("pg_write_all_data")),
            "can act as pg_write_all_data",
            "REVOKE pg_write_all_data FROM acta;",
        ),
        (
            |f| {
                f.tables[0].is_owned = true;
                f.tables[0].owner = "acta".to_owned();
            },
            "acta owns tables (events)",
            "use another login",
        ),
        (
            |f| f.tables[1].is_owned = true,
            "can act as olga, which owns tables (session_heads)",
            "REVOKE olga FROM acta;",
        ),
        (
            |f| f.tables[0].is_enabled = false,
            "events is not enabled",
            "ALTER TABLE events ENABLE ROW LEVEL SECURITY;",
        ),
        (
            |f| f.tables[0].is_forced = false,
            "events is not forced",
            "ALTER TABLE events FORCE ROW LEVEL SECURITY;",
        ),
        (|f| f.tables[0].policies = 0, "events has no policy", "CREATE POLICY"),
        (
            |f| f.changes.push(change("acta", "DELETE", None)),
            "acta may DELETE events",
            "REVOKE DELETE ON events FROM acta;",
        ),
        (
            |f| f.changes.push(change("PUBLIC", "UPDATE", Some("payload"))),
            "may UPDATE (payload) events",
            "REVOKE UPDATE (payload) ON events FROM PUBLIC;",
        ),
        (|f| f.may_take_role = false, "cannot take on the role acta_serve", "GRANT acta_serve TO acta;"),
        (|f| f.role_exists = false, "there is no role acta_serve", "CREATE ROLE acta_serve NOLOGIN;"),
        (|f| f.server.version = 130_012, "PostgreSQL 13", "upgrade"),
        (|f| f.server.encoding = "LATIN1".to_owned(), "encoding LATIN1", "UTF8"),
        (|f| f.server.is_standby = true, "a standby", "primary"),
        (
            |f| f.server.synchronous_commit = "off".to_owned(),
            "synchronous_commit is off",
            "ALTER ROLE acta IN DATABASE record SET synchronous_commit = on;",
        ),
    ];
    for (spoil, what, remedy) in cases {
        let reason = refused(spoil);
        assert!(reason.0.contains(what), "{reason:?}");
        assert!(reason.1.contains(remedy), "{reason:?}");
    }
}

#[test]
fn every_reason_is_named_at_once() {
    let found = found(|facts| {
        facts.may_take_role = false;
        facts.server.synchronous_commit = "off".to_owned();
        facts.tables[0].is_forced = false;
        facts.changes.push(change("acta_serve", "TRUNCATE", None));
    });
    assert_eq!(found.reasons.len(), 4, "{:#?}", found.reasons);
}

#[test]
fn of_a_superuser_only_that_is_said() {
    let reason = refused(|facts| {
        facts.mighty.extend([Mighty { is_superuser: true, ..mighty("acta") }, mighty("pg_write_all_data")]);
        facts.tables[0].is_owned = true;
        facts.changes.push(change("olga", "DELETE", None));
    });
    assert!(reason.0.contains("superuser"), "{reason:?}");
}

#[test]
fn whoever_may_create_roles_has_no_power_over_others_from_16_on() {
    let found = found(|facts| {
        facts.server.version = 160_004;
        facts.mighty.push(Mighty { creates_roles: true, ..mighty("acta") });
    });
    assert!(found.reasons.is_empty());
}

#[test]
fn stronger_durability_than_on_is_accepted() {
    for setting in ["on", "local", "remote_write", "remote_apply"] {
        let found = found(|facts| facts.server.synchronous_commit = setting.to_owned());
        assert!(found.reasons.is_empty(), "{setting}");
    }
}

#[test]
fn a_server_without_fsync_is_warned_of() {
    let found = found(|facts| facts.server.unsafe_settings.push("fsync"));
    assert!(found.reasons.is_empty());
    assert!(found.warnings[0].starts_with("fsync is off"), "{:?}", found.warnings);
}
