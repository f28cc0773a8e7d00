//! Heads: signed statements of how many events a session has and what they are.

use acta_domain::{SessionId, TenantId};
use acta_proof::head::{HeadClaims, HeadState, issue_head};

use super::{Evidence, EvidenceError, IssuedHead};

impl Evidence {
    /// The head over everything that is durable now. The same state under the same key gives the same head again.
    ///
    /// # Errors
    /// See [`EvidenceError`].
    pub async fn head(&self, tenant: TenantId, session: SessionId) -> Result<IssuedHead, EvidenceError> {
        // The seal is durable and read before the events: nothing follows it, so a head that says "closed" covers them all.
        let (subject, sealed) = self.subject(tenant, session).await?;
        let frontier = self.frontiers.current(tenant, session).await?;
        if frontier.size() == 0 {
            return Err(EvidenceError::UnknownSession);
        }
        let state = if sealed { HeadState::Closed } else { HeadState::Open };
        let key_id = self.ports.signer.verifying_key().id();
        if let Some(latest) = self.ports.archive.latest_head(tenant, session).await?
            && (latest.size, latest.state, latest.key_id) == (frontier.size(), state, key_id)
        {
            return Ok(latest);
        }
        let issued_at = self.now_seconds();
        let claims = HeadClaims {
            issuer: self.ports.issuer.clone(),
            subject,
            issued_at,
            size: frontier.size(),
            root: frontier.root(),
            state,
        };
        let signed = issue_head(&*self.ports.signer, &claims);
        let head = IssuedHead { size: claims.size, state, issued_at, key_id, signed };
        self.ports.archive.keep_head(tenant, session, &head).await?;
        // Of several issued at the same moment for the same state, the one that was kept is the head.
        let kept = self.ports.archive.latest_head(tenant, session).await?;
        Ok(kept.filter(|kept| (kept.size, kept.state) == (head.size, head.state)).unwrap_or(head))
    }

    /// The heads that were issued for a session, oldest first.
    ///
    /// # Errors
    /// See [`EvidenceError`].
    pub async fn heads(
        &self,
        tenant: TenantId,
        session: SessionId,
        skip: u32,
        limit: u32,
    ) -> Result<Vec<IssuedHead>, EvidenceError> {
        Ok(self.ports.archive.heads(tenant, session, skip, limit).await?)
    }
}
