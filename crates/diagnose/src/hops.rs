//! The HTTP exchange, redirect by redirect: each hop with its own names, connections and handshake where it needs them.

use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use netwhy_http_timing::{
    Limits, Observation, Protocol, Request, ReusableConnection, exchange, is_redirect, next_method,
};
use netwhy_report::http::{
    HttpExchange, HttpHop, HttpRecord, HttpStamps, KernelSamples, RedirectEnd, Withheld,
};
use netwhy_report::target::Scheme;
use netwhy_report::{Layer, Limit, LimitHit, SkipReason, Step, Target, Untrusted};
use netwhy_tcp::InfoHandle;
use tokio::io::{AsyncRead, AsyncWrite};
use url::Url;

use crate::Event;
use crate::intermediates::complete;
use crate::reach::Reach;
use crate::secure::{Secured, secure};
use crate::walk::Session;

/// A byte stream below HTTP: TCP itself, or TLS over it.
pub(crate) trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

/// A connection that is ready for a request.
pub(crate) struct Opened {
    pub(crate) wire: Box<dyn Wire>,
    pub(crate) http2: bool,
    /// Whether the certificate verified; `None` for HTTP in clear, which promises nothing.
    pub(crate) verified: Option<bool>,
    pub(crate) peer: SocketAddr,
    pub(crate) info: Option<InfoHandle>,
}

/// What one request needs to know.
struct Asked {
    target: Target,
    url: Url,
    method: String,
    withheld: Option<Withheld>,
}

/// A hop's connections, whose background work ends later.
struct Pending {
    hop: usize,
    reach: Reach,
    secured: Option<Secured>,
}

/// Asks the first URL over `opened`, and follows redirects within the budget.
pub(crate) async fn follow(session: &Session<'_>, opened: Opened, scheme: Scheme) -> HttpRecord {
    let target = Target {
        scheme,
        ..session.plan.target.clone()
    };
    let Some(url) = url_of(&target) else {
        return HttpRecord {
            hops: Vec::new(),
            redirect_end: RedirectEnd::Settled,
        };
    };
    let mut hops: Vec<HttpHop> = Vec::new();
    let mut visited: Vec<(String, Url)> = Vec::new();
    let mut pending: Vec<Pending> = Vec::new();
    let verified = opened.verified;
    let mut asked = Asked {
        withheld: withheld(session, verified, true),
        target,
        url,
        method: session.plan.http.method.clone(),
    };
    let mut connection = Connection::Fresh(opened);
    let redirect_end = loop {
        visited.push((asked.method.clone(), asked.url.clone()));
        let (exchange, reusable) = send(session, connection, &asked).await;
        let next = next_hop(&exchange, &asked, &visited, session);
        hops.push(hop(&asked, exchange));
        let (url, method) = match next {
            Ok(next) => next,
            Err(end) => break end,
        };
        let shown = Untrusted::from(url.as_str());
        session.observer.event(&Event::Redirected { url: &shown });
        tracing::info!(to = url.host_str(), port = url.port(), method, "redirected");
        let same_origin = url.origin() == asked.url.origin();
        let first_origin = url.origin() == visited[0].1.origin();
        let scheme = if url.scheme() == "http" {
            Scheme::Http
        } else {
            Scheme::Https
        };
        let Ok(target) = Target::from_url(&url, scheme) else {
            break RedirectEnd::Unusable {
                location: Some(shown),
            };
        };
        // Userinfo of a Location was chosen by the peer: it is not ours to send.
        let target = Target {
            credentials: None,
            ..target
        };
        match reusable {
            Some(reuse) if same_origin => {
                connection = Connection::Reused(reuse);
                asked = Asked {
                    target,
                    url,
                    method,
                    withheld: asked.withheld,
                };
            }
            _ => {
                let (reach, secured, fresh) = open(session, &target).await;
                asked = Asked {
                    withheld: withheld(
                        session,
                        fresh.as_ref().and_then(|fresh| fresh.verified),
                        first_origin,
                    ),
                    target,
                    url,
                    method,
                };
                pending.push(Pending {
                    hop: hops.len(),
                    reach,
                    secured,
                });
                match fresh {
                    Some(fresh) => connection = Connection::Fresh(fresh),
                    None => {
                        hops.push(hop(&asked, unopened(session, pending.last())));
                        break RedirectEnd::Settled;
                    }
                }
            }
        }
    };
    finish(session, &mut hops, pending).await;
    HttpRecord { hops, redirect_end }
}

enum Connection {
    Fresh(Opened),
    Reused(Reuse),
}

struct Reuse {
    connection: ReusableConnection,
    info: Option<InfoHandle>,
    http2: bool,
    peer: SocketAddr,
}

async fn send(
    session: &Session<'_>,
    connection: Connection,
    asked: &Asked,
) -> (HttpExchange, Option<Reuse>) {
    session.observer.event(&Event::Began {
        layer: Layer::Http,
        host: asked.target.host.ascii(),
    });
    let begun = session.now();
    let budgets = session.budgets();
    let limits = Limits {
        response_timeout: budgets.response_timeout,
        header_bytes: budgets.header_bytes,
        header_fields: budgets.header_fields,
        body_bytes: budgets.body_bytes,
        field_bytes: budgets.field_bytes,
    };
    let (http2, peer, info, work) = match connection {
        Connection::Fresh(opened) => (opened.http2, opened.peer, opened.info, Ok(opened.wire)),
        Connection::Reused(reuse) => (reuse.http2, reuse.peer, reuse.info, Err(reuse.connection)),
    };
    let request = request(session, asked, http2);
    let sample = || info.as_ref().and_then(InfoHandle::sample);
    let classify = |error: &std::io::Error| {
        netwhy_tls::tls_alert(error)
            .map(|(code, name)| netwhy_report::Failure::TlsAlert { code, name })
    };
    let observation = Observation {
        kernel: &sample,
        classify: &classify,
        timeline: &session.timeline,
        peer,
    };
    let ended = match work {
        Ok(wire) => {
            session
                .stop
                .guard(exchange(wire, &request, &limits, observation))
                .await
        }
        Err(reusable) => {
            session
                .stop
                .guard(reusable.again(&request, &limits, observation))
                .await
        }
    };
    session.observer.event(&Event::Ended { layer: Layer::Http });
    match ended {
        Ok((exchange, connection)) => {
            if exchange
                .step
                .value()
                .is_some_and(|response| response.body_cut)
            {
                session.hit(LimitHit {
                    limit: Limit::BodyBytes,
                    layer: Layer::Http,
                    value: format!("{} bytes", budgets.body_bytes),
                });
            }
            (
                exchange,
                connection.map(|connection| Reuse {
                    connection,
                    info,
                    http2,
                    peer,
                }),
            )
        }
        Err(reason) => (
            empty_exchange(Some(peer), Step::skipped(begun, reason)),
            None,
        ),
    }
}

fn request(session: &Session<'_>, asked: &Asked, http2: bool) -> Request {
    let mut headers = Vec::new();
    if asked.withheld.is_none() {
        let plan = session.plan;
        headers.extend(
            plan.http
                .headers
                .iter()
                .map(|(name, value)| (name.clone(), value.reveal().to_owned())),
        );
        let credentials = plan.target.credentials.as_ref();
        headers.extend(credentials.map(|secret| {
            (
                "authorization".to_owned(),
                format!("Basic {}", BASE64.encode(secret.reveal())),
            )
        }));
    }
    let path_and_query = match asked.url.query() {
        Some(query) => format!("{}?{query}", asked.url.path()),
        None => asked.url.path().to_owned(),
    };
    let host = asked.url.host_str().unwrap_or_default();
    Request {
        protocol: if http2 {
            Protocol::Http2
        } else {
            Protocol::Http11
        },
        method: asked.method.clone(),
        authority: asked
            .url
            .port()
            .map_or(host.to_owned(), |port| format!("{host}:{port}")),
        secure: asked.url.scheme() == "https",
        path_and_query,
        headers,
    }
}

/// Where to go next, or why not.
fn next_hop(
    exchange: &HttpExchange,
    asked: &Asked,
    visited: &[(String, Url)],
    session: &Session<'_>,
) -> Result<(Url, String), RedirectEnd> {
    let Some(head) = exchange
        .head
        .as_ref()
        .filter(|head| is_redirect(head.status))
    else {
        return Err(RedirectEnd::Settled);
    };
    if exchange.step.value().is_none() {
        return Err(RedirectEnd::Settled);
    }
    if !session.plan.http.follow {
        return Err(RedirectEnd::NotFollowed);
    }
    let location = head.header("location");
    let resolved = location
        .and_then(Untrusted::raw_text)
        .and_then(|text| asked.url.join(text).ok());
    let Some(url) =
        resolved.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
    else {
        return Err(RedirectEnd::Unusable {
            location: location.cloned(),
        });
    };
    let method = next_method(head.status, &asked.method);
    let mut plain = url;
    plain.set_fragment(None);
    if let Some(back_to) = visited
        .iter()
        .position(|(was, seen)| *was == method && *seen == plain)
    {
        return Err(RedirectEnd::Loop { back_to });
    }
    let followed = visited.len() - 1;
    if followed >= session.budgets().redirects {
        session.hit(LimitHit {
            limit: Limit::Redirects,
            layer: Layer::Http,
            value: format!("{followed} redirects"),
        });
        return Err(RedirectEnd::BudgetSpent { followed });
    }
    Ok((plain, method))
}

/// Opens a connection for a later hop.
async fn open(session: &Session<'_>, target: &Target) -> (Reach, Option<Secured>, Option<Opened>) {
    let host = target.host.ascii();
    let mut reach = Reach::start(session, host, target.port, target.host.address(), &[]).await;
    let (Some(stream), Some(peer)) = (reach.stream.take(), reach.peer()) else {
        return (reach, None, None);
    };
    let info = InfoHandle::new(&stream).ok();
    if target.scheme == Scheme::Http {
        let opened = Opened {
            wire: Box::new(stream),
            http2: false,
            verified: None,
            peer,
            info,
        };
        return (reach, None, Some(opened));
    }
    let mut secured = secure(
        session,
        stream,
        peer,
        host,
        session.budgets().handshake_timeout,
    )
    .await;
    let opened = secured.stream.take().map(|stream| Opened {
        http2: secured.speaks_http2(),
        verified: Some(secured.verified()),
        wire: Box::new(stream),
        peer,
        info,
    });
    (reach, Some(secured), opened)
}

async fn finish(session: &Session<'_>, hops: &mut [HttpHop], pending: Vec<Pending>) {
    let ended = futures_util::future::join_all(pending.into_iter().map(
        |Pending {
             hop,
             reach,
             secured,
         }| async move {
            let host = secured
                .as_ref()
                .map(|secured| secured.record.server_name.clone());
            let (reached, judgement) = tokio::join!(reach.finish(session), async {
                match (&secured, &host) {
                    (Some(secured), Some(host)) => complete(session, secured, host).await,
                    _ => None,
                }
            });
            (hop, reached, secured, judgement)
        },
    ));
    for (index, reached, secured, judgement) in ended.await {
        let Some(hop) = hops.get_mut(index) else {
            continue;
        };
        hop.dns = reached.dns.record().cloned().map(Box::new);
        hop.tcp = reached.tcp.record().cloned().map(Box::new);
        hop.tls = secured.map(|mut secured| {
            secured.record.judgement = judgement.or(secured.record.judgement);
            Box::new(secured.record)
        });
    }
}

/// Why this peer gets neither credentials nor user headers; `None` also when there are none to withhold.
fn withheld(session: &Session<'_>, verified: Option<bool>, first_origin: bool) -> Option<Withheld> {
    let plan = session.plan;
    if plan.target.credentials.is_none() && plan.http.headers.is_empty() {
        return None;
    }
    let withheld = match verified {
        Some(false) => Some(Withheld::UnverifiedPeer),
        _ if !first_origin => Some(Withheld::OtherOrigin),
        _ => None,
    };
    if let Some(reason) = withheld {
        tracing::info!(?reason, "header fields and credentials are withheld");
    }
    withheld
}

fn hop(asked: &Asked, exchange: HttpExchange) -> HttpHop {
    HttpHop {
        url: Untrusted::from(shown_url(asked).as_str()),
        host: asked.target.host.ascii().to_owned(),
        port: asked.target.port,
        secure: asked.url.scheme() == "https",
        dns: None,
        tcp: None,
        tls: None,
        withheld: asked.withheld,
        exchange,
    }
}

/// Without userinfo; the query is left out, since it may hold secrets that redirects carry along.
fn shown_url(asked: &Asked) -> String {
    asked.target.display()
}

/// An exchange that did not take place, and the layer that is the reason.
fn unopened(session: &Session<'_>, connections: Option<&Pending>) -> HttpExchange {
    let layer = match connections {
        Some(pending) if pending.secured.is_some() => Layer::Tls,
        Some(pending) if !pending.reach.has_addresses() => Layer::Dns,
        _ => Layer::Tcp,
    };
    let reason = session
        .stop
        .reason()
        .unwrap_or(SkipReason::DependencyFailed { layer });
    empty_exchange(None, Step::skipped(session.now(), reason))
}

fn empty_exchange(
    peer: Option<SocketAddr>,
    step: Step<netwhy_report::http::HttpResponse>,
) -> HttpExchange {
    HttpExchange {
        peer,
        stamps: HttpStamps::default(),
        kernel: KernelSamples::default(),
        step,
        head: None,
    }
}

fn url_of(target: &Target) -> Option<Url> {
    let scheme = if target.scheme == Scheme::Http {
        "http"
    } else {
        "https"
    };
    let mut url = Url::parse(&format!("{scheme}://{}{}", target.authority(), target.path)).ok()?;
    url.set_query(
        target
            .query
            .as_ref()
            .map(netwhy_report::target::Secret::reveal),
    );
    Some(url)
}
