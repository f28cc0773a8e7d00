//! `acta token`

use acta_application::access::Role;
use acta_application::log::Actor;
use acta_domain::{PersonId, TenantId};
use clap::Args;

use crate::config::Config;
use crate::wiring::{ServiceKeys, access_token};

#[derive(Debug, Args)]
pub(crate) struct TokenArgs {
    #[command(flatten)]
    config: Config,

    /// The tenant that the token is for
    #[arg(long)]
    tenant: TenantId,

    /// The person who holds it, by opaque id
    #[arg(long, required_unless_present = "service", conflicts_with = "service")]
    user: Option<PersonId>,

    /// The service that holds it, by name
    #[arg(long, value_parser = parse_service)]
    service: Option<Actor>,

    /// What they are: administrator, chair, participant, observer, auditor or service; may be given several times
    #[arg(long = "role", required = true, value_parser = parse_role)]
    roles: Vec<Role>,

    /// How long it is good for, in seconds
    #[arg(long, default_value = "3600", value_parser = clap::value_parser!(u32).range(1..))]
    lifetime: u32,
}

fn parse_service(name: &str) -> Result<Actor, String> {
    format!("service:{name}").parse().map_err(|_| "a name is 1 to 64 of a-z, 0-9 and `-`".to_owned())
}

fn parse_role(name: &str) -> Result<Role, String> {
    let names = Role::ALL.map(Role::name).join(", ");
    Role::named(name).ok_or_else(|| format!("the roles are {names}"))
}

/// Prints a token.
pub(crate) fn run(args: &TokenArgs) -> anyhow::Result<()> {
    let issuer = ServiceKeys::open(&args.config)?.issuer(&args.config);
    let actor = args.user.map(Actor::Person).or_else(|| args.service.clone());
    let actor = actor.expect("the command line asks for a user or a service");
    println!("{}", access_token(&issuer, args.tenant, actor, &args.roles, args.lifetime));
    Ok(())
}
