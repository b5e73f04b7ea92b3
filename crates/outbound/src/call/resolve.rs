//! Name resolution behind the address policy.

use std::net::{IpAddr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::{Policy, Trust};
use crate::address::AddressClass;
use crate::error::Refusal;

/// A refusal on its way through the client's own error type.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Refused(pub(super) Refusal);

/// Resolves a name once and hands on only addresses that were checked.
#[derive(Debug, Clone)]
pub(super) struct Gate {
    policy: Policy,
    trust: Trust,
    /// Instead of the system's names.
    #[cfg(test)]
    pub(super) names: tests::Names,
}

impl Gate {
    pub(super) fn new(policy: Policy, trust: Trust) -> Self {
        Self {
            policy,
            trust,
            #[cfg(test)]
            names: tests::Names::default(),
        }
    }

    /// All or nothing: one bad address among good ones is how rebinding starts.
    pub(super) fn admit_all(&self, host: &str, addresses: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Refusal> {
        for address in &addresses {
            admit(host, address.ip(), self.policy, self.trust)?;
        }
        Ok(addresses)
    }
}

impl Resolve for Gate {
    fn resolve(&self, name: Name) -> Resolving {
        let gate = self.clone();
        Box::pin(async move {
            let host = name.as_str();
            #[cfg(test)]
            let addresses = match gate.names.next(host) {
                Some(known) => known,
                None => tokio::net::lookup_host((host, 0)).await?.collect(),
            };
            #[cfg(not(test))]
            let addresses = tokio::net::lookup_host((host, 0)).await?.collect();
            let checked = gate.admit_all(host, addresses).map_err(Refused)?;
            Ok(Box::new(checked.into_iter()) as Addrs)
        })
    }
}

/// Says whether a call may go to this address.
pub(super) fn admit(host: &str, address: IpAddr, policy: Policy, trust: Trust) -> Result<(), Refusal> {
    let class = AddressClass::of(address);
    let is_near = matches!(
        class,
        AddressClass::Loopback | AddressClass::Private | AddressClass::Shared | AddressClass::Unspecified
    );
    let may_be_near = policy.allow_private || trust == Trust::Operator;
    if class == AddressClass::Public || (is_near && may_be_near) {
        return Ok(());
    }
    Err(Refusal::Address { host: host.to_owned(), class })
}

#[cfg(test)]
pub(super) mod tests;
