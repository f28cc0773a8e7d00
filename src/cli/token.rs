//! `acta token`

use std::path::PathBuf;

use acta_application::access::{KeyThumbprint, Role};
use acta_application::log::Actor;
use acta_domain::{PersonId, TenantId};
use clap::Args;

use super::dpop;
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

    /// What they are: administrator, chair, moderator, speaker, participant, observer, auditor or service; may be given several times
    #[arg(long = "role", required = true, value_parser = parse_role)]
    roles: Vec<Role>,

    /// How long it is good for, in seconds
    #[arg(long, default_value = "3600", value_parser = clap::value_parser!(u32).range(1..))]
    lifetime: u32,

    /// Bind it to this key (Ed25519, PEM, private or public): whoever shows it must prove that they hold the private one
    #[arg(long, value_name = "FILE", conflicts_with = "new_dpop_key")]
    dpop_key: Option<PathBuf>,

    /// Make such a key, write it to this file and bind the token to it
    #[arg(long, value_name = "FILE")]
    new_dpop_key: Option<PathBuf>,
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
    let bound_to = args.bound_to()?;
    if bound_to.is_none() {
        eprintln!("This token is bound to no key: it is good for reading only. --new-dpop-key makes a key.");
    }
    println!("{}", access_token(&issuer, args.tenant, actor, &args.roles, args.lifetime, bound_to));
    Ok(())
}

impl TokenArgs {
    fn bound_to(&self) -> anyhow::Result<Option<KeyThumbprint>> {
        match (&self.new_dpop_key, &self.dpop_key) {
            (Some(file), _) => dpop::make_key(file).map(Some),
            (None, Some(file)) => dpop::thumbprint_in(file).map(Some),
            (None, None) => Ok(None),
        }
    }
}
