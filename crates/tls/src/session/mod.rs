//! The handshake, driven by hand so that every flight has its time, its bytes and our own share of CPU.

mod first_bytes;
mod seed;
mod stream;
mod witness;

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use netwhy_report::tls::{Direction, Flight, Handshake};
use netwhy_report::{Failure, Step, Timeline, Untrusted};
use rustls::client::Resumption;
use rustls::{ClientConfig, ClientConnection, HandshakeKind};
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

pub use seed::seed_random_generator;
pub use stream::TlsStream;
use witness::Witness;

/// What to shake hands for.
#[derive(Debug, Clone)]
pub struct HandshakeRequest {
    /// The name for SNI (an address sends none), in ASCII form.
    pub host: String,
    /// Protocols to offer by ALPN, the preferred one first.
    pub alpn: Vec<Vec<u8>>,
    /// How long it may take.
    pub timeout: Duration,
}

/// How it went: the record's parts, and the stream if the handshake completed.
#[derive(Debug)]
pub struct HandshakeResult<S> {
    /// Parameters, or why there are none.
    pub handshake: Step<Handshake>,
    /// The flights as far as they came.
    pub flights: Vec<Flight>,
    /// The chain as sent; also of a handshake that failed later.
    pub chain: Vec<CertificateDer<'static>>,
    /// The established session.
    pub stream: Option<TlsStream<S>>,
}

/// Shakes hands over an established connection. Certificates are recorded, not judged: a bad one does not end it.
pub async fn handshake<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    request: &HandshakeRequest,
    timeline: &Timeline,
) -> HandshakeResult<S> {
    tracing::debug!(host = request.host, "shaking hands");
    let begun = timeline.offset(Instant::now());
    let witness = Arc::new(Witness::default());
    let mut driver = match client(request, &witness) {
        Ok(connection) => Driver {
            stream,
            connection,
            timeline,
            flights: Vec::new(),
            received: 0,
            first: Vec::new(),
        },
        Err(reason) => {
            let handshake = Step::failed(
                begun,
                timeline.offset(Instant::now()),
                Failure::TlsProtocol { reason },
            );
            return HandshakeResult {
                handshake,
                flights: Vec::new(),
                chain: Vec::new(),
                stream: None,
            };
        }
    };
    let result = match tokio::time::timeout(request.timeout, driver.run()).await {
        Ok(result) => result,
        Err(_) => Err(Failure::TimedOut {
            after: request.timeout,
        }),
    };
    let ended = timeline.offset(Instant::now());
    let chain = witness.chain();
    match &result {
        Ok(()) => tracing::debug!(
            host = request.host,
            version = ?driver.connection.protocol_version(),
            alpn = ?driver.connection.alpn_protocol().map(Untrusted::new),
            certificates = chain.len(),
            "hands shaken"
        ),
        Err(failure) => tracing::debug!(
            host = request.host,
            ?failure,
            certificates = chain.len(),
            "hands not shaken"
        ),
    }
    let Driver {
        stream,
        connection,
        flights,
        ..
    } = driver;
    match result {
        Ok(()) => HandshakeResult {
            handshake: Step::completed(begun, ended, parameters(&connection, &witness)),
            flights,
            chain,
            stream: Some(TlsStream::new(stream, connection)),
        },
        Err(failure) => HandshakeResult {
            handshake: Step::failed(begun, ended, failure),
            flights,
            chain,
            stream: None,
        },
    }
}

/// The number and name of the alert behind an error of a [`TlsStream`], if an alert is.
#[must_use]
pub fn tls_alert(error: &io::Error) -> Option<(u8, String)> {
    match error.get_ref()?.downcast_ref::<rustls::Error>()? {
        rustls::Error::AlertReceived(alert) => match Failure::tls_alert(u8::from(*alert)) {
            Failure::TlsAlert { code, name } => Some((code, name)),
            _ => None,
        },
        _ => None,
    }
}

fn client(request: &HandshakeRequest, witness: &Arc<Witness>) -> Result<ClientConnection, String> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    let verifier: Arc<Witness> = Arc::clone(witness);
    let resolver: Arc<Witness> = Arc::clone(witness);
    let mut config = builder
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_client_cert_resolver(resolver);
    config.alpn_protocols.clone_from(&request.alpn);
    // Every diagnosis measures a full handshake.
    config.resumption = Resumption::disabled();
    let name = ServerName::try_from(request.host.clone()).map_err(|error| error.to_string())?;
    ClientConnection::new(Arc::new(config), name).map_err(|error| error.to_string())
}

fn parameters(connection: &ClientConnection, witness: &Witness) -> Handshake {
    let version = connection
        .protocol_version()
        .map(|version| format!("{version:?}").replace('_', "."));
    let suite = connection
        .negotiated_cipher_suite()
        .map(|suite| format!("{:?}", suite.suite()).replace("TLS13_", "TLS_"));
    Handshake {
        version: version.unwrap_or_default(),
        cipher_suite: suite.unwrap_or_default(),
        group: connection
            .negotiated_key_exchange_group()
            .map(|group| format!("{:?}", group.name())),
        signature_scheme: witness.signature_scheme(),
        alpn: connection.alpn_protocol().map(Untrusted::new),
        retry_request: connection.handshake_kind()
            == Some(HandshakeKind::FullWithHelloRetryRequest),
        stapled: witness.stapled(),
        client_certificate_requested: witness.client_certificate_requested(),
    }
}

struct Driver<'a, S> {
    stream: S,
    connection: ClientConnection,
    timeline: &'a Timeline,
    flights: Vec<Flight>,
    received: u64,
    /// The peer's first bytes, kept to tell what it speaks if it is not TLS.
    first: Vec<u8>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Driver<'_, S> {
    async fn run(&mut self) -> Result<(), Failure> {
        let mut buffer = vec![0; 16 * 1024];
        loop {
            self.send().await?;
            if !self.connection.is_handshaking() {
                return Ok(());
            }
            let length = self
                .stream
                .read(&mut buffer)
                .await
                .map_err(|error| self.broken(&error))?;
            let arrived = Instant::now();
            if length == 0 {
                return Err(self.closed());
            }
            self.received += u64::try_from(length).unwrap_or(u64::MAX);
            self.first.extend(
                buffer[..length]
                    .iter()
                    .take(first_bytes::KEPT.saturating_sub(self.first.len())),
            );
            if let Some(failure) = first_bytes::not_tls(&self.first) {
                return Err(failure);
            }
            let processed = self.process(&buffer[..length]);
            self.note(Direction::Received, arrived, length, arrived.elapsed());
            if let Err(error) = processed {
                // Our alert tells the peer why; whether it arrives changes nothing here.
                self.send().await.ok();
                return Err(refused(&error));
            }
        }
    }

    fn process(&mut self, mut bytes: &[u8]) -> Result<(), rustls::Error> {
        while !bytes.is_empty() {
            self.connection
                .read_tls(&mut bytes)
                .map_err(|error| rustls::Error::General(error.to_string()))?;
            self.connection.process_new_packets()?;
        }
        Ok(())
    }

    async fn send(&mut self) -> Result<(), Failure> {
        let begun = Instant::now();
        let mut bytes = Vec::new();
        while self.connection.wants_write() {
            self.connection
                .write_tls(&mut bytes)
                .map_err(|error| Failure::TlsProtocol {
                    reason: error.to_string(),
                })?;
        }
        if bytes.is_empty() {
            return Ok(());
        }
        let cpu = begun.elapsed();
        let sent = self.stream.write_all(&bytes).await;
        let sent = match sent {
            Ok(()) => self.stream.flush().await,
            failed => failed,
        };
        self.note(Direction::Sent, begun, bytes.len(), cpu);
        sent.map_err(|error| self.broken(&error))
    }

    /// Adds to the current flight, or begins a new one when the direction turns.
    fn note(&mut self, direction: Direction, start: Instant, length: usize, cpu: Duration) {
        let (start, end) = (
            self.timeline.offset(start),
            self.timeline.offset(Instant::now()),
        );
        let bytes = u64::try_from(length).unwrap_or(u64::MAX);
        tracing::trace!(?direction, bytes, ?cpu, "handshake bytes");
        match self.flights.last_mut() {
            Some(flight) if flight.direction == direction => {
                flight.end = end;
                flight.bytes += bytes;
                flight.cpu += cpu;
            }
            _ => self.flights.push(Flight {
                direction,
                start,
                end,
                bytes,
                cpu,
            }),
        }
    }

    fn broken(&self, error: &io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => Failure::Reset {
                received: self.received,
            },
            io::ErrorKind::UnexpectedEof => self.closed(),
            _ => Failure::System {
                errno: error.raw_os_error().unwrap_or_default(),
            },
        }
    }

    fn closed(&self) -> Failure {
        first_bytes::greeting(&self.first).unwrap_or(Failure::Closed {
            received: self.received,
        })
    }
}

fn refused(error: &rustls::Error) -> Failure {
    match error {
        rustls::Error::AlertReceived(alert) => Failure::tls_alert(u8::from(*alert)),
        other => Failure::TlsProtocol {
            reason: netwhy_report::untrusted::escape(&other.to_string()).into_owned(),
        },
    }
}
