//! A tiny internet on loopback that misbehaves on request: its own root, TLD and zone servers, a resolver that walks
//! them, TLS and HTTP servers with certificates made at start. It needs neither root nor a network (Linux: all of 127/8).
//!
//! # Layout
//!
//! | module | holds |
//! |---|---|
//! | [`mod@scenarios`] | the scenarios, as data |
//! | `authorities` | root, TLD and zone servers |
//! | `streams` | DNS over TCP |
//! | `resolvers` | the resolver that walks them, and resolvers that misbehave |
//! | `certificates` | the lab's own CA, and good and bad leaves |
//! | `sites` | web servers, and ports that do not behave |

mod authorities;
mod certificates;
mod resolvers;
pub mod scenarios;
mod sites;
mod streams;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

use tempfile::TempDir;
use thiserror::Error;
use tokio::net::{TcpListener, UdpSocket};
use tokio::task::JoinSet;

use scenarios::Names;
pub use scenarios::{Scenario, find, scenarios};

/// Why the lab could not start.
#[derive(Debug, Error)]
pub enum LabError {
    /// A socket or a file.
    #[error("{0}")]
    System(#[from] std::io::Error),
    /// A certificate.
    #[error("cannot make a certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// TLS settings.
    #[error("cannot set up TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// The demand for client certificates.
    #[error("cannot demand client certificates: {0}")]
    Verifier(#[from] rustls::server::VerifierBuilderError),
}

/// How to diagnose a scenario: the target, and the arguments after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invocation {
    /// The target.
    pub target: String,
    /// Command-line arguments.
    pub arguments: Vec<String>,
}

/// The running lab; dropping it ends every server.
#[derive(Debug)]
pub struct Lab {
    folder: TempDir,
    dns_port: u16,
    ports: sites::Ports,
    #[expect(
        dead_code,
        reason = "holds sockets open that must neither accept nor close"
    )]
    held: Vec<socket2::Socket>,
    #[expect(dead_code, reason = "dropping it ends the servers")]
    servers: JoinSet<()>,
}

/// The address of a DNS server of the lab.
fn dns_address(last: u8) -> IpAddr {
    Ipv4Addr::new(127, 53, 0, last).into()
}

/// The address of a scenario's site.
fn site_address(index: usize) -> IpAddr {
    Ipv4Addr::new(127, 54, 0, u8::try_from(index + 10).unwrap_or(250)).into()
}

/// Where nothing ever listens.
const NOBODY: Ipv4Addr = Ipv4Addr::new(127, 54, 1, 99);

impl Lab {
    /// Starts every server.
    ///
    /// # Errors
    /// [`LabError`] if loopback has no room or a certificate cannot be made.
    pub async fn start() -> Result<Self, LabError> {
        let folder = TempDir::with_prefix("netwhy-lab-")?;
        let mut servers = JoinSet::new();
        let authority = certificates::Authority::new()?;
        std::fs::write(folder.path().join("root.pem"), authority.root_pem())?;
        let mut held = Vec::new();
        let ports = sites::start(&authority, &mut servers, &mut held).await?;
        let dns_port = free_dns_port().await?;
        authorities::start(dns_port, &mut servers).await?;
        resolvers::start(dns_port, &mut servers).await?;
        let lab = Self {
            folder,
            dns_port,
            ports,
            held,
            servers,
        };
        lab.write_configuration()?;
        Ok(lab)
    }

    /// The folder with the lab's root certificate, root hints, resolv.conf, hosts and nsswitch.conf.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.folder.path()
    }

    /// How to diagnose a scenario of this running lab.
    #[must_use]
    pub fn invocation(&self, scenario: &Scenario) -> Invocation {
        let port = self.ports.get(scenario.name).copied().unwrap_or(443);
        let target = scenario.url(port);
        let file = |name: &str| self.folder.path().join(name).display().to_string();
        let resolver = |last| {
            [
                "--resolver".to_owned(),
                SocketAddr::new(dns_address(last), self.dns_port).to_string(),
            ]
        };
        let mut arguments: Vec<String> = Vec::new();
        match scenario.names {
            Names::Refusing => arguments.extend(resolver(54)),
            Names::Silent => arguments.extend(resolver(55)),
            Names::OneSilent => arguments.extend(resolver(55).into_iter().chain(resolver(53))),
            Names::Slow => arguments.extend(resolver(56)),
            Names::Failing => arguments.extend(resolver(57)),
            Names::Moved | Names::New => arguments.extend(resolver(58)),
            Names::Forged => arguments.extend(resolver(59)),
            Names::Rewritten => arguments.extend(resolver(60)),
            Names::NoAaaa => arguments.extend(resolver(61)),
            Names::PlainOnly => arguments.extend(resolver(62)),
            Names::NoResolver | Names::Short => arguments.extend([
                "--resolv-conf".to_owned(),
                file(match scenario.names {
                    Names::Short => "search.conf",
                    _ => "resolv.conf",
                }),
                "--dns-port".to_owned(),
                self.dns_port.to_string(),
            ]),
            _ => arguments.extend(resolver(53)),
        }
        let hosts = if scenario.names == Names::HostsFile {
            "hosts"
        } else {
            "no-hosts"
        };
        arguments.extend([
            "--hosts-file".to_owned(),
            file(hosts),
            "--nsswitch".to_owned(),
            file("nsswitch.conf"),
        ]);
        arguments.extend([
            "--root-hints".to_owned(),
            file("root.hints"),
            "--trace-port".to_owned(),
            self.dns_port.to_string(),
        ]);
        arguments.extend([
            "--roots".to_owned(),
            file("root.pem"),
            "--fetch-allow".to_owned(),
            "127.0.0.0/8".to_owned(),
        ]);
        arguments.extend(scenario.arguments.iter().map(ToString::to_string));
        Invocation { target, arguments }
    }

    /// A DNS server of the lab: 53 is the good resolver, the next ones refuse (54), are silent (55), slow (56), fail (57), remember
    /// (58), forge (59), rewrite (60), deny AAAA (61), reject EDNS (62); 3 is the authority of `lab.test`.
    #[must_use]
    pub fn dns_server(&self, last: u8) -> SocketAddr {
        SocketAddr::new(dns_address(last), self.dns_port)
    }

    /// Lookups to try: what they show, and the arguments of `netwhy dns`.
    #[must_use]
    pub fn lookups(&self) -> Vec<(&'static str, Vec<String>)> {
        let at = |last| format!("@{}", self.dns_server(last));
        let words = |text: &str, servers: &[u8]| {
            let words = text.split(' ').map(str::to_owned);
            words.chain(servers.iter().map(|last| at(*last))).collect()
        };
        vec![
            ("Addresses", words("healthy.lab.test", &[53])),
            ("Mail and text", words("mail.lab.test MX TXT", &[53])),
            (
                "A name that does not exist",
                words("nosuchname.lab.test", &[53]),
            ),
            ("A broken zone", words("www.lame.lab.test", &[53])),
            (
                "Servers side by side, one of them silent",
                words("healthy.lab.test A --dns-timeout 0.3", &[53, 3, 55]),
            ),
            (
                "Somebody rewrites \"no\"",
                words("nosuchname.lab.test A --check-rewriting", &[60]),
            ),
            ("Forged replies", words("healthy.lab.test A", &[59])),
        ]
    }

    fn write_configuration(&self) -> std::io::Result<()> {
        let write = |name: &str, text: &str| std::fs::write(self.folder.path().join(name), text);
        write("resolv.conf", "nameserver 127.53.0.99\n")?;
        write("search.conf", "nameserver 127.53.0.53\nsearch lab.test\n")?;
        write("no-hosts", "127.0.0.1 localhost\n")?;
        write(
            "hosts",
            &format!("127.0.0.1 localhost\n{NOBODY} dns-hosts-override.lab.test\n"),
        )?;
        write(
            "root.hints",
            &format!(". 3600 NS ns.root.\nns.root. 3600 A {}\n", dns_address(1)),
        )?;
        write("nsswitch.conf", "hosts: files dns\n")
    }
}

/// A port that is free on every DNS address of the lab: they share one, since resolv.conf has no room for ports.
async fn free_dns_port() -> Result<u16, LabError> {
    const ADDRESSES: [u8; 14] = [1, 2, 3, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 99];
    let mut last = std::io::Error::other("no common free port");
    for _ in 0..20 {
        let port = UdpSocket::bind(SocketAddr::new(dns_address(1), 0))
            .await?
            .local_addr()?
            .port();
        let mut held = Vec::new();
        for address in ADDRESSES {
            let address = SocketAddr::new(dns_address(address), port);
            let both = async {
                (
                    UdpSocket::bind(address).await,
                    TcpListener::bind(address).await,
                )
            };
            match both.await {
                (Ok(socket), Ok(listener)) => held.push((socket, listener)),
                (Err(error), _) | (_, Err(error)) => last = error,
            }
        }
        if held.len() == ADDRESSES.len() {
            return Ok(port);
        }
    }
    Err(last.into())
}

#[cfg(test)]
mod tests;
