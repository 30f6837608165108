//! Which neighbours are believed when they say for whom they ask.

use std::{net::IpAddr, str::FromStr, sync::Arc};

use ipnet::IpNet;

/// The networks of proxies before the server. This machine's own are always among them.
#[derive(Debug, Clone, Default)]
pub struct Proxies(Arc<[IpNet]>);

impl Proxies {
    /// The proxies of these networks.
    #[must_use]
    pub fn of(networks: Vec<IpNet>) -> Self {
        Self(networks.into())
    }

    /// Whether a neighbour is one of them.
    #[must_use]
    pub fn has(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        peer.is_loopback() || self.0.iter().any(|network| network.contains(&peer))
    }
}

/// One address or network, as in `10.0.0.7` or `10.0.0.0/8`.
///
/// # Errors
/// When it is neither, in words for who typed it.
pub fn read_network(text: &str) -> Result<IpNet, String> {
    let network = IpNet::from_str(text).or_else(|_| IpAddr::from_str(text).map(IpNet::from));
    network.map_err(|_| format!("{text:?} is no address such as 10.0.0.7 and no network such as 10.0.0.0/8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_this_machine_and_whoever_was_named() {
        let named = ["10.1.0.0/16", "192.0.2.7", "2001:db8::/32"].map(|text| read_network(text).unwrap());
        let proxies = Proxies::of(named.to_vec());
        for (peer, expect) in [
            ("127.0.0.1", true),
            ("::1", true),
            ("10.1.255.4", true),
            ("::ffff:10.1.0.1", true),
            ("10.2.0.1", false),
            ("192.0.2.7", true),
            ("192.0.2.8", false),
            ("2001:db8:ff::1", true),
            ("2001:db9::1", false),
        ] {
            assert_eq!(proxies.has(peer.parse().unwrap()), expect, "{peer}");
        }
        assert!(!Proxies::default().has("10.1.0.1".parse().unwrap()));
        for text in ["", "10.0.0.0/33", "proxy.example", "10.0.0"] {
            assert!(read_network(text).is_err(), "{text}");
        }
    }
}
