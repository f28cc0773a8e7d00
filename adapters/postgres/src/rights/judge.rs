//! What the facts mean.

use super::Reason;
use super::facts::{Change, Facts, Mighty, Server, Table};

/// The oldest server that the service works with.
const OLDEST: i32 = 14;
/// From this version on, whoever may create roles has no power over those that others created.
const ROLES_ARE_GUARDED: i32 = 16;

/// The way out for a login that cannot be mended.
const ANOTHER_LOGIN: &str =
    "use another login: CREATE ROLE … LOGIN PASSWORD '…'; GRANT acta_serve, acta_project TO …;";

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) reasons: Vec<Reason>,
    pub(super) warnings: Vec<String>,
}

impl Findings {
    fn refuse(&mut self, what: String, remedy: String) {
        self.reasons.push(Reason { what, remedy });
    }
}

/// Every reason not to start, and what is only worth a warning.
pub(super) fn judge(facts: &Facts) -> Findings {
    let mut found = Findings::default();
    server(&mut found, &facts.login, &facts.server);
    role(&mut found, facts);
    for table in &facts.tables {
        row_level_security(&mut found, table);
    }
    let login_itself = facts.mighty.iter().find(|one| one.name == facts.login && one.is_superuser);
    if let Some(superuser) = login_itself {
        // It is and owns everything: the rest would say the same again.
        might(&mut found, facts, superuser);
        return found;
    }
    for one in &facts.mighty {
        might(&mut found, facts, one);
    }
    ownership(&mut found, facts);
    for change in &facts.changes {
        right_to_change(&mut found, &facts.login, change);
    }
    found
}

fn server(found: &mut Findings, login: &str, server: &Server) {
    let major = server.version / 10_000;
    if major < OLDEST {
        found.refuse(
            format!("the server is PostgreSQL {major}, and the service needs {OLDEST} or newer"),
            "upgrade the server".to_owned(),
        );
    }
    if server.encoding != "UTF8" {
        found.refuse(
            format!(
                "the database {} has the encoding {}, which cannot hold every text",
                server.database, server.encoding
            ),
            "make a database WITH ENCODING 'UTF8' TEMPLATE template0, and run `acta migrate`".to_owned(),
        );
    }
    if server.is_standby {
        found.refuse(
            "the server is a standby, which can only be read".to_owned(),
            "name the primary".to_owned(),
        );
    } else if server.is_read_only {
        found.refuse(
            format!("transactions of {login} can only read"),
            format!(
                "ALTER ROLE {login} IN DATABASE {} SET default_transaction_read_only = off;",
                server.database
            ),
        );
    }
    durability(found, login, server);
}

fn durability(found: &mut Findings, login: &str, server: &Server) {
    if server.synchronous_commit == "off" {
        found.refuse(
            "synchronous_commit is off: the server acknowledges what a crash may take away again".to_owned(),
            format!("ALTER ROLE {login} IN DATABASE {} SET synchronous_commit = on;", server.database),
        );
    }
    for setting in &server.unsafe_settings {
        found.warnings.push(format!(
            "{setting} is off: when the machine or its power fails, what was acknowledged may be lost"
        ));
    }
}

fn role(found: &mut Findings, facts: &Facts) {
    let Facts { login, role, .. } = facts;
    if !facts.role_exists {
        found.refuse(
            format!("there is no role {role}"),
            format!(
                "CREATE ROLE {role} NOLOGIN; then restore the database again, with its grants and policies"
            ),
        );
    } else if !facts.may_take_role {
        found.refuse(
            format!("the login {login} cannot take on the role {role}"),
            format!("GRANT {role} TO {login};"),
        );
    }
}

fn row_level_security(found: &mut Findings, table: &Table) {
    let name = &table.name;
    for (is_so, deed, word) in [(table.is_enabled, "ENABLE", "enabled"), (table.is_forced, "FORCE", "forced")]
    {
        if !is_so {
            found.refuse(
                format!("row level security of the table {name} is not {word}"),
                format!("ALTER TABLE {name} {deed} ROW LEVEL SECURITY;"),
            );
        }
    }
    if table.policies == 0 {
        found.refuse(
            format!("the table {name} has no policy"),
            "restore the database again, with its policies, or run the CREATE POLICY statements of its migration"
                .to_owned(),
        );
    }
}

fn might(found: &mut Findings, facts: &Facts, one: &Mighty) {
    let Mighty { name, .. } = one;
    let who = subject(facts, name);
    if one.is_superuser {
        let remedy =
            if *name == facts.login { ANOTHER_LOGIN.to_owned() } else { way_out(facts, name, "NOSUPERUSER") };
        found.refuse(format!("{who} is a superuser, whom row level security does not bind"), remedy);
    }
    if one.bypasses && !one.is_superuser {
        found.refuse(format!("{who} bypasses row level security"), way_out(facts, name, "NOBYPASSRLS"));
    }
    if one.creates_roles && !one.is_superuser && facts.server.version / 10_000 < ROLES_ARE_GUARDED {
        found.refuse(
            format!("{who} may create roles, and so give itself the owner's rights"),
            way_out(facts, name, "NOCREATEROLE"),
        );
    }
    if name.starts_with("pg_") {
        found.refuse(
            format!("{who}, which reaches around the rights on tables"),
            format!("REVOKE {name} FROM {};", facts.login),
        );
    }
}

/// Who has a right: the login itself, or another role that it can act as.
fn subject(facts: &Facts, name: &str) -> String {
    if *name == facts.login {
        format!("the login {name}")
    } else if name == facts.role {
        format!("the role {name}")
    } else {
        format!("the login {} can act as {name}, which", facts.login)
    }
}

/// The login and the service's roles lose what they must not have; what another role has is none of ours.
fn way_out(facts: &Facts, name: &str, attribute: &str) -> String {
    if *name == facts.login || name == facts.role {
        format!("ALTER ROLE {name} {attribute};")
    } else {
        format!("REVOKE {name} FROM {}; and from the roles that it is a member of", facts.login)
    }
}

fn ownership(found: &mut Findings, facts: &Facts) {
    let mut owners: Vec<&str> =
        facts.tables.iter().filter(|table| table.is_owned).map(|table| table.owner.as_str()).collect();
    owners.sort_unstable();
    owners.dedup();
    for owner in owners {
        let owned = facts.tables.iter().filter(|table| table.is_owned && table.owner == owner);
        let names = owned.map(|table| table.name.as_str()).collect::<Vec<_>>().join(", ");
        if owner == facts.login {
            found.refuse(
                format!(
                    "the login {owner} owns tables ({names}), and owners can switch row level security off"
                ),
                ANOTHER_LOGIN.to_owned(),
            );
        } else {
            found.refuse(
                format!("the login {} can act as {owner}, which owns tables ({names})", facts.login),
                format!("REVOKE {owner} FROM {}; and from the roles that it is a member of", facts.login),
            );
        }
    }
}

fn right_to_change(found: &mut Findings, login: &str, change: &Change) {
    let Change { grantee, table, column, privilege } = change;
    let column = column.as_ref().map(|column| format!(" ({column})")).unwrap_or_default();
    let by = if grantee == login { String::new() } else { format!(", as {grantee}") };
    found.refuse(
        format!("the login {login} may {privilege}{column} {table}, which is only ever appended to{by}"),
        format!("REVOKE {privilege}{column} ON {table} FROM {grantee};"),
    );
}

#[cfg(test)]
mod tests;
