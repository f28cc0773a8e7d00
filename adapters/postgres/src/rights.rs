//! What the service checks of its own rights before it starts: that row level security binds it, that it cannot change what is only
//! ever appended to, and that the server keeps what it acknowledges.

mod facts;
mod judge;

use std::fmt;

use crate::database::{DatabaseOptions, Role, connect, place};
use facts::Facts;
use judge::judge;

/// What is wrong, and the SQL or the deed that mends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// What is wrong, in words.
    pub what: String,
    /// What mends it.
    pub remedy: String,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n      {}", self.what, self.remedy)
    }
}

/// The service must not start with these rights, or cannot tell.
#[derive(Debug, thiserror::Error)]
pub enum RightsError {
    /// The database cannot be reached, or does not answer.
    #[error("the database {place} cannot be reached")]
    Connect {
        /// Where, and as whom.
        place: String,
        /// Why.
        #[source]
        source: sqlx::Error,
    },
    /// There are no tables yet, or this login does not see them.
    #[error("the tables of the service are not in the database {place}: run `acta migrate`")]
    NotMigrated {
        /// Where, and as whom.
        place: String,
    },
    /// Everything that is wrong.
    #[error("the rights in the database are not safe:{}", listed(.0))]
    Refused(Vec<Reason>),
}

fn listed(reasons: &[Reason]) -> String {
    reasons.iter().map(|reason| ["\n  - ", &reason.to_string()].concat()).collect()
}

/// Rights that are as they must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rights {
    /// What an operator should know all the same.
    pub warnings: Vec<String>,
}

impl Rights {
    /// Checks the rights of both logins, and of the roles that they take on, as the catalogues tell them. Runs before everything else.
    ///
    /// # Errors
    /// See [`RightsError`]; a refusal names all reasons.
    pub async fn check(options: &DatabaseOptions) -> Result<Self, RightsError> {
        let (mut reasons, mut warnings) = (Vec::new(), Vec::new());
        for (login, role) in [(&options.serve, Role::Serve), (&options.project, Role::Project)] {
            let failed = |source| RightsError::Connect { place: place(login), source };
            let mut connection = connect(login, options.acquire).await.map_err(failed)?;
            let facts = tokio::time::timeout(options.statement, Facts::gather(&mut connection, role)).await;
            let facts = facts.map_err(|_| failed(sqlx::Error::PoolTimedOut))?.map_err(failed)?;
            let Some(facts) = facts else { return Err(RightsError::NotMigrated { place: place(login) }) };
            let found = judge(&facts);
            add_new(&mut reasons, found.reasons);
            add_new(&mut warnings, found.warnings);
        }
        if reasons.is_empty() { Ok(Self { warnings }) } else { Err(RightsError::Refused(reasons)) }
    }
}

/// The two logins may be the same one, with the same faults.
fn add_new<T: PartialEq>(all: &mut Vec<T>, found: Vec<T>) {
    for one in found {
        if !all.contains(&one) {
            all.push(one);
        }
    }
}
