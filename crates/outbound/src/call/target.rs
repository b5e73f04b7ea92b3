//! Reading and checking a URL before anything is sent.

use std::net::{IpAddr, Ipv4Addr};

use reqwest::Url;

use super::{Policy, Trust, resolve};
use crate::error::Refusal;

/// The URL, when its text alone gives no reason to refuse it.
///
/// The parser reads hosts as browsers do, so decimal, octal, hexadecimal and short spellings of an IPv4 address are
/// addresses here too.
pub(super) fn check(text: &str, policy: Policy, trust: Trust) -> Result<Url, Refusal> {
    let url = Url::parse(text).map_err(|_| Refusal::NotAUrl)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Refusal::Scheme(url.scheme().to_owned()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refusal::Credentials);
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(Refusal::NotAUrl);
    }
    if let Some(address) = known_address(&url) {
        resolve::admit(&host(&url), address, policy, trust)?;
    }
    Ok(url)
}

/// The host of a URL as the parser reads it.
pub(super) fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

/// The host named in a text, for errors.
pub(super) fn host_name(text: &str) -> String {
    Url::parse(text).map(|url| host(&url)).unwrap_or_default()
}

/// The address that a host stands for without being resolved: literals never reach the resolver, and `localhost` is
/// loopback by definition (RFC 6761), whatever a resolver says.
fn known_address(url: &Url) -> Option<IpAddr> {
    let host = url.host_str()?;
    let name = host.strip_suffix('.').unwrap_or(host);
    if name == "localhost" || name.ends_with(".localhost") {
        return Some(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    bare.parse().ok()
}
