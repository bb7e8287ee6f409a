//! Servers of DNS over TLS, HTTPS, HTTP/3 and QUIC on loopback, with a certificate for `dns.test` that only their own root vouches for.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::{Buf as _, Bytes};
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use quinn::crypto::rustls::QuicServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::exchange::Identity;

/// From the bytes of a query to those of its reply.
pub(super) type Answer = Arc<dyn Fn(&[u8]) -> Vec<u8> + Send + Sync>;

/// What a web server says besides the answer.
#[derive(Clone)]
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) media_type: &'static str,
}

pub(super) const GOOD: Head = Head {
    status: 200,
    media_type: "application/dns-message",
};

/// A running server.
pub(super) struct Secure {
    pub(super) address: SocketAddr,
    client: ClientConfig,
    _tasks: JoinSet<()>,
}

impl Secure {
    /// Trusts this server, and expects this name.
    pub(super) fn identity(&self, name: &str) -> Identity {
        Identity {
            name: name.to_owned(),
            path: "/dns-query".to_owned(),
            tls: Arc::new(self.client.clone()),
        }
    }
}

fn settings(protocol: &str) -> (ServerConfig, ClientConfig) {
    let key = rcgen::generate_simple_self_signed(vec!["dns.test".to_owned()]).unwrap();
    let certificate: CertificateDer<'static> = key.cert.der().clone();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut server = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.clone()],
            PrivateKeyDer::try_from(key.signing_key.serialize_der()).unwrap(),
        )
        .unwrap();
    server.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    (server, client)
}

/// DNS over TLS, or over HTTPS where a head is given.
pub(super) async fn over_tcp(protocol: &str, head: Option<Head>, answer: Answer) -> Secure {
    let (server, client) = settings(protocol);
    let acceptor = TlsAcceptor::from(Arc::new(server));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let (head, answer) = (head.clone(), Arc::clone(&answer));
            tokio::spawn(async move {
                let Some(head) = head else {
                    let length = stream.read_u16().await.unwrap();
                    let mut query = vec![0; usize::from(length)];
                    stream.read_exact(&mut query).await.unwrap();
                    stream.write_all(&framed(&answer(&query))).await.unwrap();
                    stream.flush().await.unwrap();
                    stream.read_u8().await.ok();
                    return;
                };
                let service = service_fn(move |request: Request<Incoming>| {
                    let (head, answer) = (head.clone(), Arc::clone(&answer));
                    async move {
                        assert_eq!(request.uri().path(), "/dns-query");
                        let query = request.into_body().collect().await?.to_bytes();
                        let body = Full::new(Bytes::from(answer(&query)));
                        Ok::<_, hyper::Error>(response(&head, body))
                    }
                });
                hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                    .serve_connection(TokioIo::new(stream), service)
                    .await
                    .ok();
            });
        }
    });
    Secure {
        address,
        client,
        _tasks: tasks,
    }
}

/// DNS over QUIC, or over HTTP/3 where a head is given.
pub(super) fn over_quic(protocol: &str, head: Option<Head>, answer: Answer) -> Secure {
    let (server, client) = settings(protocol);
    let crypto = QuicServerConfig::try_from(server).unwrap();
    let config = quinn::ServerConfig::with_crypto(Arc::new(crypto));
    let endpoint = quinn::Endpoint::server(config, "127.0.0.1:0".parse().unwrap()).unwrap();
    let address = endpoint.local_addr().unwrap();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        while let Some(incoming) = endpoint.accept().await {
            let Ok(connection) = incoming.await else {
                continue;
            };
            match &head {
                None => serve_doq(&connection, &answer).await,
                Some(head) => serve_h3(connection, head, &answer).await,
            }
        }
    });
    Secure {
        address,
        client,
        _tasks: tasks,
    }
}

async fn serve_doq(connection: &quinn::Connection, answer: &Answer) {
    let Ok((mut send, mut receive)) = connection.accept_bi().await else {
        return;
    };
    let query = receive.read_to_end(65_537).await.unwrap();
    assert_eq!(&query[2..4], [0, 0], "the id is 0");
    send.write_all(&framed(&answer(&query[2..]))).await.unwrap();
    send.finish().unwrap();
    connection.closed().await;
}

async fn serve_h3(connection: quinn::Connection, head: &Head, answer: &Answer) {
    let mut server = h3::server::builder()
        .build::<_, Bytes>(h3_quinn::Connection::new(connection))
        .await
        .unwrap();
    let Ok(Some(resolver)) = server.accept().await else {
        return;
    };
    let (_, mut stream) = resolver.resolve_request().await.unwrap();
    let mut query = Vec::new();
    while let Some(mut piece) = stream.recv_data().await.unwrap() {
        query.extend_from_slice(&piece.copy_to_bytes(piece.remaining()));
    }
    stream.send_response(response(head, ())).await.unwrap();
    stream.send_data(Bytes::from(answer(&query))).await.ok();
    stream.finish().await.ok();
    server.accept().await.ok();
}

fn response<B>(head: &Head, body: B) -> Response<B> {
    Response::builder()
        .status(head.status)
        .header("content-type", head.media_type)
        .body(body)
        .unwrap()
}

fn framed(message: &[u8]) -> Vec<u8> {
    let length = u16::try_from(message.len()).unwrap();
    [&length.to_be_bytes(), message].concat()
}
