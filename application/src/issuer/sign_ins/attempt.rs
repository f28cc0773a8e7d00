//! An attempt to show who one is, counted.

use std::net::{IpAddr, Ipv6Addr};

use acta_domain::user::User;
use acta_domain::{CredentialId, TenantId, UserId};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::access::{LimitKey, Quota, Taken};
use crate::issuer::service::place;
use crate::issuer::{Credential, Issuer, IssuerError, Password, PasswordCheck};

/// Whom somebody says they are, and from where.
#[derive(Debug, Clone, Copy)]
pub(in crate::issuer) struct Attempt {
    /// In which tenant.
    pub(in crate::issuer) tenant: TenantId,
    /// Who; nobody if what they typed can be nobody's login.
    pub(in crate::issuer) user: Option<UserId>,
    /// From where.
    pub(in crate::issuer) address: Option<IpAddr>,
}

impl Attempt {
    fn wishes(&self, per_account: Quota, per_address: Quota) -> Vec<(LimitKey, Quota)> {
        let tenant = self.tenant;
        let account = self.user.map(|user| (LimitKey(format!("login:account:{tenant}:{user}")), per_account));
        let address = self
            .address
            .map(|address| (LimitKey(format!("login:address:{}", network(address))), per_address));
        account.into_iter().chain(address).collect()
    }
}

/// What of an address stands for whoever uses it: of an IPv6 address its network, for one subscriber has a whole one (RFC 6177).
pub(in crate::issuer) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
        address @ IpAddr::V4(_) => address,
    }
}

impl Issuer {
    /// The user of `attempt`, if `password` is theirs and they are active. Whatever is wrong, it takes the same way and the same time.
    pub(in crate::issuer) async fn proven(
        &self,
        attempt: &Attempt,
        password: Password,
    ) -> Result<User, IssuerError> {
        let wishes = attempt.wishes(self.options.wrong_per_account, self.options.wrong_per_address);
        self.count(&wishes).await?;
        let user = self.claimed(attempt).await?;
        let credential = user.credential_id();
        let hash = self.hash(attempt.tenant, credential).await?;
        let again = Password(password.0.clone());
        match self.ports.passwords.check(password, hash).await {
            Ok(PasswordCheck::Right { outdated }) if user.is_active() => {
                self.uncount(&wishes).await;
                if let (true, Some(credential)) = (outdated, credential) {
                    self.hash_anew(attempt.tenant, credential, again).await;
                }
                Ok(user)
            }
            Ok(_) => Err(IssuerError::LoginRefused),
            Err(error) => {
                // It was not found wrong, only not looked at.
                self.uncount(&wishes).await;
                Err(error.into())
            }
        }
    }

    async fn claimed(&self, attempt: &Attempt) -> Result<User, IssuerError> {
        // Nobody has this id; it is asked for all the same.
        let user = attempt.user.unwrap_or(UserId::new(Uuid::nil()));
        Ok(self.users.read_settled(attempt.tenant, place(attempt.tenant, user), User::clone).await?)
    }

    async fn hash(
        &self,
        tenant: TenantId,
        credential: Option<CredentialId>,
    ) -> Result<Option<Zeroizing<String>>, IssuerError> {
        let id = credential.unwrap_or(CredentialId::new(Uuid::nil()));
        match self.ports.credentials.get(tenant, id).await? {
            Some(Credential::Password(hash)) => Ok(Some(hash)),
            Some(Credential::Secret(_)) | None => Ok(None),
        }
    }

    /// The parameters were changed: the password is kept by the new ones from now on.
    async fn hash_anew(&self, tenant: TenantId, credential: CredentialId, password: Password) {
        let hash = match self.ports.passwords.hash(password).await {
            Ok(hash) => Credential::Password(hash),
            // The next login tries again.
            Err(_) => return,
        };
        if let Err(error) = self.ports.credentials.put(tenant, credential, &hash).await {
            tracing::warn!(%tenant, %error, "a password was not hashed anew; the next login tries again");
        }
    }

    /// Counts an attempt before it is made, so that many at once do not get by.
    pub(in crate::issuer) async fn count(&self, wishes: &[(LimitKey, Quota)]) -> Result<(), IssuerError> {
        if wishes.is_empty() {
            return Ok(());
        }
        match self.ports.limits.take(wishes, self.now()).await? {
            Taken::All(_) => Ok(()),
            Taken::None { retry_after, .. } => Err(IssuerError::TooManyAttempts { retry_after }),
        }
    }

    /// Only what was wrong counts.
    pub(in crate::issuer) async fn uncount(&self, wishes: &[(LimitKey, Quota)]) {
        for (key, quota) in wishes {
            if let Err(error) = self.ports.limits.give_back(key, *quota, self.now()).await {
                tracing::warn!(%error, "an attempt that was right stays counted as if it had been wrong");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscriber_counts_once_whichever_of_their_addresses_they_use() {
        let network = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    }
}
