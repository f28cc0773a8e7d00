//! `acta user`

use std::io::{BufRead as _, IsTerminal as _};

use acta_application::CommandContext;
use acta_application::access::{Permission, Principal};
use acta_application::issuer::{CreateUser, Held, Login, Password};
use acta_application::log::Actor;
use acta_application::persons::PersonalText;
use acta_domain::{PersonId, RoleName, TenantId};
use anyhow::Context as _;
use clap::{Args, Subcommand};
use zeroize::Zeroizing;

use crate::config::Config;
use crate::system::{SystemClock, SystemRandomness};
use crate::wiring::IssuerAlone;

/// Who creates users from the command line.
const OPERATOR: &str = "operator";
/// The longest name that is sealed, in characters.
const LONGEST_NAME: usize = 200;

#[derive(Debug, Args)]
pub(crate) struct UserArgs {
    #[command(flatten)]
    config: Config,

    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Create a user, the first administrator of a tenant for instance. On a data folder the service must be stopped
    Create(CreateArgs),
}

#[derive(Debug, Args)]
struct CreateArgs {
    /// The tenant that the user belongs to
    #[arg(long)]
    tenant: TenantId,

    /// What they type to say who they are
    #[arg(long, value_parser = parse_login)]
    login: Login,

    /// What they are called
    #[arg(long, value_parser = parse_name)]
    name: Option<PersonalText>,

    /// Who it is, if they are known by an opaque id already
    #[arg(long)]
    person: Option<PersonId>,

    /// What they are; may be given several times
    #[arg(long = "role", required = true)]
    roles: Vec<RoleName>,
}

fn parse_login(text: &str) -> Result<Login, String> {
    Login::parse(text).map_err(|error| error.to_string())
}

fn parse_name(text: &str) -> Result<PersonalText, String> {
    PersonalText::parse(text, LONGEST_NAME).map_err(|error| error.to_string())
}

/// Administers users without a service.
pub(crate) async fn run(args: UserArgs) -> anyhow::Result<()> {
    match args.action {
        Action::Create(create_args) => create(&args.config, create_args).await,
    }
}

async fn create(config: &Config, args: CreateArgs) -> anyhow::Result<()> {
    let password = Password(read_password()?);
    let alone = IssuerAlone::open(config).await?;
    let principal = Principal {
        tenant: args.tenant,
        actor: Actor::Service(OPERATOR.to_owned()),
        permissions: Permission::ALL.iter().copied().collect(),
    };
    let context = CommandContext::of_request(&principal, None, &SystemClock, &SystemRandomness);
    let input = CreateUser {
        login: args.login,
        password: Some(password),
        display_name: args.name,
        person_id: args.person,
        roles: args.roles.into_iter().collect(),
    };
    let created = alone.issuer.create_user(&context, Held::from(&principal), input).await;
    alone.close().await?;
    let created = created?;
    println!("user {} is person {}", created.user_id, created.person_id);
    Ok(())
}

/// The password: typed unseen on a terminal, else the first line of standard input.
fn read_password() -> anyhow::Result<Zeroizing<String>> {
    let input = std::io::stdin();
    if input.is_terminal() {
        return Ok(Zeroizing::new(rpassword::prompt_password("password: ")?));
    }
    let mut line = Zeroizing::new(String::new());
    input.lock().read_line(&mut line).context("the password is read from standard input")?;
    Ok(Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned()))
}
