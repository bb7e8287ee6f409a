//! Web servers, and ports that do not behave. Answers are written byte by byte: a lab must be able to say anything.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use socket2::{Domain, Socket, Type};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::certificates::Authority;
use crate::scenarios::{Answer, Site, scenarios};
use crate::{LabError, site_address};

/// Binds every site first, since redirects name each other's ports, then serves them. Ports by scenario.
pub(crate) async fn start(
    authority: &Authority,
    servers: &mut JoinSet<()>,
    held: &mut Vec<Socket>,
) -> Result<HashMap<&'static str, u16>, LabError> {
    let fetching = TcpListener::bind(SocketAddr::new(site_address(200), 0)).await?;
    let aia = format!(
        "http://aia.lab.test:{}/intermediate.der",
        fetching.local_addr()?.port()
    );
    let der = authority.intermediate_der().to_vec();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/pkix-cert\r\nContent-Length: {}\r\n\r\n",
        der.len()
    );
    serve(
        servers,
        fetching,
        None,
        Arc::new(move |_: &str| (0, [head.as_bytes(), &der].concat())),
    );

    let mut ports = HashMap::new();
    let mut listeners = Vec::new();
    for (index, scenario) in scenarios().iter().enumerate() {
        let address = site_address(index);
        let (port, listener) = match scenario.site {
            Site::FullQueue => (full_queue(address, held)?, None),
            Site::Nothing => (
                TcpListener::bind(SocketAddr::new(address, 0))
                    .await?
                    .local_addr()?
                    .port(),
                None,
            ),
            _ => {
                let listener = TcpListener::bind(SocketAddr::new(address, 0)).await?;
                (listener.local_addr()?.port(), Some(listener))
            }
        };
        ports.insert(scenario.name, port);
        listeners.extend(listener.map(|listener| (scenario, listener)));
    }
    for (scenario, listener) in listeners {
        let host = format!("{}.lab.test", scenario.host());
        match scenario.site {
            Site::Https(leaf, answer) => {
                let acceptor = TlsAcceptor::from(authority.server(&host, leaf, &aia)?);
                serve(servers, listener, Some(acceptor), answering(answer, &ports));
            }
            Site::Http(answer) => serve(servers, listener, None, answering(answer, &ports)),
            Site::PlainBehindHttps => serve(
                servers,
                listener,
                None,
                answering(Answer::Head("400 Bad Request\r\nServer: lab"), &ports),
            ),
            Site::ResetAfterAccept => {
                servers.spawn(async move {
                    while let Ok((stream, _)) = listener.accept().await {
                        // Lingering for zero seconds makes the close a reset.
                        socket2::SockRef::from(&stream)
                            .set_linger(Some(Duration::ZERO))
                            .ok();
                    }
                });
            }
            Site::CloseAfterAccept => {
                servers.spawn(async move {
                    while let Ok((mut stream, _)) = listener.accept().await {
                        // What the client said is read first: closing with unread data would reset.
                        tokio::spawn(async move {
                            let mut buffer = [0; 4096];
                            let _length = stream.read(&mut buffer).await;
                        });
                    }
                });
            }
            Site::FullQueue | Site::Nothing => {}
        }
    }
    Ok(ports)
}

/// A listener whose queue of one is full, so that the kernel drops every further SYN.
fn full_queue(address: IpAddr, held: &mut Vec<Socket>) -> Result<u16, LabError> {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    listener.bind(&SocketAddr::new(address, 0).into())?;
    listener.listen(0)?;
    let bound = listener.local_addr()?;
    held.push(listener);
    for _ in 0..4 {
        let filler = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        filler.set_nonblocking(true)?;
        // In progress, or dropped: either way the queue is full after the first two.
        filler.connect(&bound).ok();
        held.push(filler);
    }
    Ok(bound.as_socket().map_or(0, |bound| bound.port()))
}

/// From a request path to a pause in milliseconds and the bytes of the answer.
type Respond = Arc<dyn Fn(&str) -> (u64, Vec<u8>) + Send + Sync>;

fn answering(answer: Answer, ports: &HashMap<&'static str, u16>) -> Respond {
    let target = match answer {
        Answer::To(name) => {
            let scheme = if crate::find(name)
                .is_some_and(|scenario| matches!(scenario.site, Site::Http(_)))
            {
                "http"
            } else {
                "https"
            };
            format!(
                "{scheme}://{name}.lab.test:{}/",
                ports.get(name).copied().unwrap_or_default()
            )
        }
        _ => String::new(),
    };
    Arc::new(move |path| match answer {
        Answer::Head(head) => (0, short(head)),
        Answer::Large => (
            0,
            [
                b"HTTP/1.1 200 OK\r\nServer: lab\r\nContent-Length: 2000000\r\n\r\n".to_vec(),
                vec![b'x'; 2_000_000],
            ]
            .concat(),
        ),
        Answer::Slow(pause) => (pause, short("200 OK\r\nServer: lab")),
        Answer::GatewayTimeout(pause) => (pause, short("504 Gateway Timeout\r\nServer: lab-proxy")),
        Answer::Loop => (
            0,
            short(&format!(
                "302 Found\r\nLocation: {}",
                if path == "/again" { "/" } else { "/again" }
            )),
        ),
        Answer::To(_) => (0, short(&format!("302 Found\r\nLocation: {target}"))),
    })
}

fn short(head: &str) -> Vec<u8> {
    format!("HTTP/1.1 {head}\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nlab\n")
        .into_bytes()
}

fn serve(
    servers: &mut JoinSet<()>,
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    respond: Respond,
) {
    servers.spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            let (tls, respond) = (tls.clone(), Arc::clone(&respond));
            connections.spawn(async move { one(stream, tls, respond).await });
            while connections.try_join_next().is_some() {}
        }
    });
}

async fn one(stream: TcpStream, tls: Option<TlsAcceptor>, respond: Respond) {
    match tls {
        None => converse(stream, &respond).await,
        Some(acceptor) => {
            if let Ok(stream) = acceptor.accept(stream).await {
                converse(stream, &respond).await;
            }
        }
    }
}

/// Answers requests on one connection, at most 32; what is no HTTP request gets an answer too, then the end.
async fn converse<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, respond: &Respond) {
    for _ in 0..32 {
        let mut request = Vec::new();
        let mut buffer = [0; 4096];
        while !request.windows(4).any(|end| end == b"\r\n\r\n") {
            let ascii = request.first().is_none_or(u8::is_ascii_alphabetic);
            if !ascii || request.len() > 64 * 1024 {
                break;
            }
            match stream.read(&mut buffer).await {
                Ok(length) if length > 0 => request.extend_from_slice(&buffer[..length]),
                _ => return,
            }
        }
        let text = String::from_utf8_lossy(&request).into_owned();
        let (pause, answer) = respond(text.split(' ').nth(1).unwrap_or("/"));
        tokio::time::sleep(Duration::from_millis(pause)).await;
        if stream.write_all(&answer).await.is_err()
            || stream.flush().await.is_err()
            || !request.first().is_some_and(u8::is_ascii_alphabetic)
        {
            return;
        }
    }
}
