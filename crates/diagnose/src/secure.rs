//! From a connection to a judged TLS session. A bad certificate does not stop the walk: judging is a step of its own.

use std::net::SocketAddr;
use std::time::Duration;

use netwhy_report::tls::TlsRecord;
use netwhy_report::{Layer, Limit, LimitHit, Step};
use netwhy_tls::{CertificateDer, HandshakeRequest, TlsStream, handshake, judge, read_certificate};
use tokio::net::TcpStream;

use crate::walk::Session;

/// A handshake with its judgement, and the session if it stands.
pub(crate) struct Secured {
    pub(crate) record: TlsRecord,
    /// The chain as sent, for completion.
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) stream: Option<TlsStream<TcpStream>>,
}

impl Secured {
    /// Whether the deciding store accepts the peer for this name.
    pub(crate) fn verified(&self) -> bool {
        self.record
            .judgement
            .as_ref()
            .is_some_and(netwhy_report::tls::ChainJudgement::verified)
    }

    /// Whether HTTP/2 was chosen by ALPN.
    pub(crate) fn speaks_http2(&self) -> bool {
        let handshake = self.record.handshake.value();
        handshake
            .and_then(|handshake| handshake.alpn.as_ref())
            .is_some_and(|alpn| alpn.raw() == b"h2")
    }
}

/// Shakes hands over an established connection and judges the chain as sent.
pub(crate) async fn secure(
    session: &Session<'_>,
    stream: TcpStream,
    peer: SocketAddr,
    host: &str,
    timeout: Duration,
) -> Secured {
    let begun = session.now();
    let alpn = if session.plan.http.http2 {
        vec![b"h2".to_vec(), b"http/1.1".to_vec()]
    } else {
        vec![b"http/1.1".to_vec()]
    };
    let request = HandshakeRequest {
        host: host.to_owned(),
        alpn,
        timeout,
    };
    let mut record = TlsRecord {
        peer,
        server_name: host.to_owned(),
        handshake: Step::skipped(begun, netwhy_report::SkipReason::Interrupted),
        flights: Vec::new(),
        chain: Vec::new(),
        judgement: None,
    };
    let result = match session
        .stop
        .guard(handshake(stream, &request, &session.timeline))
        .await
    {
        Ok(result) => result,
        Err(reason) => {
            record.handshake = Step::skipped(begun, reason);
            return Secured {
                record,
                chain: Vec::new(),
                stream: None,
            };
        }
    };
    let budgets = session.budgets();
    let mut chain = result.chain;
    if chain.len() > budgets.chain_certificates {
        chain.truncate(budgets.chain_certificates);
        let value = format!("{} certificates", budgets.chain_certificates);
        session.hit(LimitHit {
            limit: Limit::ChainCertificates,
            layer: Layer::Tls,
            value,
        });
    }
    record.handshake = result.handshake;
    record.flights = result.flights;
    record.chain = chain
        .iter()
        .map(|der| read_certificate(der, budgets.names, budgets.field_bytes))
        .collect();
    if !chain.is_empty() {
        let stores = session.stores().await;
        record.judgement = Some(judge(&chain, &[], host, &stores, session.judged_at()));
    }
    Secured {
        record,
        chain,
        stream: result.stream,
    }
}
