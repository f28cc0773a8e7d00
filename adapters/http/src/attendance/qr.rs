//! `POST /sessions/{id}/attendance/qr`.

use acta_application::attendance::{Contact, IssueQr, IssuedQr};
use acta_domain::{PersonId, Timestamp, VotingWeight};
use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::qr_image;
use crate::extract::{
    Accept, Allowed, AttendanceManage, Body, Command, Number, Params, Text, given, personal,
};
use crate::paths::SessionPath;
use crate::problem::Problem;
use crate::schema;
use crate::state::App;

const USUAL_LIFETIME: u32 = 900;
const JSON: &str = "application/json";
const PNG: &str = "image/png";
const SVG: &str = "image/svg+xml";

/// Whom a code lets in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct IssueQrBody {
    /// Who, by opaque id.
    #[schema(value_type = Uuid)]
    user_id: PersonId,
    /// What they are called; sealed inside the code, so that whoever scans it reads no name.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<schema::Name>)]
    name: Option<Text<200>>,
    /// What their vote weighs, if they have one.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<schema::VotingWeight>)]
    voting_weight: Option<VotingWeight>,
    /// For how many seconds the code is good.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 86_400, default = 900)]
    lifetime_seconds: Option<Number<1, 86_400>>,
}

impl Body for IssueQrBody {}

impl From<IssueQrBody> for IssueQr {
    fn from(body: IssueQrBody) -> Self {
        let lifetime_seconds = body.lifetime_seconds.map_or(USUAL_LIFETIME, Number::as_u32);
        let contact = Contact { name: personal(body.name), ..Contact::default() };
        Self { person_id: body.user_id, voting_weight: body.voting_weight, contact, lifetime_seconds }
    }
}

/// A code that lets one person in, once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IssuedQr)]
pub(crate) struct IssuedQrAnswer {
    /// What the code says.
    token: String,
    /// Until when it is good.
    #[schema(value_type = schema::Moment)]
    expires_at: Timestamp,
}

/// Issue a QR code that lets one person in, once.
///
/// Nothing is recorded before it is used. As a picture, the code says the token and nothing else.
#[utoipa::path(
    post, path = "/sessions/{id}/attendance/qr", tag = "attendance", operation_id = "issue_qr",
    params(SessionPath), request_body = IssueQrBody,
    responses((status = 200, description = "The code.", content(
        (IssuedQrAnswer = "application/json"), (Vec<u8> = "image/png"), (String = "image/svg+xml"),
    ))),
    security(("bearer" = [])),
)]
pub(super) async fn issue_qr(
    State(app): State<App>,
    allowed: Allowed<AttendanceManage>,
    Params(path): Params<SessionPath>,
    accept: Accept,
    command: Command<IssueQrBody>,
) -> Result<Response, Problem> {
    let media = accept.best(&[JSON, PNG, SVG])?;
    let context = command.context(&app, &allowed.principal);
    let issued = app.use_cases.issue_qr(&context, path.session, command.body.into()).await?;
    answer(media, issued)
}

fn answer(media: &'static str, issued: IssuedQr) -> Result<Response, Problem> {
    let picture = match media {
        PNG => qr_image::png(&issued.token).map_err(|error| Problem::internal(&error))?,
        SVG => qr_image::svg(&issued.token).map_err(|error| Problem::internal(&error))?.into_bytes(),
        _ => {
            let answer = IssuedQrAnswer { token: issued.token, expires_at: issued.expires_at };
            return Ok(Json(answer).into_response());
        }
    };
    Ok(([(CONTENT_TYPE, media)], picture).into_response())
}
