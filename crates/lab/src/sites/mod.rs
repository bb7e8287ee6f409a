//! What listens at each scenario's address. Every port is bound before the first server starts, since redirects name ports.
//!
//! | module | holds |
//! |---|---|
//! | `http` | answers, written byte by byte: a lab must be able to say anything |
//! | `http2` | the server that speaks HTTP/2 |
//! | `tls` | servers that end the handshake |
//! | `mail` | a server that begins TLS on request |
//! | `ports` | ports that do not behave |

mod http;
mod http2;
mod mail;
mod ports;
mod tls;

use std::collections::HashMap;
use std::net::SocketAddr;

use socket2::Socket;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::certificates::{Authority, Identity};
use crate::scenarios::{Answer, Leaf, OK, Scenario, Site, scenarios};
use crate::{LabError, site_address};

/// Port numbers by the scenarios' names.
pub(crate) type Ports = HashMap<&'static str, u16>;

/// Binds and serves every site, and the place where missing intermediates can be fetched.
pub(crate) async fn start(
    authority: &Authority,
    servers: &mut JoinSet<()>,
    held: &mut Vec<Socket>,
) -> Result<Ports, LabError> {
    let fetching = TcpListener::bind(SocketAddr::new(site_address(200), 0)).await?;
    let aia = format!(
        "http://aia.lab.test:{}/intermediate.der",
        fetching.local_addr()?.port()
    );
    let issuer = http::certificate(authority.intermediate_der());
    each(servers, fetching, move |stream| {
        http::serve(stream, None, issuer.clone())
    });

    let mut ports = Ports::new();
    let mut listeners = Vec::new();
    for (index, scenario) in scenarios().enumerate() {
        let address = site_address(index);
        if scenario.site == Site::FullQueue {
            ports.insert(scenario.name, ports::full_queue(address, held)?);
            continue;
        }
        let listener = TcpListener::bind(SocketAddr::new(address, 0)).await?;
        ports.insert(scenario.name, listener.local_addr()?.port());
        if scenario.site != Site::Nothing {
            listeners.push((scenario, listener));
        }
    }
    for (scenario, listener) in listeners {
        let site = Place {
            scenario,
            authority,
            aia: &aia,
            ports: &ports,
        };
        site.open(servers, listener)?;
    }
    Ok(ports)
}

/// One site, with what it needs to open.
struct Place<'lab> {
    scenario: &'static Scenario,
    authority: &'lab Authority,
    aia: &'lab str,
    ports: &'lab Ports,
}

impl Place<'_> {
    fn open(&self, servers: &mut JoinSet<()>, listener: TcpListener) -> Result<(), LabError> {
        let good = || self.identity(Leaf::Good);
        let mut answers = |listener, tls: Option<TlsAcceptor>, answer| {
            let respond = http::answering(answer, self.ports);
            each(servers, listener, move |stream| {
                http::serve(stream, tls.clone(), respond.clone())
            });
        };
        match self.scenario.site {
            Site::Https(leaf, answer) => {
                let acceptor = tls::acceptor(self.identity(leaf)?, &[b"http/1.1"])?;
                answers(listener, Some(acceptor), answer);
            }
            Site::Demanding(demand) => {
                let acceptor = tls::demanding(good()?, demand, self.authority)?;
                answers(listener, Some(acceptor), OK);
            }
            Site::Http(answer) => answers(listener, None, answer),
            Site::PlainBehindHttps => {
                let refusal = Answer::Head("400 Bad Request\r\nServer: lab");
                answers(listener, None, refusal);
            }
            Site::Http2 => {
                let acceptor = tls::acceptor(good()?, &[b"h2"])?;
                each(servers, listener, move |stream| {
                    http2::serve(stream, acceptor.clone())
                });
            }
            Site::Mail => {
                let acceptor = tls::acceptor(good()?, &[])?;
                each(servers, listener, move |stream| {
                    mail::serve(stream, acceptor.clone())
                });
            }
            Site::Alert(code) => each(servers, listener, move |stream| tls::alert(stream, code)),
            Site::ResetAfterAccept => each(servers, listener, ports::reset),
            Site::CloseAfterAccept => each(servers, listener, ports::close),
            Site::Mute => each(servers, listener, ports::mute),
            Site::FullQueue | Site::Nothing => {}
        }
        Ok(())
    }

    fn identity(&self, leaf: Leaf) -> Result<Identity, LabError> {
        let host = format!("{}.lab.test", self.scenario.host());
        self.authority.identity(&host, leaf, self.aia)
    }
}

/// Serves every connection of a listener in a task of its own.
fn each<F: Future<Output = ()> + Send + 'static>(
    servers: &mut JoinSet<()>,
    listener: TcpListener,
    serve: impl Fn(TcpStream) -> F + Send + 'static,
) {
    servers.spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            // Several small writes make up an answer: none may wait for the acknowledgement of the one before.
            stream.set_nodelay(true).ok();
            connections.spawn(serve(stream));
            while connections.try_join_next().is_some() {}
        }
    });
}
