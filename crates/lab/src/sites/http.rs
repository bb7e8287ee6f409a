//! HTTP/1.1 answers, written byte by byte.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::Ports;
use crate::scenarios::Answer;

/// Requests answered on one connection at most.
const REQUESTS: usize = 32;
/// Bytes of one request at most.
const REQUEST_BYTES: usize = 64 * 1024;

/// What a server says to one request.
pub(super) struct Reply {
    pause: Duration,
    bytes: Vec<u8>,
    /// The connection ends with it.
    last: bool,
}

/// From a request's path to the reply.
pub(super) type Respond = Arc<dyn Fn(&str) -> Reply + Send + Sync>;

/// The replies that make up an answer; redirects need the ports of the other sites.
pub(super) fn answering(answer: Answer, ports: &Ports) -> Respond {
    let target = match answer {
        Answer::To(name) => crate::find(name)
            .map(|scenario| scenario.url(ports.get(name).copied().unwrap_or_default()))
            .unwrap_or_default(),
        _ => String::new(),
    };
    Arc::new(move |path| match answer {
        Answer::Head(head) => short(head),
        Answer::Large => {
            let head = b"HTTP/1.1 200 OK\r\nServer: lab\r\nContent-Length: 2000000\r\n\r\n";
            Reply::of([head.to_vec(), vec![b'x'; 2_000_000]].concat())
        }
        Answer::Slow(pause) => short("200 OK\r\nServer: lab").after(pause),
        Answer::GatewayTimeout(pause) => {
            short("504 Gateway Timeout\r\nServer: lab-proxy").after(pause)
        }
        Answer::Loop => short(&format!(
            "302 Found\r\nLocation: {}",
            if path == "/again" { "/" } else { "/again" }
        )),
        Answer::To(_) => short(&format!("302 Found\r\nLocation: {target}")),
        Answer::Truncated => {
            let head = b"HTTP/1.1 200 OK\r\nServer: lab\r\nContent-Length: 20000\r\n\r\n";
            Reply::of([head.to_vec(), vec![b'x'; 4000]].concat()).last()
        }
        Answer::Bytes(bytes) => Reply::of(bytes.as_bytes().to_vec()).last(),
    })
}

/// A certificate to fetch, as an AIA address serves it.
pub(super) fn certificate(der: &[u8]) -> Respond {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/pkix-cert\r\nContent-Length: {}\r\n\r\n",
        der.len()
    );
    let bytes = [head.as_bytes(), der].concat();
    Arc::new(move |_| Reply::of(bytes.clone()))
}

/// Serves one connection, over TLS if there is an acceptor.
pub(super) async fn serve(stream: TcpStream, tls: Option<TlsAcceptor>, respond: Respond) {
    match tls {
        None => converse(stream, &respond).await,
        Some(acceptor) => {
            if let Ok(stream) = acceptor.accept(stream).await {
                converse(stream, &respond).await;
            }
        }
    }
}

impl Reply {
    fn of(bytes: Vec<u8>) -> Self {
        Self {
            pause: Duration::ZERO,
            bytes,
            last: false,
        }
    }

    /// After a pause in milliseconds.
    fn after(self, pause: u64) -> Self {
        Self {
            pause: Duration::from_millis(pause),
            ..self
        }
    }

    fn last(self) -> Self {
        Self { last: true, ..self }
    }
}

fn short(head: &str) -> Reply {
    let text =
        format!("HTTP/1.1 {head}\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nlab\n");
    Reply::of(text.into_bytes())
}

/// Answers requests; what is no HTTP request gets an answer too, then the end.
async fn converse<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, respond: &Respond) {
    for _ in 0..REQUESTS {
        let mut request = Vec::new();
        let mut buffer = [0; 4096];
        while !request.windows(4).any(|end| end == b"\r\n\r\n") {
            let ascii = request.first().is_none_or(u8::is_ascii_alphabetic);
            if !ascii || request.len() > REQUEST_BYTES {
                break;
            }
            match stream.read(&mut buffer).await {
                Ok(length) if length > 0 => request.extend_from_slice(&buffer[..length]),
                _ => return,
            }
        }
        let text = String::from_utf8_lossy(&request).into_owned();
        let reply = respond(text.split(' ').nth(1).unwrap_or("/"));
        tokio::time::sleep(reply.pause).await;
        let written = stream.write_all(&reply.bytes).await.is_ok() && stream.flush().await.is_ok();
        let understood = request.first().is_some_and(u8::is_ascii_alphabetic);
        if reply.last || !written || !understood {
            return;
        }
    }
}
