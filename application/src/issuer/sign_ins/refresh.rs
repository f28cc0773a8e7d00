//! Renew a sign-in: a refresh token for other tokens.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use acta_domain::sign_in::{SignIn, SignInCommand, SignInEvent};
use acta_domain::user::User;
use acta_domain::values::EndReason;
use acta_domain::{Generation, KeyThumbprint, Timestamp};

use super::Tokens;
use crate::UseCaseError;
use crate::issuer::refresh_token::RefreshToken;
use crate::issuer::service::place;
use crate::issuer::{Issuer, IssuerError, IssuerRefusal};
use crate::log::Actor;

/// What came of showing a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Renewal {
    Renewed(Generation),
    Reused,
}

impl Issuer {
    /// Gives other tokens for a refresh token, with the rights that the user has now. The refresh token is good once: shown again, it
    /// ends the sign-in.
    ///
    /// # Errors
    /// [`IssuerError::RefreshRefused`], [`IssuerError::RefreshReused`], [`IssuerError::OtherKey`]; else see [`IssuerError`].
    pub async fn refresh(&self, token: &str, key: Option<KeyThumbprint>) -> Result<Tokens, IssuerError> {
        let shown = RefreshToken::read(token, &self.ports.secret).ok_or(IssuerError::RefreshRefused)?;
        let sign_in = self.sign_in(shown).await?;
        let user = self.entitled(shown, &sign_in).await?;
        let generation = match self.renew(shown, &sign_in, key).await? {
            Renewal::Renewed(generation) => generation,
            Renewal::Reused => return Err(IssuerError::RefreshReused),
        };
        let left = left(&sign_in, self.now());
        self.tokens(&user, RefreshToken { generation, ..shown }, key, left).await
    }

    /// The sign-in of `token`, as it is.
    pub(super) async fn sign_in(&self, token: RefreshToken) -> Result<SignIn, IssuerError> {
        let place = place(token.tenant, token.sign_in);
        Ok(self.sign_ins.read_settled(token.tenant, place, SignIn::clone).await?)
    }

    /// The user of `sign_in`, if they are still who they were when they signed in; else the sign-in is over.
    async fn entitled(&self, token: RefreshToken, sign_in: &SignIn) -> Result<User, IssuerError> {
        let (Some(user_id), Some(started_at)) = (sign_in.user_id(), sign_in.started_at()) else {
            return Err(IssuerError::RefreshRefused);
        };
        let place = place(token.tenant, user_id);
        let user = self.users.read_settled(token.tenant, place, User::clone).await?;
        match user.ends_sign_in_of(started_at) {
            None if user.is_active() => Ok(user),
            reason => {
                self.end_sign_in(token, sign_in, reason.unwrap_or(EndReason::UserDisabled)).await?;
                Err(IssuerError::RefreshRefused)
            }
        }
    }

    async fn renew(
        &self,
        shown: RefreshToken,
        sign_in: &SignIn,
        key: Option<KeyThumbprint>,
    ) -> Result<Renewal, IssuerError> {
        let command = SignInCommand::Renew { generation: shown.generation, key, at: self.now() };
        let outcome = Mutex::new(Renewal::Reused);
        let decide = |state: &SignIn, _| {
            let events = state.decide(command).map_err(IssuerRefusal::SignIn)?;
            *outcome.lock().unwrap_or_else(PoisonError::into_inner) = renewal(&events);
            Ok::<_, UseCaseError>(events)
        };
        self.carry_out_on_sign_in(shown, sign_in, decide).await?;
        Ok(outcome.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// Ends `sign_in`, if it is not over anyway.
    pub(super) async fn end_sign_in(
        &self,
        token: RefreshToken,
        sign_in: &SignIn,
        reason: EndReason,
    ) -> Result<(), IssuerError> {
        if !sign_in.is_open(self.now()) {
            return Ok(());
        }
        let command = SignInCommand::End { reason, at: self.now() };
        let decide = |state: &SignIn, _| Ok(state.decide(command).map_err(IssuerRefusal::SignIn)?);
        match self.carry_out_on_sign_in(token, sign_in, decide).await {
            // Somebody else was faster.
            Ok(()) | Err(IssuerError::RefreshRefused) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn carry_out_on_sign_in(
        &self,
        token: RefreshToken,
        sign_in: &SignIn,
        decide: impl Fn(&SignIn, crate::log::Sequence) -> Result<Vec<SignInEvent>, UseCaseError>,
    ) -> Result<(), IssuerError> {
        let person = sign_in.person_id().ok_or(IssuerError::RefreshRefused)?;
        let context = self.context_of(token.tenant, Actor::Person(person));
        let place = place(token.tenant, token.sign_in);
        let done = self.use_cases.carry_out_alone(&self.sign_ins, &context, place, None, decide).await;
        match done {
            Ok(_) => Ok(()),
            Err(UseCaseError::Issuer(IssuerRefusal::SignIn(refusal))) => Err(refusal.into()),
            Err(error) => Err(error.into()),
        }
    }
}

fn renewal(events: &[SignInEvent]) -> Renewal {
    match events {
        [SignInEvent::Renewed { generation, .. }] => Renewal::Renewed(*generation),
        _ => Renewal::Reused,
    }
}

/// For how long `sign_in` can be renewed.
fn left(sign_in: &SignIn, now: Timestamp) -> Duration {
    let until = sign_in.expires_at().unwrap_or(now);
    Duration::from_micros(u64::try_from(until.as_micros() - now.as_micros()).unwrap_or(0))
}
