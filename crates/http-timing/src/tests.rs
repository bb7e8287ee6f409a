//! Exchanges with servers that say exactly what a test wants.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use netwhy_report::http::{HttpExchange, HttpVersion};
use netwhy_report::{Failure, Timeline};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::*;

const LIMITS: Limits = Limits {
    response_timeout: Duration::from_millis(800),
    header_bytes: 64 * 1024,
    header_fields: 100,
    body_bytes: 50_000,
    field_bytes: 1024,
};

/// Sends each part after its pause, in milliseconds, then closes (or keeps the connection for `linger`).
async fn server(parts: Vec<(u64, Vec<u8>)>, linger: Duration) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut buffer = [0; 4096];
        let _ = stream.read(&mut buffer).await;
        for (pause, bytes) in parts {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            if stream.write_all(&bytes).await.is_err() {
                return;
            }
        }
        tokio::time::sleep(linger).await;
    });
    address
}

fn request(protocol: Protocol) -> Request {
    Request {
        protocol,
        method: "GET".into(),
        authority: "shop.example.test".into(),
        secure: false,
        path_and_query: "/".into(),
        headers: Vec::new(),
    }
}

async fn asked(address: SocketAddr) -> HttpExchange {
    let stream = TcpStream::connect(address).await.unwrap();
    let timeline = Timeline::new(Instant::now());
    let observation = Observation {
        kernel: &|| None,
        classify: &|_| None,
        timeline: &timeline,
        peer: address,
    };
    exchange(stream, &request(Protocol::Http11), &LIMITS, observation)
        .await
        .0
}

async fn answered(text: &str) -> HttpExchange {
    asked(server(vec![(0, text.as_bytes().to_vec())], Duration::ZERO).await).await
}

#[tokio::test]
async fn think_time_is_between_the_request_and_the_first_byte() {
    let parts = vec![
        (
            200,
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nSet-Cookie: sid=s3cret; Path=/\r\n\r\n"
                .to_vec(),
        ),
        (100, b"hello".to_vec()),
    ];
    let exchange = asked(server(parts, Duration::ZERO).await).await;
    assert!(
        exchange.wait().unwrap() >= Duration::from_millis(190),
        "{:?}",
        exchange.stamps
    );
    assert!(
        exchange.wait().unwrap() < Duration::from_millis(295),
        "the body's pause is not the server's: {:?}",
        exchange.stamps
    );
    assert_eq!(exchange.step.value().unwrap().body_bytes, 5);
    let head = exchange.head.unwrap();
    assert_eq!((head.status, head.version), (200, HttpVersion::Http11));
    assert_eq!(
        head.header("set-cookie").unwrap().escaped(),
        "sid=[redacted]; Path=/"
    );
}

#[tokio::test]
async fn an_interim_response_is_told_apart_from_the_final_one() {
    let parts = vec![
        (
            0,
            b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".to_vec(),
        ),
        (100, b"HTTP/1.1 204 No Content\r\n\r\n".to_vec()),
    ];
    let exchange = asked(server(parts, Duration::ZERO).await).await;
    assert!(
        exchange.stamps.first_interim.unwrap() + Duration::from_millis(80)
            < exchange.stamps.response_start.unwrap()
    );
    assert_eq!(exchange.head.unwrap().interim, [103]);
}

#[tokio::test]
async fn a_body_that_breaks_off_keeps_its_head() {
    let exchange = answered("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort").await;
    assert_eq!(
        exchange.step.failure(),
        Some(&Failure::BodyTruncated { received: 5 })
    );
    assert_eq!(exchange.head.unwrap().status, 200);
}

#[tokio::test]
async fn a_peer_that_closes_without_a_byte_is_closed_not_malformed() {
    assert_eq!(
        answered("").await.step.failure(),
        Some(&Failure::Closed { received: 0 })
    );
}

#[tokio::test]
async fn garbage_is_malformed() {
    assert!(matches!(
        answered("this is not HTTP\r\n\r\n").await.step.failure(),
        Some(Failure::HttpMalformed { .. })
    ));
}

#[tokio::test]
async fn what_is_no_http_is_quoted_without_its_fields() {
    let exchange = answered("starting up\u{9b}\nSet-Cookie: sid=s3cret\r\n\r\n").await;
    let Some(Failure::HttpMalformed { reason }) = exchange.step.failure() else {
        panic!("{:?}", exchange.step)
    };
    assert!(
        reason.ends_with("it begins with \"starting up\\u{9b}\""),
        "{reason}"
    );
}

/// A connection that the layer below has ended already.
struct Ended;

impl tokio::io::AsyncRead for Ended {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        _: &mut tokio::io::ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, "an alert")))
    }
}

impl tokio::io::AsyncWrite for Ended {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_reason_for_an_end_before_the_request_is_kept() {
    let timeline = Timeline::new(Instant::now());
    let alert = || Failure::TlsAlert {
        code: 116,
        name: "certificate_required".to_owned(),
    };
    let observation = Observation {
        kernel: &|| None,
        classify: &|_| Some(alert()),
        timeline: &timeline,
        peer: ([127, 0, 0, 1], 1).into(),
    };
    // Which side is first is left to the scheduler: both orders must tell the same.
    for _ in 0..200 {
        let (exchange, _) = exchange(Ended, &request(Protocol::Http11), &LIMITS, observation).await;
        assert_eq!(exchange.step.failure(), Some(&alert()));
    }
}

#[tokio::test]
async fn silence_times_out_with_the_request_on_record() {
    let exchange = asked(server(Vec::new(), Duration::from_secs(5)).await).await;
    assert_eq!(
        exchange.step.failure(),
        Some(&Failure::TimedOut {
            after: LIMITS.response_timeout
        })
    );
    assert!(exchange.stamps.request_end.is_some() && exchange.stamps.response_start.is_none());
}

#[tokio::test]
async fn an_endless_body_is_cut_at_the_limit() {
    let endless = [b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b'x'; 200_000]].concat();
    let exchange = asked(server(vec![(0, endless)], Duration::from_secs(5)).await).await;
    assert!(exchange.step.value().unwrap().body_cut);
}

#[tokio::test]
async fn too_many_header_fields_are_refused() {
    let fields: String = (0..200).map(|index| format!("X-{index}: y\r\n")).collect();
    let exchange = answered(&format!("HTTP/1.1 200 OK\r\n{fields}\r\n")).await;
    assert!(
        matches!(exchange.step.failure(), Some(Failure::HttpMalformed { .. })),
        "{:?}",
        exchange.step
    );
}

#[tokio::test]
async fn hostile_header_bytes_stay_untrusted() {
    let exchange =
        answered("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nServer: \u{202e}evil\u{9b}31m\r\n\r\n")
            .await;
    let head = exchange.head.unwrap();
    assert!(
        !head
            .header("server")
            .unwrap()
            .escaped()
            .chars()
            .any(netwhy_report::untrusted::is_dangerous)
    );
}

#[tokio::test]
async fn a_kept_connection_serves_a_second_request() {
    let ok = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec();
    let address = server(vec![(0, ok.clone()), (150, ok)], Duration::from_secs(2)).await;
    let stream = TcpStream::connect(address).await.unwrap();
    let timeline = Timeline::new(Instant::now());
    let observation = Observation {
        kernel: &|| None,
        classify: &|_| None,
        timeline: &timeline,
        peer: address,
    };
    let (first, kept) = exchange(stream, &request(Protocol::Http11), &LIMITS, observation).await;
    let (second, _) = kept
        .unwrap()
        .again(&request(Protocol::Http11), &LIMITS, observation)
        .await;
    assert_eq!(second.step.value().unwrap().status, 200);
    assert!(second.stamps.request_start > first.stamps.response_end);
}

#[test]
fn redirects_change_the_method_as_browsers_do() {
    assert_eq!(next_method(303, "POST"), "GET");
    assert_eq!(next_method(303, "HEAD"), "HEAD");
    assert_eq!(next_method(301, "POST"), "GET");
    assert_eq!(next_method(307, "POST"), "POST");
    assert!(is_redirect(308) && !is_redirect(304));
}
