//! How the values of the domain look in the document of the API; each mirrors its parser.

use std::borrow::Cow;

use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::extract::MAX_EXACT;

/// Free text: one character that shows, and no control characters but line feed and tab.
const TEXT: &str = r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x08\x0b-\x1f\x7f-\x9f]*$";
/// Years that a moment can lie in.
const YEARS: &str = "^(19[7-9][0-9]|[2-9][0-9]{3})-";
/// A decimal above 0 and at most a billion, with at most six decimals.
const WEIGHT: &str = r"^(0\.(?!0{1,6}$)[0-9]{1,6}|[1-9][0-9]{0,8}(\.[0-9]{1,6})?|1000000000(\.0{1,6})?)$";

macro_rules! schemas {
    ($($name:ident = $json:expr;)+) => {
        $(
            #[doc = concat!("The schema of `", stringify!($name), "`.")]
            pub(crate) struct $name;

            impl PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    RefOr::T(serde_json::from_value($json).expect("a schema written here has its form"))
                }
            }

            impl ToSchema for $name {
                fn name() -> Cow<'static, str> {
                    stringify!($name).into()
                }
            }
        )+

        /// All of them, by name.
        pub(crate) fn all() -> Map<String, Value> {
            Map::from_iter([$((stringify!($name).to_owned(), $json)),+])
        }
    };
}

schemas! {
    Moment = json!({ "type": "string", "format": "date-time", "pattern": YEARS, "example": "2026-11-22T10:00:00.000000Z",
        "description": "A moment (RFC 3339) in the years 1970 to 9999, kept to the microsecond, answered in UTC." });
    Title = text(300, "General meeting");
    Name = text(200, "Ada Lovelace");
    Contact = text(254, "ada@example.org");
    Words = text(10_000, "I move that the minutes be approved.");
    Remark = text(1_000, "The agenda is full.");
    Modality = words(acta_domain::Modality::ALL.iter().map(|word| word.as_str()));
    SessionStatus = words(acta_domain::SessionStatus::ALL.iter().map(|word| word.as_str()));
    AttendanceMethod = words(acta_domain::AttendanceMethod::ALL.iter().map(|word| word.as_str()));
    AttendanceStatus = words(["present", "left", "refused"]);
    RefusalReason = words(acta_domain::RefusalReason::ALL.iter().map(|word| word.as_str()));
    SignalSource = words(acta_domain::SignalSource::ALL.iter().map(|word| word.as_str()));
    NotedSource = words(["provider", "manual"]);
    Sign = words(acta_domain::Sign::ALL.iter().map(|word| word.as_str()));
    Channel = text(128, "room-1/participant-7");
    PresenceRule = words(acta_domain::PresenceRule::ALL.iter().map(|word| word.as_str()));
    ContradictionKind = words(acta_domain::ContradictionKind::ALL.iter().map(|word| word.as_str()));
    SpeechKind = words(acta_domain::SpeechKind::ALL.iter().map(|word| word.as_str()));
    FinishedBy = words(acta_domain::FinishedBy::ALL.iter().map(|word| word.as_str()));
    ChunkSource = words(acta_domain::ChunkSource::ALL.iter().map(|word| word.as_str()));
    TranscriptFormat = words(["json", "vtt", "srt", "txt"]);
    Languages = json!({ "type": "array", "minItems": 1, "maxItems": 32, "uniqueItems": true, "items": of::<acta_domain::Language>(),
        "example": ["en", "pt-BR"], "description": "1 to 32 different languages (BCP 47)." });
    Language = with(of::<acta_domain::Language>(), &json!({ "example": "en" }));
    AssemblyId = with(of::<acta_domain::AssemblyId>(), &json!({ "example": "assembly-7" }));
    VoteId = with(of::<acta_domain::VoteId>(), &json!({ "example": "vote-3" }));
    PublicId = of::<acta_domain::PublicId>();
    Capacity = of::<acta_domain::Capacity>();
    ConcurrentTurns = of::<acta_domain::ConcurrentTurns>();
    TimeLimit = with(of::<acta_domain::TimeLimit>(), &json!({ "example": 120 }));
    QueuePolicy = words(acta_domain::QueuePolicy::ALL.iter().map(|word| word.as_str()));
    OverriddenRule = words(acta_domain::OverriddenRule::ALL.iter().map(|word| word.as_str()));
    WarningTime = with(of::<acta_domain::WarningTime>(), &json!({ "example": 30 }));
    GroupName = with(of::<acta_domain::GroupName>(), &json!({ "example": "north" }));
    TimeAccount = with(of::<acta_domain::TimeAccount>(), &json!({ "example": "group:north" }));
    TimeBudget = with(of::<acta_domain::TimeBudget>(), &json!({ "example": 900 }));
    Priority = of::<acta_domain::Priority>();
    ChunkNumber = of::<acta_domain::ChunkNumber>();
    MediaTime = of::<acta_domain::MediaTime>();
    Confidence = with(of::<acta_domain::Confidence>(), &json!({ "example": 0.93 }));
    EvidenceDigest = of::<acta_domain::EvidenceDigest>();
    ContentDigest = of::<acta_domain::ContentDigest>();
    VotingWeight = json!({ "type": "string", "pattern": WEIGHT, "example": "3.25",
        "description": "A decimal above 0 and at most 1000000000, with at most six decimals." });
    Sum = json!({ "type": "string", "pattern": r"^[0-9]+(\.[0-9]{1,6})?$", "example": "12.5" });
    RoleName = with(of::<acta_domain::RoleName>(), &json!({ "example": "chair" }));
    ServiceName = with(of::<acta_domain::ServiceName>(), &json!({ "example": "scheduler" }));
    Permission = words(acta_domain::Permission::ALL.iter().map(|word| word.as_str()));
    UserStatus = words(["active", "disabled"]);
    RoleStatus = words(["active", "retired"]);
    ClientStatus = words(["active", "revoked"]);
    Actor = json!({ "type": "string", "pattern": "^(person:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|service:[a-z0-9-]{1,64}|clock)$",
        "example": "service:scheduler" });
    ClientName = json!({ "type": "string", "pattern": "^acta_[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$" });
    Login = text(254, "ada@example.org");
    Password = json!({ "type": "string", "minLength": 1, "maxLength": 1024, "format": "password" });
    Whole = json!({ "type": "integer", "minimum": 0, "maximum": MAX_EXACT });
    Cursor = json!({ "type": "string", "pattern": "^[A-Za-z0-9_-]{1,512}$" });
}

fn text(max: u32, example: &str) -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": max, "pattern": TEXT, "example": example })
}

fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> Value {
    json!({ "type": "string", "enum": words.into_iter().collect::<Vec<_>>() })
}

/// The schema that the domain gives the type.
fn of<T: schemars::JsonSchema>() -> Value {
    let mut schema = schemars::SchemaGenerator::default().into_root_schema_for::<T>().to_value();
    if let Some(members) = schema.as_object_mut() {
        members.retain(|name, _| name != "$schema" && name != "title");
    }
    schema
}

fn with(mut schema: Value, more: &Value) -> Value {
    if let (Some(schema), Some(more)) = (schema.as_object_mut(), more.as_object()) {
        schema.extend(more.clone());
    }
    schema
}
