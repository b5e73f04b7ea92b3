//! How many requests come through without a token: so many by one visitor, and so many to one link.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use clock::Clock;
use model::ShareId;
use parking_lot::Mutex;

use super::RateConfig;
use super::fair::{Bucket, Quota};
use super::windows::Windows;
use crate::error::{ApiError, Kind};
use crate::serve::Peer;

/// The bits of an address of IPv6 that belong to a network, which one visitor may have to himself.
const NETWORK: u128 = !0 << 64;

/// Counts visits. Copies count together.
#[derive(Clone)]
pub struct Visits(Arc<Inner>);

struct Inner {
    clock: Clock,
    of_visitor: Option<Quota>,
    of_link: Option<Quota>,
    visitors: Mutex<Windows<IpAddr, Bucket>>,
    links: Mutex<Windows<ShareId, Bucket>>,
}

/// A visit that does not come through.
#[derive(Debug, thiserror::Error)]
#[error("more than {quota} requests a minute {whose}; the next may come in {} s", wait.as_millis().div_ceil(1_000))]
pub struct Crowded {
    quota: u32,
    whose: &'static str,
    wait: Duration,
}

impl ApiError for Crowded {
    fn kind(&self) -> Kind {
        Kind::Limited
    }

    fn code(&self) -> &'static str {
        "quota-exceeded"
    }

    fn retry_after(&self) -> Option<Duration> {
        Some(self.wait)
    }
}

impl Visits {
    /// Visits of which none has been counted yet.
    pub fn new(config: &RateConfig, clock: Clock) -> Self {
        Self(Arc::new(Inner {
            clock,
            of_visitor: Quota::new(config.visits_per_minute),
            of_link: Quota::new(config.link_visits_per_minute),
            visitors: Mutex::default(),
            links: Mutex::default(),
        }))
    }

    /// Counts a request of a visitor.
    ///
    /// # Errors
    /// [`Crowded`] when it is one too many.
    pub fn by(&self, visitor: Peer) -> Result<(), Crowded> {
        let now = self.0.clock.now().millis();
        let Some(quota) = self.0.of_visitor else { return Ok(()) };
        let share = self.0.visitors.lock().window(network(visitor.0.ip()), now).take(quota, now);
        refused(share.wait, quota, "by this visitor")
    }

    /// Counts a request to a link that leads somewhere.
    ///
    /// # Errors
    /// [`Crowded`] when it is one too many.
    pub fn to(&self, link: ShareId) -> Result<(), Crowded> {
        let now = self.0.clock.now().millis();
        let Some(quota) = self.0.of_link else { return Ok(()) };
        let share = self.0.links.lock().window(link, now).take(quota, now);
        refused(share.wait, quota, "to this link")
    }
}

fn refused(wait: Option<Duration>, quota: Quota, whose: &'static str) -> Result<(), Crowded> {
    wait.map_or(Ok(()), |wait| Err(Crowded { quota: quota.requests, whose, wait }))
}

/// What stands for a visitor.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & NETWORK).into(),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests;
