//! Hosts in network namespaces, with a router between them that loses what it is told to lose.

use std::net::Ipv4Addr;
use std::process::Command;

use crate::host::Host;
use crate::started::skip;

/// All rules that lose packets have it, so that they are found again.
const CUT: &str = "100";

/// Which packets are lost between a host and another.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Way {
    Both,
    There,
    Back,
}

/// Namespaces that end with it.
#[derive(Debug)]
pub(crate) struct Network {
    name: String,
    hosts: usize,
}

impl Network {
    /// So many hosts, each of which reaches all others; `None` where that cannot be had.
    pub(crate) fn new(hosts: usize) -> Option<Self> {
        static MADE: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        let number = MADE.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let network = Self {
            name: format!("redress-{}-{number}", std::process::id()),
            hosts,
        };
        if let Err(why) = network.make() {
            skip(&format!("network namespaces cannot be made: {why}"));
            return None;
        }
        Some(network)
    }

    fn make(&self) -> Result<(), String> {
        let router = self.router();
        ip(&["netns", "add", &router])?;
        let forward = "echo 1 > /proc/sys/net/ipv4/ip_forward";
        ip(&["netns", "exec", &router, "sh", "-c", forward])?;
        for host in 0..self.hosts {
            let (name, link) = (self.namespace(host), format!("to{host}"));
            let (near, far) = (address(host, 2), address(host, 1));
            ip(&["netns", "add", &name])?;
            ip(&["-n", &name, "link", "set", "lo", "up"])?;
            ip(&[
                "-n", &router, "link", "add", &link, "type", "veth", "peer", "name", "out",
                "netns", &name,
            ])?;
            ip(&[
                "-n",
                &router,
                "address",
                "add",
                &format!("{far}/24"),
                "dev",
                &link,
            ])?;
            ip(&["-n", &router, "link", "set", &link, "up"])?;
            ip(&[
                "-n",
                &name,
                "address",
                "add",
                &format!("{near}/24"),
                "dev",
                "out",
            ])?;
            ip(&["-n", &name, "link", "set", "out", "up"])?;
            ip(&[
                "-n",
                &name,
                "route",
                "add",
                "default",
                "via",
                &far.to_string(),
            ])?;
        }
        // Whether packets can be lost is known before anything relies on it.
        self.lose(0, 1).and_then(|()| self.lose_none())
    }

    fn router(&self) -> String {
        format!("{}-router", self.name)
    }

    fn namespace(&self, host: usize) -> String {
        format!("{}-{host}", self.name)
    }

    pub(crate) fn host(&self, host: usize) -> Host {
        Host::in_namespace(self.namespace(host), address(host, 2))
    }

    /// From now on what one host sends to the other is lost, or what comes back, or both.
    pub(crate) fn cut(&self, from: usize, to: usize, way: Way) {
        let there = matches!(way, Way::Both | Way::There).then_some((from, to));
        let back = matches!(way, Way::Both | Way::Back).then_some((to, from));
        for (from, to) in there.into_iter().chain(back) {
            self.lose(from, to).unwrap();
        }
    }

    fn lose(&self, from: usize, to: usize) -> Result<(), String> {
        let (from, to) = (address(from, 2).to_string(), address(to, 2).to_string());
        let rule = ["from", &from, "to", &to, "blackhole", "priority", CUT];
        ip(&[&["-n", &self.router(), "rule", "add"], &rule[..]].concat())
    }

    /// Nothing is lost any more.
    pub(crate) fn heal(&self) {
        self.lose_none().unwrap();
    }

    fn lose_none(&self) -> Result<(), String> {
        ip(&["-n", &self.router(), "rule", "flush", "priority", CUT])
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        let names = (0..self.hosts).map(|host| self.namespace(host));
        for name in names.chain([self.router()]) {
            let _ = ip(&["netns", "delete", &name]);
        }
    }
}

/// Each host has a network with the router; nobody outside of the namespaces sees these addresses.
fn address(host: usize, end: u8) -> Ipv4Addr {
    Ipv4Addr::new(10, 77, host as u8, end)
}

fn ip(arguments: &[&str]) -> Result<(), String> {
    let done = Command::new("ip").args(arguments).output();
    let done = done.map_err(|error| format!("ip: {error}"))?;
    if done.status.success() {
        return Ok(());
    }
    let why = String::from_utf8_lossy(&done.stderr);
    Err(format!("ip {}: {}", arguments.join(" "), why.trim()))
}
