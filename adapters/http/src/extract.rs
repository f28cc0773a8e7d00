//! What handlers take, each with its problems.

mod accept;
mod allowed;
mod command;
mod content;
mod freshness;
mod if_match;
mod json;
mod numbers;
mod params;
mod secret;
mod text;
mod trace;
mod whole;

pub(crate) use accept::Accept;
pub(crate) use allowed::{
    Allowed, AttendanceManage, AttendanceManageOrValidate, AuditRead, DossierRead, FeedRead, FloorModerate,
    FloorRequestOrModerate, GovernanceRecord, Oneself, PersonsErase, SessionsCreate, SessionsEnd,
    SessionsManage, SessionsOperate, SessionsRead, TranscriptWrite, UsersManage,
};
pub(crate) use command::Command;
pub(crate) use content::{Content, media_type};
pub(crate) use freshness::Freshness;
pub(crate) use if_match::IfMatch;
pub(crate) use json::{Body, Names, NoBody, given, or_null};
pub(crate) use numbers::{Count, MAX_EXACT, Number};
pub(crate) use params::{Params, Query};
pub(crate) use secret::secret;
pub(crate) use text::{Text, personal};
pub(crate) use trace::traceparent;
