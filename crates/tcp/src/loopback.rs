//! The crate against real sockets on loopback: open, closed and silent ports.

use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use netwhy_report::tcp::TcpAttempt;
use netwhy_report::{Failure, SkipReason, Timeline};
use socket2::{Domain, Socket, Type};

use crate::{ATTEMPT_DELAY, ConnectOptions, InfoHandle, connect, info, order, race, start_matrix};

const OPTIONS: ConnectOptions = ConnectOptions {
    timeout: Duration::from_secs(3),
    source: None,
};

fn timeline() -> Timeline {
    Timeline::new(Instant::now())
}

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn open(at: &str) -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind(at).unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// A port that is taken but does not listen: every SYN draws a RST.
fn closed(at: &str) -> (Socket, SocketAddr) {
    let at = address(at);
    let socket = Socket::new(Domain::for_address(at), Type::STREAM, None).unwrap();
    socket.bind(&at.into()).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    (socket, address)
}

/// A listener whose accept queue is full: the kernel drops every further SYN.
fn silent(at: &str) -> (Vec<Socket>, SocketAddr) {
    let (listener, address) = closed(at);
    listener.listen(0).unwrap();
    let mut held = vec![listener];
    for _ in 0..3 {
        let filler = Socket::new(Domain::for_address(address), Type::STREAM, None).unwrap();
        filler.set_nonblocking(true).unwrap();
        let _in_progress = filler.connect(&address.into());
        held.push(filler);
    }
    (held, address)
}

fn is_refused(attempt: &TcpAttempt) -> bool {
    attempt.step.failure() == Some(&Failure::Refused { icmp: None })
}

#[tokio::test]
async fn a_connect_gives_both_ends_and_a_round_trip_time() {
    let (_listener, peer) = open("127.0.0.1:0");
    let (attempt, stream) = connect(peer, &OPTIONS, &timeline()).await;
    let stream = stream.unwrap();
    let connected = attempt.step.value().unwrap();
    assert_eq!(connected.peer, peer);
    assert_eq!(connected.local, stream.local_addr().unwrap());
    assert!(stream.nodelay().unwrap());
    if cfg!(target_os = "linux") {
        let info = connected.info.unwrap();
        let rtt = info.rtt.unwrap();
        assert!(
            rtt > Duration::ZERO && rtt < Duration::from_secs(1),
            "{rtt:?}"
        );
        assert!(info.min_rtt.unwrap() <= Duration::from_secs(1));
        assert_eq!(info.total_retrans, Some(0));
        assert_eq!(info.bytes_received, Some(0));
        assert!(info.send_mss.unwrap() > 500);
    }
}

#[tokio::test]
async fn a_closed_port_refuses_without_an_icmp_error() {
    for at in ["127.0.0.1:0", "[::1]:0"] {
        let (_held, peer) = closed(at);
        let (attempt, stream) = connect(peer, &OPTIONS, &timeline()).await;
        assert!(is_refused(&attempt), "{attempt:?}");
        assert!(stream.is_none());
    }
}

#[tokio::test]
async fn silence_times_out_after_the_timeout() {
    let (_held, peer) = silent("127.0.0.1:0");
    let after = Duration::from_millis(200);
    let options = ConnectOptions {
        timeout: after,
        ..OPTIONS
    };
    let (attempt, _) = connect(peer, &options, &timeline()).await;
    assert_eq!(attempt.step.failure(), Some(&Failure::TimedOut { after }));
    assert!(attempt.step.duration.unwrap() >= after);
}

#[tokio::test]
async fn the_source_address_of_the_options_is_used() {
    let (_listener, peer) = open("127.0.0.1:0");
    let source = Some("127.0.0.9".parse().unwrap());
    let options = ConnectOptions { source, ..OPTIONS };
    let (attempt, _stream) = connect(peer, &options, &timeline()).await;
    assert_eq!(
        attempt.step.value().map(|connected| connected.local.ip()),
        source
    );
}

#[tokio::test]
async fn a_source_that_is_not_ours_is_a_system_error_and_not_a_lack_of_ports() {
    let (_listener, peer) = open("127.0.0.1:0");
    let source = Some("203.0.113.77".parse().unwrap());
    let options = ConnectOptions { source, ..OPTIONS };
    let (attempt, _) = connect(peer, &options, &timeline()).await;
    let errno = libc::EADDRNOTAVAIL;
    assert_eq!(attempt.step.failure(), Some(&Failure::System { errno }));
}

#[tokio::test]
async fn a_source_of_the_other_family_skips_the_address() {
    let source = Some("127.0.0.1".parse().unwrap());
    let options = ConnectOptions { source, ..OPTIONS };
    let (attempt, _) = connect(address("[::1]:9"), &options, &timeline()).await;
    assert_eq!(attempt.step.skip_reason(), Some(&SkipReason::NotAsked));
}

#[tokio::test]
async fn a_handle_samples_bytes_received_after_the_stream_moved_away() {
    use std::io::Write;
    use tokio::io::AsyncReadExt;
    let (listener, peer) = open("127.0.0.1:0");
    let (_, stream) = connect(peer, &OPTIONS, &timeline()).await;
    let mut stream = stream.unwrap();
    let handle = InfoHandle::new(&stream).unwrap();
    // Held open: a FIN would count as a byte.
    let (mut accepted, _) = listener.accept().unwrap();
    accepted.write_all(b"hello").unwrap();
    let moved = tokio::spawn(async move {
        stream.read_exact(&mut [0; 5]).await.unwrap();
        info(&stream)
    });
    let inside = moved.await.unwrap();
    if cfg!(target_os = "linux") {
        assert_eq!(handle.sample().unwrap().bytes_received, Some(5));
        assert_eq!(inside.unwrap().bytes_received, Some(5));
    }
}

#[test]
fn the_order_takes_families_in_turn_with_ipv6_first() {
    let given = [
        "10.0.0.1:1",
        "10.0.0.2:1",
        "[::1]:1",
        "10.0.0.3:1",
        "[::2]:1",
    ]
    .map(address);
    let expected = [
        "[::1]:1",
        "10.0.0.1:1",
        "[::2]:1",
        "10.0.0.2:1",
        "10.0.0.3:1",
    ]
    .map(address);
    assert_eq!(order(&given), expected);
    assert!(order(&[]).is_empty());
}

#[tokio::test]
async fn a_race_prefers_ipv6_and_starts_nothing_else() {
    let (_v4, v4) = open("127.0.0.1:0");
    let (_v6, v6) = open("[::1]:0");
    let (step, attempts, stream) = race(&[v4, v6], &OPTIONS, ATTEMPT_DELAY, &timeline()).await;
    assert_eq!(step.value().unwrap().peer, v6);
    assert_eq!(attempts.len(), 1);
    assert_eq!(stream.unwrap().peer_addr().unwrap(), v6);
}

#[tokio::test]
async fn a_refusal_starts_the_next_address_without_the_delay() {
    let (_v4, v4) = open("127.0.0.1:0");
    let (_held, v6) = closed("[::1]:0");
    let delay = Duration::from_secs(60);
    let (step, attempts, stream) = race(&[v4, v6], &OPTIONS, delay, &timeline()).await;
    assert_eq!(step.value().unwrap().peer, v4);
    assert!(is_refused(&attempts[0]), "{attempts:?}");
    assert_eq!(attempts[1].step.value(), step.value());
    assert!(step.duration.unwrap() < Duration::from_secs(30));
    assert!(stream.is_some());
}

#[tokio::test]
async fn a_silent_first_address_costs_the_delay_and_is_recorded_as_abandoned() {
    let (_held, dead) = silent("127.0.0.1:0");
    let (_listener, alive) = open("127.0.0.1:0");
    let (step, attempts, _stream) =
        race(&[dead, alive], &OPTIONS, ATTEMPT_DELAY, &timeline()).await;
    assert_eq!(step.value().unwrap().peer, alive);
    let took = step.duration.unwrap();
    assert!(took >= ATTEMPT_DELAY && took < OPTIONS.timeout, "{took:?}");
    assert_eq!(attempts[0].peer, dead);
    assert_eq!(attempts[0].step.skip_reason(), Some(&SkipReason::NotNeeded));
    assert!(attempts[1].step.start >= attempts[0].step.start + ATTEMPT_DELAY);
}

#[tokio::test]
async fn a_lost_race_fails_with_an_answer_rather_than_with_silence() {
    let (_silent, dead) = silent("127.0.0.1:0");
    let (_closed, refusing) = closed("127.0.0.1:0");
    let options = ConnectOptions {
        timeout: Duration::from_millis(300),
        ..OPTIONS
    };
    let delay = Duration::from_millis(50);
    let (step, attempts, stream) = race(&[dead, refusing], &options, delay, &timeline()).await;
    assert_eq!(step.failure(), Some(&Failure::Refused { icmp: None }));
    assert!(matches!(
        attempts[0].step.failure(),
        Some(Failure::TimedOut { .. })
    ));
    assert!(stream.is_none());
}

#[tokio::test]
async fn a_race_without_addresses_is_skipped() {
    let (step, attempts, _) = race(&[], &OPTIONS, ATTEMPT_DELAY, &timeline()).await;
    assert!(step.skip_reason().is_some());
    assert!(attempts.is_empty());
}

#[tokio::test]
async fn the_matrix_keeps_the_order_and_a_dead_address_delays_nobody() {
    let (_held, dead) = silent("127.0.0.1:0");
    let (_listener, alive) = open("127.0.0.1:0");
    let (_closed, refusing) = closed("127.0.0.1:0");
    let options = ConnectOptions {
        timeout: Duration::from_secs(1),
        ..OPTIONS
    };
    let mut matrix = start_matrix(&[dead, alive, refusing], &options, &timeline());
    let settled = tokio::time::timeout(Duration::from_millis(400), matrix.settled()).await;
    assert!(settled.is_err(), "the dead address is still being tried");

    let partial = matrix.snapshot();
    assert_eq!(
        partial[0].step.skip_reason(),
        Some(&SkipReason::Interrupted)
    );
    assert!(partial[1].step.value().is_some());
    assert!(is_refused(&partial[2]));

    let all = matrix.finish().await;
    assert!(matches!(
        all[0].step.failure(),
        Some(Failure::TimedOut { .. })
    ));
    assert_eq!(all[1..], partial[1..]);
    let peers: Vec<SocketAddr> = all.iter().map(|attempt| attempt.peer).collect();
    assert_eq!(peers, [dead, alive, refusing]);
}

#[tokio::test]
async fn the_matrix_closes_each_connection_as_soon_as_it_stands() {
    use std::io::Read;
    let (listener, peer) = open("127.0.0.1:0");
    start_matrix(&[peer], &OPTIONS, &timeline()).finish().await;
    let (mut accepted, _) = listener.accept().unwrap();
    accepted
        .set_read_timeout(Some(Duration::from_secs(3)))
        .unwrap();
    assert_eq!(accepted.read(&mut [0; 1]).unwrap(), 0);
}
