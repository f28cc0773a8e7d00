//! How much may be written: per user and per tenant, and where that is set otherwise for an operation or a tenant.

use acta_domain::TenantId;

use super::Quota;

/// How much one user and one tenant may write; without a quota, as much as they like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriteQuotas {
    /// One user, or one service.
    pub user: Option<Quota>,
    /// All of a tenant together.
    pub tenant: Option<Quota>,
}

/// A quota; without one, as much as they like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriteLimit(pub Option<Quota>);

/// What is set otherwise than usually. What it does not name applies to all; a quota that it leaves out stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WriteRule {
    /// The tenant.
    pub tenant: Option<TenantId>,
    /// The operation, by its id in the description of the API: `start_session`.
    pub operation: Option<String>,
    /// What one user may write.
    pub user_quota: Option<WriteLimit>,
    /// What the tenant may write.
    pub tenant_quota: Option<WriteLimit>,
}

/// The usual quotas, and what is set otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteRules {
    usual: WriteQuotas,
    /// From the most general to the most special.
    rules: Vec<WriteRule>,
}

/// What applies to a write, and under which name it is counted: an operation with a rule of its own is counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppliedQuotas<'a> {
    /// The quotas.
    pub quotas: WriteQuotas,
    /// The operation that the user's quota is for alone.
    pub user_operation: Option<&'a str>,
    /// The operation that the tenant's quota is for alone.
    pub tenant_operation: Option<&'a str>,
}

impl WriteRules {
    /// `usual`, but for what `rules` set otherwise: of several that fit, the one that names both wins over the one
    /// that names the operation, that one over the one that names the tenant, and a later one over an earlier one.
    pub fn new(usual: WriteQuotas, mut rules: Vec<WriteRule>) -> Self {
        rules.sort_by_key(|rule| (rule.operation.is_some(), rule.tenant.is_some()));
        Self { usual, rules }
    }

    /// What applies to a write of `tenant` by `operation`.
    pub fn applied<'a>(&'a self, tenant: TenantId, operation: &str) -> AppliedQuotas<'a> {
        let mut applied = AppliedQuotas { quotas: self.usual, user_operation: None, tenant_operation: None };
        for rule in self.rules.iter().filter(|rule| rule.fits(tenant, operation)) {
            if let Some(WriteLimit(quota)) = rule.user_quota {
                (applied.quotas.user, applied.user_operation) = (quota, rule.operation.as_deref());
            }
            if let Some(WriteLimit(quota)) = rule.tenant_quota {
                (applied.quotas.tenant, applied.tenant_operation) = (quota, rule.operation.as_deref());
            }
        }
        applied
    }
}

impl WriteRule {
    fn fits(&self, tenant: TenantId, operation: &str) -> bool {
        self.tenant.is_none_or(|named| named == tenant)
            && self.operation.as_deref().is_none_or(|named| named == operation)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const START: &str = "start_session";

    fn tenant(number: u128) -> TenantId {
        TenantId::new(Uuid::from_u128(number))
    }

    fn quota(text: &str) -> Quota {
        text.parse().unwrap()
    }

    fn rule(tenant: Option<TenantId>, operation: Option<&str>, user: &str) -> WriteRule {
        WriteRule {
            tenant,
            operation: operation.map(str::to_owned),
            user_quota: Some(WriteLimit(Some(quota(user)))),
            tenant_quota: None,
        }
    }

    fn usual() -> WriteQuotas {
        WriteQuotas { user: Some(quota("10/min")), tenant: Some(quota("100/min")) }
    }

    #[test]
    fn without_a_rule_the_usual_quotas_apply() {
        let rules = WriteRules::new(usual(), Vec::new());
        let applied = rules.applied(tenant(1), START);
        assert_eq!(applied, AppliedQuotas { quotas: usual(), user_operation: None, tenant_operation: None });
    }

    #[test]
    fn the_most_special_rule_wins_whatever_the_order() {
        let rules = WriteRules::new(
            usual(),
            vec![
                rule(Some(tenant(1)), Some(START), "4/min"),
                rule(None, Some(START), "3/min"),
                rule(Some(tenant(1)), None, "2/min"),
            ],
        );
        let user = |number, operation| rules.applied(tenant(number), operation).quotas.user;
        assert_eq!(user(1, START), Some(quota("4/min")));
        assert_eq!(user(2, START), Some(quota("3/min")));
        assert_eq!(user(1, "end_session"), Some(quota("2/min")));
        assert_eq!(user(2, "end_session"), Some(quota("10/min")));
        assert_eq!(rules.applied(tenant(1), START).quotas.tenant, Some(quota("100/min")));
    }

    #[test]
    fn an_operation_with_a_quota_of_its_own_is_counted_apart() {
        let rules = WriteRules::new(usual(), vec![rule(None, Some(START), "3/min")]);
        let applied = rules.applied(tenant(1), START);
        assert_eq!((applied.user_operation, applied.tenant_operation), (Some(START), None));
    }

    #[test]
    fn a_rule_can_lift_a_quota() {
        let lifted = WriteRule { user_quota: Some(WriteLimit(None)), ..WriteRule::default() };
        assert_eq!(WriteRules::new(usual(), vec![lifted]).applied(tenant(1), START).quotas.user, None);
    }
}
