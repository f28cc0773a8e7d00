//! `POST /v2/users`.

use std::collections::BTreeSet;

use acta_application::issuer::{CreateUser, InvalidLogin, Login};
use acta_domain::{PersonId, RoleName, UserId};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Body, Command, Text, UsersManage, given, personal};
use crate::issuer::login::Secret;
use crate::issuer::state::Issuing;
use crate::problem::Problem;
use crate::schema;
use crate::state::App;

/// What somebody types to say who they are, in a body.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub(in crate::issuer) struct GivenLogin(pub(in crate::issuer) Login);

impl TryFrom<String> for GivenLogin {
    type Error = InvalidLogin;

    fn try_from(text: String) -> Result<Self, InvalidLogin> {
        Login::parse(&text).map(Self)
    }
}

/// A user to be created.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct CreateUserBody {
    /// What they type to say who they are: an e-mail address, a name. Case and white space around it make no difference. It is sealed.
    #[schema(value_type = schema::Login)]
    login: GivenLogin,
    /// Their first password; without one they cannot sign in yet.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<schema::Password>)]
    password: Option<Secret>,
    /// What they are called; it is sealed.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<schema::Name>)]
    name: Option<Text<200>>,
    /// Who it is, if they are known by an opaque id already.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Uuid>)]
    person_id: Option<PersonId>,
    /// Their roles.
    #[serde(default)]
    #[schema(value_type = Vec<schema::RoleName>)]
    roles: BTreeSet<RoleName>,
}

impl Body for CreateUserBody {}

/// A user who was created.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UserCreated)]
pub(crate) struct UserCreatedAnswer {
    /// The user.
    #[schema(value_type = Uuid)]
    user_id: UserId,
    /// Who it is, by opaque id.
    #[schema(value_type = Uuid)]
    person_id: PersonId,
    #[serde(flatten)]
    recorded: Recorded,
}

/// Create a user, who gets no more rights than whoever creates them has.
#[utoipa::path(
    post, path = "/v2/users", tag = "users", operation_id = "create_user", request_body = CreateUserBody,
    responses((status = 201, description = "Created.", body = UserCreatedAnswer, headers(("Location" = String, description = "Where it is.")))),
    security(("bearer" = [])),
)]
pub(in crate::issuer) async fn create_user(
    State(app): State<App>,
    allowed: Allowed<UsersManage>,
    issuing: Issuing,
    command: Command<CreateUserBody>,
) -> Result<Written<UserCreatedAnswer>, Problem> {
    let context = command.context(&app, &allowed.principal);
    let CreateUserBody { login, password, name, person_id, roles } = command.body;
    let password = password.map(Into::into);
    let input = CreateUser { login: login.0, password, display_name: personal(name), person_id, roles };
    let created = issuing.issuer().create_user(&context, (&allowed.principal).into(), input).await?;
    let (user_id, person_id) = (created.user_id, created.person_id);
    let body = UserCreatedAnswer { user_id, person_id, recorded: created.accepted.into() };
    Ok(Written::created(created.accepted, body).at(format!("/v2/users/{user_id}")))
}
