//! What the governance service writes into its messages, as far as it is read here. More members may be there.

use acta_domain::{AssemblyId, SessionId, TenantId, VoteId};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde_json::{Value, json};

use super::GovernanceType;

/// An assembly began, or is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AssemblyBody {
    /// Whose assembly it is. It may be missing here if the extension attribute `tenantid` of the event says it; if both are there, they
    /// must agree.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<TenantId>,
    /// The assembly.
    pub assembly_id: AssemblyId,
    /// Which session of the assembly is meant; needed only if there are several that could be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
}

/// A vote opened, or closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct VoteBody {
    /// The assembly that votes.
    #[serde(flatten)]
    pub assembly: AssemblyBody,
    /// The vote.
    pub vote_id: VoteId,
}

/// The name of every message type that is taken, with the JSON Schema (2020-12) of its body. Each schema stands alone and names itself
/// `urn:acta:schema:inbound:<type>`.
pub fn inbound_schemas() -> Vec<(GovernanceType, Value)> {
    GovernanceType::ALL.into_iter().map(|kind| (kind, schema(kind))).collect()
}

fn schema(kind: GovernanceType) -> Value {
    let (what, mut schema) = match kind {
        GovernanceType::AssemblyActivated => ("An assembly began.", schema_of::<AssemblyBody>()),
        GovernanceType::AssemblyCompleted => ("An assembly is over.", schema_of::<AssemblyBody>()),
        GovernanceType::VoteStarted => ("A vote opened.", schema_of::<VoteBody>()),
        GovernanceType::VoteClosed => ("A vote closed.", schema_of::<VoteBody>()),
    };
    schema.insert("$id".into(), json!(format!("urn:acta:schema:inbound:{kind}")));
    schema.insert("title".into(), json!(kind.as_str()));
    schema.insert("description".into(), json!(what));
    schema.to_value()
}

fn schema_of<B: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12()
        .with(|settings| settings.inline_subschemas = true)
        .into_generator()
        .into_root_schema_for::<B>()
}

#[cfg(test)]
mod tests;
