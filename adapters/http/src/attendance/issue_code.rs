//! `POST /sessions/{id}/attendance/codes`.

use acta_application::attendance::{IssueCode, IssuedCode};
use acta_domain::{CodeId, PersonId, Timestamp};
use axum::extract::State;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::code_method::CodeMethod;
use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, AttendanceManage, Body, Command, Names, Number, Params, given, secret};
use crate::paths::SessionPath;
use crate::problem::{Problem, ProblemKind};
use crate::schema;
use crate::state::App;

const USUAL_LIFETIME: u32 = 600;
/// The longest e-mail address (RFC 5321 §4.5.3.1.3).
const LONGEST: usize = 254;
const FORM: &str = "a telephone number such as '+56221234567' or an e-mail address, at most 254 characters";
const TELEPHONE: &str = "a telephone number is '+' and 7 to 15 digits, the first of them not 0";
const EMAIL: &str = "an e-mail address is 'name@domain', in ASCII and without white space";

/// A one-time code to be sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct IssueCodeBody {
    /// Whom it lets in.
    #[schema(value_type = Uuid)]
    user_id: PersonId,
    /// How it is sent.
    method: CodeMethod,
    /// Where to: a telephone number (E.164, with `+`) or an e-mail address. It is not kept.
    #[serde(deserialize_with = "address")]
    #[schema(value_type = String, min_length = 3, max_length = 254, pattern = r"^(\+[1-9][0-9]{6,14}|[!-?A-~]+@[!-?A-~]+)$", example = "+56221234567")]
    to: Zeroizing<String>,
    /// For how many seconds the code is good.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>, minimum = 60, maximum = 3_600, default = 600)]
    lifetime_seconds: Option<Number<60, 3_600>>,
}

impl Body for IssueCodeBody {
    const NAMES: Option<Names> = Some(&[&["user_id", "method", "to", "lifetime_seconds"]]);
}

impl IssueCodeBody {
    fn into_input(self) -> Result<IssueCode, Problem> {
        let (fits, form) = match self.method {
            CodeMethod::Sms => (is_telephone(&self.to), TELEPHONE),
            CodeMethod::Email => (is_email(&self.to), EMAIL),
        };
        if !fits {
            return Err(Problem::new(ProblemKind::InvalidBody, form).at_field("/to"));
        }
        Ok(IssueCode {
            person_id: self.user_id,
            method: self.method.into(),
            to: self.to,
            lifetime_seconds: self.lifetime_seconds.map_or(USUAL_LIFETIME, Number::as_u32),
        })
    }
}

fn address<'de, D: Deserializer<'de>>(reader: D) -> Result<Zeroizing<String>, D::Error> {
    secret(reader, LONGEST, |text| is_telephone(text) || is_email(text), FORM)
}

/// Whether `text` is a number as E.164 has it.
fn is_telephone(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
        plain && (7..=15).contains(&digits.len()) && !digits.starts_with('0')
    })
}

/// Whether `text` could be an address; whether there is such a mailbox shows when something is sent there.
fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, domain)| {
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_graphic());
        plain(name) && plain(domain) && !domain.contains('@')
    })
}

/// A one-time code that is on its way.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IssuedCode)]
pub(crate) struct IssuedCodeAnswer {
    /// The code's own id; what it says is known to nobody but whom it was sent to.
    #[schema(value_type = Uuid)]
    code_id: CodeId,
    /// Until when it is good.
    #[schema(value_type = schema::Moment)]
    expires_at: Timestamp,
    #[serde(flatten)]
    recorded: Recorded,
}

impl From<IssuedCode> for Written<IssuedCodeAnswer> {
    fn from(issued: IssuedCode) -> Self {
        let IssuedCode { code_id, expires_at, accepted } = issued;
        Self::created(accepted, IssuedCodeAnswer { code_id, expires_at, recorded: accepted.into() })
    }
}

/// Send somebody a one-time code that lets them in; one that they had before is good for nothing any more.
#[utoipa::path(
    post, path = "/sessions/{id}/attendance/codes", tag = "attendance", operation_id = "issue_code",
    params(SessionPath), request_body = IssueCodeBody,
    responses((status = 201, description = "On its way.", body = IssuedCodeAnswer)), security(("bearer" = [])),
)]
pub(super) async fn issue_code(
    State(app): State<App>,
    allowed: Allowed<AttendanceManage>,
    Params(path): Params<SessionPath>,
    command: Command<IssueCodeBody>,
) -> Result<Written<IssuedCodeAnswer>, Problem> {
    let context = command.context(&app, &allowed.principal);
    let input = command.body.into_input()?;
    Ok(app.use_cases.issue_code(&context, path.session, input).await?.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telephone_number_is_as_e_164_has_it() {
        for text in ["+56221234567", "+1234567", "+123456789012345"] {
            assert!(is_telephone(text), "{text}");
        }
        for text in ["", "+", "56221234567", "+0221234567", "+123456", "+1234567890123456", "+56 2 2123 4567"]
        {
            assert!(!is_telephone(text), "{text}");
        }
    }

    #[test]
    fn an_address_has_a_name_and_a_domain() {
        for text in ["ada@example.org", "a+b@[127.0.0.1]"] {
            assert!(is_email(text), "{text}");
        }
        for text in ["ada", "@example.org", "ada@", "a@b@c", "ada@example.org\r\nBcc: x@y", "a b@c", "ä@b"] {
            assert!(!is_email(text), "{text}");
        }
    }
}
