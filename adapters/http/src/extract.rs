//! What handlers take, each with its problems.

mod accept;
mod allowed;
mod command;
mod freshness;
mod if_match;
mod json;
mod numbers;
mod params;
mod text;
mod trace;

pub(crate) use accept::Accept;
pub(crate) use allowed::{
    Allowed, AttendanceManage, AttendanceManageOrValidate, AuditRead, DossierRead, FeedRead, FloorModerate,
    FloorRequestOrModerate, GovernanceRecord, Oneself, PersonsErase, SessionsCreate, SessionsEnd,
    SessionsManage, SessionsOperate, SessionsRead, TranscriptWrite, UsersManage,
};
pub(crate) use command::Command;
pub(crate) use freshness::Freshness;
pub(crate) use if_match::IfMatch;
pub(crate) use json::{Body, NoBody, given, or_null};
pub(crate) use numbers::{Count, MAX_EXACT, Number};
pub(crate) use params::{Params, Query};
pub(crate) use text::{Text, personal};
