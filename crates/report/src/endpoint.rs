//! A report seen hop by hop: the target, then every host that it redirected to, with the same four records each.

use crate::dns::DnsRecord;
use crate::http::{HttpExchange, HttpHop};
use crate::tcp::TcpRecord;
use crate::tls::TlsRecord;
use crate::{Report, Untrusted};

/// One hop of the diagnosis. Findings look at endpoints, so that a fault behind a redirect is found like one in front of it.
#[derive(Debug, Clone, Copy)]
pub struct Endpoint<'report> {
    /// 0 for the target itself, counting redirects from there.
    pub hop: usize,
    /// Host in ASCII form (brackets of an IPv6 address removed).
    pub host: &'report str,
    /// Port.
    pub port: u16,
    /// Whether TLS is spoken, as far as the URL says.
    pub secure: bool,
    /// The URL of this hop, if it came from a redirect.
    pub redirected_to: Option<&'report Untrusted>,
    /// Resolution, unless it was not needed or the connection was reused.
    pub dns: Option<&'report DnsRecord>,
    /// Connections, unless the connection was reused.
    pub tcp: Option<&'report TcpRecord>,
    /// Handshake, unless it was not needed or the connection was reused.
    pub tls: Option<&'report TlsRecord>,
    /// The exchange, if one was tried.
    pub http: Option<&'report HttpExchange>,
}

impl<'report> Endpoint<'report> {
    pub(crate) fn all(report: &'report Report) -> Vec<Self> {
        let Some(target) = report.target() else {
            return Vec::new();
        };
        let http = report
            .layers
            .http
            .as_ref()
            .and_then(|section| section.record());
        let hops: &[HttpHop] = http.map_or(&[], |record| &record.hops);
        let first = Self {
            hop: 0,
            host: target.host.ascii(),
            port: target.port,
            secure: target.scheme.is_secure(),
            redirected_to: None,
            dns: report
                .layers
                .dns
                .as_ref()
                .and_then(|section| section.record()),
            tcp: report
                .layers
                .tcp
                .as_ref()
                .and_then(|section| section.record()),
            tls: report
                .layers
                .tls
                .as_ref()
                .and_then(|section| section.record()),
            http: hops.first().map(|hop| &hop.exchange),
        };
        let redirected = hops.iter().enumerate().skip(1).map(|(hop, record)| Self {
            hop,
            host: &record.host,
            port: record.port,
            secure: record.secure,
            redirected_to: Some(&record.url),
            dns: record.dns.as_deref(),
            tcp: record.tcp.as_deref(),
            tls: record.tls.as_deref(),
            http: Some(&record.exchange),
        });
        std::iter::once(first).chain(redirected).collect()
    }

    /// `host:port`, with brackets around an IPv6 address.
    #[must_use]
    pub fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}
