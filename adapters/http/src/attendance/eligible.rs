//! `PUT /sessions/{id}/attendance/eligible`.

use acta_application::attendance::ImportedRoll;
use acta_domain::{EligiblePerson, RollId};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use serde::Serialize;
use utoipa::ToSchema;

use super::roll;
use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, AttendanceManage, Command, Content, Params, media_type};
use crate::paths::SessionPath;
use crate::problem::{Problem, ProblemKind};
use crate::schema;
use crate::state::App;

/// Those who may attend, as CSV.
pub(crate) struct Roll(Vec<EligiblePerson>);

impl Content for Roll {
    const MOST: usize = 4 * 1024 * 1024;

    fn read(headers: &HeaderMap, bytes: &[u8]) -> Result<Self, Problem> {
        if media_type(headers) != "text/csv" || !is_utf8(headers) {
            return Err(Problem::new(ProblemKind::WrongContentType, "send the list as `text/csv` in UTF-8"));
        }
        roll::read(bytes).map(Self).map_err(|fault| Problem::new(ProblemKind::InvalidBody, fault.to_string()))
    }
}

/// Whether the body is in UTF-8, as it is where nothing else is said (RFC 7111 §5.1).
fn is_utf8(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').skip(1).filter_map(|parameter| parameter.split_once('=')).all(|(name, value)| {
        let value = value.trim().trim_matches('"');
        !name.trim().eq_ignore_ascii_case("charset")
            || ["utf-8", "us-ascii"].iter().any(|known| value.eq_ignore_ascii_case(known))
    })
}

/// A list that is in force.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportedRoll)]
pub(crate) struct ImportedRollAnswer {
    /// The list's own id, as its events have it.
    #[schema(value_type = Uuid)]
    roll_id: RollId,
    /// How many people are on it.
    #[schema(value_type = schema::Whole)]
    people: usize,
    #[serde(flatten)]
    recorded: Recorded,
}

impl From<ImportedRoll> for Written<ImportedRollAnswer> {
    fn from(imported: ImportedRoll) -> Self {
        let ImportedRoll { roll_id, people, accepted } = imported;
        Self::changed(accepted, ImportedRollAnswer { roll_id, people, recorded: accepted.into() })
    }
}

/// Say who may attend: from now on nobody else is let in, but by hand and with a reason. Whoever is there stays.
///
/// The body is CSV (RFC 4180) in UTF-8: a line with the names of the columns, `user_id` and, if votes have weights, `voting_weight`,
/// in any order, then a line for each person, at most 50,000, none twice. There is no column for names or addresses. The list takes the
/// place of the one before.
#[utoipa::path(
    put, path = "/sessions/{id}/attendance/eligible", tag = "attendance", operation_id = "import_eligibility",
    params(SessionPath),
    request_body(content = String, content_type = "text/csv",
        example = "user_id,voting_weight\n0198f2a0-0000-7000-8000-000000000001,1.5\n"),
    responses((status = 200, description = "Recorded.", body = ImportedRollAnswer)), security(("bearer" = [])),
)]
pub(super) async fn import_eligibility(
    State(app): State<App>,
    allowed: Allowed<AttendanceManage>,
    Params(path): Params<SessionPath>,
    command: Command<Roll>,
) -> Result<Written<ImportedRollAnswer>, Problem> {
    let context = command.context(&app, &allowed.principal);
    let Roll(people) = command.body;
    Ok(app.use_cases.import_eligibility(&context, path.session, people).await?.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind_of(content_type: &str) -> Option<ProblemKind> {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, content_type.parse().unwrap())]);
        let line = b"user_id\n0198f2a0-0000-7000-8000-000000000001\n";
        Roll::read(&headers, line).err().map(|problem| problem.kind())
    }

    #[test]
    fn a_list_is_csv_in_utf_8() {
        for taken in ["text/csv", "text/CSV; charset=UTF-8", "text/csv;header=present;charset=\"utf-8\""] {
            assert_eq!(kind_of(taken), None, "{taken}");
        }
        for refused in ["application/json", "text/plain", "text/csv; charset=latin1"] {
            assert_eq!(kind_of(refused), Some(ProblemKind::WrongContentType), "{refused}");
        }
    }
}
