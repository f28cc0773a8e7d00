//! From a message to its effect.

use std::sync::Arc;

use acta_domain::SessionId;
use async_trait::async_trait;

use super::choose::choose;
use super::judge::judge;
use super::{Assemblies, Failure, GovernanceMessage, InboundMessage, Inbox, Reason, Verdict};
use crate::log::{Actor, CommandDigest, CommandId, CommandSecret};
use crate::session::{AssemblyNews, awaits_activation, is_so};
use crate::{CommandContext, UseCaseError, UseCases};

/// The name under which the governance service stands in the log.
const SERVICE: &str = "governance";

/// Takes the messages of the governance service.
pub struct GovernanceInbox {
    use_cases: Arc<UseCases>,
    assemblies: Arc<dyn Assemblies>,
    secret: CommandSecret,
}

/// Whether a message may still wait for others.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Patience {
    Left,
    Over,
}

#[async_trait]
impl Inbox for GovernanceInbox {
    async fn handle(&self, message: &InboundMessage) -> Verdict {
        self.verdict(message, Patience::Left).await
    }

    async fn handle_at_last(&self, message: &InboundMessage) -> Verdict {
        match self.verdict(message, Patience::Over).await {
            Verdict::NotYet(reason) => Verdict::Never(reason),
            verdict => verdict,
        }
    }
}

impl GovernanceInbox {
    /// An inbox whose commands are named under `secret`, the one that all idempotency keys are under.
    pub fn new(use_cases: Arc<UseCases>, assemblies: Arc<dyn Assemblies>, secret: CommandSecret) -> Self {
        Self { use_cases, assemblies, secret }
    }

    async fn verdict(&self, message: &InboundMessage, patience: Patience) -> Verdict {
        match GovernanceMessage::parse(message) {
            Ok(message) => self.take(&message, patience).await.unwrap_or_else(Verdict::Failing),
            Err(reason) => Verdict::Never(reason),
        }
    }

    async fn take(&self, message: &GovernanceMessage, patience: Patience) -> Result<Verdict, Failure> {
        let context = command(message, &self.secret);
        let session = match self.session_of(message).await? {
            Ok(session) => session,
            Err(unclear) => return self.first_verdict(&context, unclear).await,
        };
        if patience == Patience::Left && self.is_early(message, session).await? {
            return self.first_verdict(&context, Verdict::NotYet(Reason::AssemblyNotActivated)).await;
        }
        let GovernanceMessage { assembly_id, news, .. } = message;
        match self.use_cases.take_assembly_news(&context, session, assembly_id, news).await {
            Ok(accepted) => {
                let (changed, position) = (!accepted.repeated, Some(accepted.appended.last));
                Ok(Verdict::Done { changed, position })
            }
            Err(refusal) => self.refused(message, session, refusal).await,
        }
    }

    /// The session that `message` is about, or the verdict if that is not clear.
    async fn session_of(&self, message: &GovernanceMessage) -> Result<Result<SessionId, Verdict>, Failure> {
        if let Some(session) = message.session_id {
            return Ok(Ok(session));
        }
        let head = *self.use_cases.ports.log.head().borrow();
        let sessions = self.assemblies.sessions_of(message.tenant, &message.assembly_id, head).await?;
        Ok(choose(&sessions, &message.news))
    }

    /// A message that comes again may find its session sealed, or other sessions of the assembly: what counts is what it did.
    async fn first_verdict(&self, context: &CommandContext, unclear: Verdict) -> Result<Verdict, Failure> {
        match self.use_cases.first_outcome(context, UseCaseError::UnknownSession).await {
            Ok(first) => Ok(Verdict::Done { changed: false, position: Some(first.appended.last) }),
            Err(UseCaseError::UnknownSession) => Ok(unclear),
            Err(error) => judge(error),
        }
    }

    /// Whether `message` is a completion whose activation is still to come: it would be refused afterwards.
    async fn is_early(&self, message: &GovernanceMessage, session: SessionId) -> Result<bool, Failure> {
        if message.news != AssemblyNews::Completed {
            return Ok(false);
        }
        let (use_cases, at) = (&self.use_cases, self.use_cases.ports.clock.now());
        let early = |state: &_| awaits_activation(state, &message.assembly_id, at);
        let early = use_cases.sessions.read_settled(message.tenant, session, early).await;
        Ok(early.map_err(UseCaseError::from)?)
    }

    /// What was refused may be so already, by another command.
    async fn refused(
        &self,
        message: &GovernanceMessage,
        session: SessionId,
        refusal: UseCaseError,
    ) -> Result<Verdict, Failure> {
        if !matches!(refusal, UseCaseError::Session(_)) {
            return judge(refusal);
        }
        let at = self.use_cases.ports.clock.now();
        let so = |state: &_| is_so(state, &message.assembly_id, &message.news, at);
        let so = self.use_cases.sessions.read_settled(message.tenant, session, so).await;
        if so.map_err(UseCaseError::from)? {
            return Ok(Verdict::Done { changed: false, position: None });
        }
        judge(refusal)
    }
}

/// The command that `message` is.
fn command(message: &GovernanceMessage, secret: &CommandSecret) -> CommandContext {
    let (tenant, actor, key) = (message.tenant, Actor::Service(SERVICE.to_owned()), &message.idempotency_key);
    let command_id = CommandId::from_key(secret, tenant, &actor, key);
    CommandContext {
        tenant,
        command_id,
        command_digest: request(message, secret),
        correlation_id: command_id.0,
        actor,
        causation: None,
        traceparent: None,
        may_repeat: true,
    }
}

/// What is the same whenever the same is said, however it is written.
fn request(message: &GovernanceMessage, secret: &CommandSecret) -> CommandDigest {
    let (what, vote) = match &message.news {
        AssemblyNews::Activated => ("activated", ""),
        AssemblyNews::Completed => ("completed", ""),
        AssemblyNews::VoteOpened(vote) => ("vote opened", vote.as_str()),
        AssemblyNews::VoteClosed(vote) => ("vote closed", vote.as_str()),
    };
    let session = message.session_id.map(|session| session.to_string()).unwrap_or_default();
    let parts = [what, message.assembly_id.as_str(), vote, &session];
    CommandDigest::of_request(secret, &message.idempotency_key, &parts.map(str::as_bytes))
}
