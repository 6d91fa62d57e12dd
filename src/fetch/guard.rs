//! Which addresses may be dialled: public ones, and what the settings allow besides.
//!
//! A name is judged by the addresses it has at the moment of the connection: [`Resolver`] hands
//! only judged addresses to the connector, so that a name cannot change its meaning between check
//! and use. An address written into a URL is never looked up and therefore judged before each hop
//! ([`literal`]). The ranges follow IANA's registries of special-purpose addresses.

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use url::{Host, Url};

/// An address that must not be dialled.
#[derive(Debug)]
pub(super) struct Blocked(pub(super) String);

impl fmt::Display for Blocked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not a public address", self.0)
    }
}

impl std::error::Error for Blocked {}

/// A name without an address.
#[derive(Debug)]
pub(super) struct NoAddress(String);

impl fmt::Display for NoAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoAddress {}

/// The address that `url` spells out, where its host is no name.
pub(super) fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(ip) => Some(ip.into()),
        Host::Ipv6(ip) => Some(ip.into()),
        Host::Domain(_) => None,
    }
}

/// True where `ip` may be dialled.
pub(super) fn allowed(ip: IpAddr, allow: &[IpNet]) -> bool {
    allow.iter().any(|net| net.contains(&ip)) || is_public(ip)
}

/// True for an address that the whole Internet can reach.
pub(super) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    !matches!(
        ip.octets(),
        [0 | 10 | 127 | 224..=255, ..] // this network, private, loopback, multicast and reserved
            | [100, 64..=127, ..] // carrier-grade NAT
            | [169, 254, ..] // link-local, metadata services
            | [172, 16..=31, ..]
            | [192, 0, 0 | 2, _] // protocol assignments, documentation
            | [192, 88, 99, _] // 6to4 relays
            | [192, 168, ..]
            | [198, 18 | 19, ..] // benchmarks
            | [198, 51, 100, _]
            | [203, 0, 113, _]
            | [168, 63, 129, 16] // a hosting provider's platform, spelled as if it were public
    )
}

/// Global unicast without its special parts; of the translated forms only NAT64, which hosts
/// without IPv4 need, and that by the address within. Mapped, 6to4 and Teredo addresses lead no
/// server of the web and are left out altogether.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    match ip.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            let [[a, b], [c, d]] = [high.to_be_bytes(), low.to_be_bytes()];
            is_public_v4(Ipv4Addr::new(a, b, c, d))
        }
        [0x2001, second, ..] => second > 0x1ff && second != 0xdb8,
        [0x2002, ..] => false,
        [0x3fff, second, ..] => second > 0xfff,
        [first, ..] => (0x2000..0x4000).contains(&first),
    }
}

/// Looks names up and lets only addresses through that may be dialled.
pub(super) struct Resolver {
    allow: Arc<[IpNet]>,
    /// Host of the configured proxy, which may stand anywhere.
    proxy: Option<Arc<str>>,
}

impl Resolver {
    pub(super) fn new(allow: &[IpNet], proxy: Option<&Url>) -> Self {
        Self { allow: allow.into(), proxy: proxy.and_then(Url::host_str).map(Arc::from) }
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allow = Arc::clone(&self.allow);
        let trusted = self.proxy.as_deref() == Some(name.as_str());
        Box::pin(async move {
            let host = name.as_str();
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host, 0))
                .await
                .map_err(|error| NoAddress(error.to_string()))?
                .collect();
            let Some(first) = found.first().copied() else {
                return Err(NoAddress(format!("{host} has no address")).into());
            };
            let mut open = found;
            open.retain(|address| trusted || allowed(address.ip(), &allow));
            if open.is_empty() {
                return Err(Blocked(format!("{host} ({})", first.ip())).into());
            }
            Ok(Box::new(open.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(host: &str, allow: &[&str], expect: bool) {
        let allow: Vec<IpNet> = allow.iter().map(|net| net.parse().unwrap()).collect();
        let url = Url::parse(&format!("http://{host}/")).unwrap();
        let ip = literal(&url).unwrap_or_else(|| panic!("{host} is a name"));
        assert_eq!(allowed(ip, &allow), expect, "{host} is {ip}");
    }

    #[test]
    fn every_spelling_of_a_private_address_is_refused() {
        for host in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f.0.0.1",
            "0x7f000001",
            "0177.0.0.1",
            "0",
            "0.0.0.0",
            "127.0.0.1.",
            "①②⑦.⓪.⓪.①",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "100.100.100.200",
            "192.0.0.1",
            "192.0.2.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "192.88.99.1",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "168.63.129.16",
            "[::]",
            "[::1]",
            "[0:0:0:0:0:0:0:1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::ffff:93.184.216.34]",
            "[::7f00:1]",
            "[64:ff9b::7f00:1]",
            "[64:ff9b::a9fe:a9fe]",
            "[64:ff9b:1::1]",
            "[2002:7f00:1::]",
            "[2002:5db8:d822::1]",
            "[2001::1]",
            "[2001:0:5ef5:79fb::1]",
            "[2001:db8::1]",
            "[2001:20::1]",
            "[3fff::1]",
            "[fc00::1]",
            "[fd00:ec2::254]",
            "[fe80::1]",
            "[fec0::1]",
            "[ff02::1]",
            "[100::1]",
            "[5f00::1]",
            "[4000::1]",
        ] {
            check(host, &[], false);
        }
    }

    #[test]
    fn public_addresses_pass() {
        for host in [
            "93.184.216.34",
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.17.255.255",
            "198.20.0.1",
            "223.255.255.255",
            "[2606:4700::1111]",
            "[2a00:1450:4001::1]",
            "[2001:4860:4860::8888]",
            "[64:ff9b::5db8:d822]",
            "[3fff:1000::1]",
        ] {
            check(host, &[], true);
        }
    }

    #[test]
    fn an_allowed_network_opens_itself_only() {
        let allow = ["127.0.0.1/32"];
        check("127.0.0.1", &allow, true);
        check("2130706433", &allow, true);
        for host in ["127.0.0.2", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "10.0.0.1"] {
            check(host, &allow, false);
        }
        check("10.9.8.7", &["10.0.0.0/8", "fd00::/8"], true);
        check("[fd12::1]", &["10.0.0.0/8", "fd00::/8"], true);
    }
}
