//! The document of the API (`OpenAPI` 3.1).
//!
//! Each handler describes what is its own. What every operation has in common (headers, problems) is added here, by rule, so
//! that no handler can forget it.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use axum::http::{Method, StatusCode};
use serde_json::{Map, Value, json};
use utoipa::PartialSchema as _;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, Info, InfoBuilder, OpenApi, OpenApiBuilder};

use crate::problem::{Document, ProblemKind, header_of};
use crate::{router, schema};

/// Operations that write nothing, although they are sent like those that do.
const NOT_RECORDED: [&str; 6] = ["issue_qr", "erase_person", "login", "refresh", "logout", "issue_token"];
/// Operations that ask who it is without an access token.
const GIVE_TOKENS: [&str; 2] = ["login", "refresh"];
/// Operations for which services beside this one are asked, at whatever path.
const ASK_NEIGHBOURS: [&str; 7] = [
    "validate_qr",
    "validate_code",
    "validate_biometric",
    "register_attendee",
    "issue_code",
    "record_governance_data",
    "get_retention",
];
/// How the id of an operation ends that has a newer path, with the id that is left.
pub(crate) const OLDER: &str = "_older";
const METHODS: [Method; 5] = [Method::GET, Method::POST, Method::PATCH, Method::PUT, Method::DELETE];

/// The id of the operation at `path`, as the router has it; `other` for what the description does not know.
pub(crate) fn operation_id(method: &Method, path: &str) -> &'static str {
    static IDS: LazyLock<HashMap<(Method, String), String>> = LazyLock::new(operation_ids);
    IDS.get(&(method.clone(), path.to_owned())).map_or("other", String::as_str)
}

fn operation_ids() -> HashMap<(Method, String), String> {
    let mut document =
        serde_json::to_value(router::document()).expect("a document of an API has a form in JSON");
    let mut ids = HashMap::new();
    for (path, item) in members(at(&mut document, "paths")) {
        for method in METHODS {
            if let Some(id) = item[method.as_str().to_lowercase()]["operationId"].as_str() {
                ids.insert((method, path.to_owned()), id.to_owned());
            }
        }
    }
    ids
}

/// What stands at the beginning of the document.
pub(crate) fn head() -> OpenApi {
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    let components = ComponentsBuilder::new().security_scheme("bearer", SecurityScheme::Http(scheme)).build();
    OpenApiBuilder::new().info(info()).components(Some(components)).build()
}

fn info() -> Info {
    InfoBuilder::new()
        .title("Acta")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "The provable record of a live session.\n\nEvery write answers with its position in the log; a read that must \
             reflect it is sent with `Acta-At-Least: <position>`. A write sent again under the same `Idempotency-Key` is done \
             once. A write needs an access token that is bound to a key, and a proof of holding it (DPoP, RFC 9449). Whatever is \
             not a success is a problem document (RFC 9457) with a stable `type`.",
        ))
        .build()
}

/// The whole document as JSON, from what the handlers say.
pub(crate) fn complete(document: OpenApi) -> Value {
    let mut document = serde_json::to_value(document).expect("a document of an API has a form in JSON");
    let schemas = at(at(&mut document, "components"), "schemas");
    extend(schemas, schema::all());
    let problem = serde_json::to_value(Document::schema()).expect("a schema has a form in JSON");
    extend(schemas, Map::from_iter([("Problem".to_owned(), problem)]));
    forbid_nulls(schemas);
    let components = at(&mut document, "components");
    extend(components, Map::from_iter([("responses".to_owned(), problems())]));
    extend(at(components, "securitySchemes"), Map::from_iter([("dpop".to_owned(), dpop())]));
    for path in members(at(&mut document, "paths")) {
        for method in METHODS {
            if let Some(operation) = path.1.get_mut(method.as_str().to_lowercase()) {
                complete_operation(path.0, &method, operation);
            }
        }
    }
    document
}

fn complete_operation(path: &str, method: &Method, operation: &mut Value) {
    let operation_id = operation["operationId"].as_str().unwrap_or_default().to_owned();
    let is_command = *method != Method::GET;
    let is_recorded = is_command && !NOT_RECORDED.contains(&operation_id.as_str());
    let is_view = takes(operation, "at_least");
    if operation_id.ends_with(OLDER) {
        operation["deprecated"] = true.into();
    }
    if operation.get("security").is_some() {
        operation["security"] = security(is_command);
    }
    let headers = header_parameters(method, is_command, is_view);
    if let Some(parameters) = parameters(operation) {
        parameters.extend(headers);
        parameters.iter_mut().for_each(without_null);
    }
    // A body that may be left out is not one that may be null.
    if let Some(body) = operation.pointer_mut("/requestBody/content/application~1json") {
        without_null(body);
    }
    for status in problems_of(path, method, operation) {
        let responses = at(operation, "responses");
        let code = status.as_str();
        if responses.get(code).is_none() {
            responses[code] = json!({ "$ref": format!("#/components/responses/{}", name_of(status)) });
        }
    }
    let answer_headers = answer_headers(is_recorded, is_view);
    for (code, response) in members(at(operation, "responses")) {
        if code.starts_with('2') && !answer_headers.is_empty() {
            extend(at(response, "headers"), answer_headers.clone());
        }
    }
}

/// How a token comes that is bound to a key.
fn dpop() -> Value {
    json!({ "type": "http", "scheme": "DPoP", "bearerFormat": "JWT",
        "description": "An access token that is bound to a key, with a proof of holding it in the header `DPoP` (RFC 9449)." })
}

/// A write needs a token that is bound to a key; a read can do with any.
fn security(is_command: bool) -> Value {
    if is_command { json!([{ "dpop": [] }]) } else { json!([{ "bearer": [] }, { "dpop": [] }]) }
}

/// Which problems an operation can have, by what it is.
fn problems_of(path: &str, method: &Method, operation: &Value) -> BTreeSet<StatusCode> {
    let mut statuses = BTreeSet::from([StatusCode::INTERNAL_SERVER_ERROR, StatusCode::SERVICE_UNAVAILABLE]);
    let is_command = *method != Method::GET;
    if operation.get("security").is_some() {
        statuses.extend([StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN]);
        if is_command {
            statuses.insert(StatusCode::TOO_MANY_REQUESTS);
        }
    }
    if is_command || operation["parameters"].as_array().is_some_and(|parameters| !parameters.is_empty()) {
        statuses.insert(StatusCode::BAD_REQUEST);
    }
    if GIVE_TOKENS.iter().any(|id| operation["operationId"] == *id) {
        statuses.extend([StatusCode::UNAUTHORIZED, StatusCode::TOO_MANY_REQUESTS]);
    }
    // What the built-in issuer serves is nowhere when another one issues the tokens.
    if path.contains('{') || path.starts_with("/v2/") || path.starts_with("/oauth/") {
        statuses.insert(StatusCode::NOT_FOUND);
    }
    if is_command {
        statuses.extend([
            StatusCode::CONFLICT,
            StatusCode::GONE,
            StatusCode::PAYLOAD_TOO_LARGE,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            StatusCode::UNPROCESSABLE_ENTITY,
        ]);
    }
    if *method == Method::PATCH || takes(operation, "at_least") {
        statuses.insert(StatusCode::PRECONDITION_FAILED);
    }
    if asks_neighbours(operation) {
        statuses.insert(StatusCode::BAD_GATEWAY);
    }
    // What is joined by another protocol is refused to whoever does not ask for that protocol.
    if operation["responses"].get("101").is_some() {
        statuses.insert(StatusCode::UPGRADE_REQUIRED);
    }
    if offers_a_choice(operation) {
        statuses.insert(StatusCode::NOT_ACCEPTABLE);
    }
    statuses
}

fn asks_neighbours(operation: &Value) -> bool {
    let id = operation["operationId"].as_str().unwrap_or_default();
    ASK_NEIGHBOURS.contains(&id.strip_suffix(OLDER).unwrap_or(id))
}

/// Whether the operation's success comes in several media types.
fn offers_a_choice(operation: &Value) -> bool {
    operation["responses"]["200"]["content"].as_object().is_some_and(|content| content.len() > 1)
}

fn takes(operation: &Value, parameter: &str) -> bool {
    let parameters = operation["parameters"].as_array();
    parameters.is_some_and(|parameters| parameters.iter().any(|one| one["name"] == parameter))
}

/// The headers that the operation reads.
fn header_parameters(method: &Method, is_command: bool, is_view: bool) -> Vec<Value> {
    let mut headers = Vec::new();
    if is_command {
        headers.push(header(
            "Idempotency-Key",
            "^[!-~]{1,255}$",
            "Sent twice under one key, the command is done once.",
        ));
        headers.push(header(
            "traceparent",
            "",
            "W3C Trace Context; kept with the events, left aside if malformed.",
        ));
    }
    if *method == Method::PATCH {
        headers.push(header(
            "If-Match",
            r#"^(\*|"[0-9]{1,19}")$"#,
            "Only if the session is still at this version.",
        ));
    }
    if is_view {
        let mut fresh = header("Acta-At-Least", "", "The position that the answer is to reflect at least.");
        fresh["schema"] = json!({ "$ref": "#/components/schemas/Whole" });
        headers.push(fresh);
    }
    headers
}

fn header(name: &str, pattern: &str, description: &str) -> Value {
    let mut schema = json!({ "type": "string" });
    if !pattern.is_empty() {
        schema["pattern"] = pattern.into();
    }
    json!({ "name": name, "in": "header", "required": false, "description": description, "schema": schema })
}

/// The headers of the operation's success.
fn answer_headers(is_recorded: bool, is_view: bool) -> Map<String, Value> {
    let position = json!({ "description": "The position that was written, or that the answer reflects.",
        "schema": { "type": "integer", "minimum": 0 } });
    let replayed = json!({ "description": "`true` if the command had been sent before.",
        "schema": { "type": "string", "enum": ["true"] } });
    let mut headers = Map::new();
    if is_recorded || is_view {
        headers.insert("Acta-Position".to_owned(), position);
    }
    if is_recorded {
        headers.insert("Idempotent-Replayed".to_owned(), replayed);
    }
    headers
}

/// The name of the answer with `status` among the document's components.
fn name_of(status: StatusCode) -> String {
    status.canonical_reason().unwrap_or("Other").replace(' ', "")
}

/// One answer for each status that a problem can have.
fn problems() -> Value {
    let mut responses = Map::new();
    for kind in ProblemKind::ALL {
        let status = kind.status();
        let response = responses.entry(name_of(status)).or_insert_with(|| problem_with(status));
        let line = format!("\n- `{}`: {}", kind.urn(), kind.title());
        let text = response["description"].as_str().unwrap_or_default().to_owned() + &line;
        response["description"] = text.into();
    }
    Value::Object(responses)
}

fn problem_with(status: StatusCode) -> Value {
    let content =
        json!({ "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } });
    let mut response =
        json!({ "description": status.canonical_reason().unwrap_or("A problem"), "content": content });
    if let Some((name, description)) = header_of(status) {
        response["headers"][name.as_str()] =
            json!({ "description": description, "schema": { "type": "string" } });
    }
    response
}

/// Request bodies leave out what is not given; `null` is taken only by members that must be there, and says that there is to be
/// nothing. Answers write `null` only for what is personal.
fn forbid_nulls(schemas: &mut Value) {
    for (name, schema) in members(schemas) {
        if !name.ends_with("Body") && name != "Problem" {
            continue;
        }
        let required = schema["required"].clone();
        let is_required =
            |name: &String| required.as_array().is_some_and(|names| names.contains(&json!(name)));
        for (_, property) in members(at(schema, "properties")).filter(|(name, _)| !is_required(name)) {
            without_null(property);
        }
    }
}

/// Takes `null` out of what `schema` (or a parameter's schema) allows.
fn without_null(schema: &mut Value) {
    if let Some(inner) = schema.get_mut("schema") {
        return without_null(inner);
    }
    if let Some(kinds) = schema.get_mut("type").filter(|kinds| kinds.is_array()) {
        let kept = kinds.as_array().and_then(|kinds| kinds.iter().find(|kind| *kind != "null")).cloned();
        *kinds = kept.unwrap_or(Value::Null);
    }
    let kept =
        schema["oneOf"].as_array().and_then(|some| some.iter().find(|one| one["type"] != "null")).cloned();
    if let (Some(kept), Some(members)) = (kept, schema.as_object_mut()) {
        members.remove("oneOf");
        members.extend(kept.as_object().cloned().unwrap_or_default());
    }
}

fn parameters(operation: &mut Value) -> Option<&mut Vec<Value>> {
    let members = operation.as_object_mut()?;
    members.entry("parameters").or_insert_with(|| json!([])).as_array_mut()
}

/// The member `name` of an object, made if it is not there.
fn at<'a>(object: &'a mut Value, name: &str) -> &'a mut Value {
    let place = &mut object[name];
    if place.is_null() {
        *place = json!({});
    }
    place
}

fn members(object: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    object.as_object_mut().into_iter().flatten()
}

fn extend(object: &mut Value, more: Map<String, Value>) {
    if let Some(members) = object.as_object_mut() {
        members.extend(more);
    }
}
