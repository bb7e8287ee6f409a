//! The address race of browsers ([RFC 8305 §5](https://www.rfc-editor.org/rfc/rfc8305#section-5)): attempts start
//! staggered, the first connection wins, the others are abandoned.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use netwhy_report::tcp::{TcpAttempt, TcpConnected};
use netwhy_report::{Failure, Layer, SkipReason, Step, Timeline};
use tokio::net::TcpStream;

use crate::connect::{ConnectOptions, connect};

/// The connection attempt delay that [RFC 8305 §5](https://www.rfc-editor.org/rfc/rfc8305#section-5) recommends.
pub const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// The order of a race: the families take turns, IPv6 first, and each family keeps the order given
/// ([RFC 8305 §4](https://www.rfc-editor.org/rfc/rfc8305#section-4)).
#[must_use]
pub fn order(addresses: &[SocketAddr]) -> Vec<SocketAddr> {
    let (v6, v4): (Vec<SocketAddr>, Vec<SocketAddr>) =
        addresses.iter().partition(|address| address.is_ipv6());
    let (mut v6, mut v4) = (v6.into_iter(), v4.into_iter());
    let mut ordered = Vec::with_capacity(addresses.len());
    while ordered.len() < addresses.len() {
        ordered.extend(v6.next());
        ordered.extend(v4.next());
    }
    ordered
}

/// Races `addresses` in the order of [`order`]: the next attempt starts when one fails, or `attempt_delay` after
/// the latest start. A family without a route fails at once and costs no delay.
///
/// Gives the race's own step, from its first start to the winner; every attempt that was started, in the order of
/// their start; and the winner's stream. An attempt still open at the end is skipped as `not_needed`. When all
/// fail, the race's failure is the one that tells most: an answer from the network before a shortage on this host,
/// that before silence, and a missing route last; the earliest of equals. Without addresses the race is skipped.
///
/// Takes at most `options.timeout` plus `attempt_delay` for each address but the first.
pub async fn race(
    addresses: &[SocketAddr],
    options: &ConnectOptions,
    attempt_delay: Duration,
    timeline: &Timeline,
) -> (Step<TcpConnected>, Vec<TcpAttempt>, Option<TcpStream>) {
    let begun = timeline.offset(Instant::now());
    let mut waiting = order(addresses).into_iter();
    let mut attempts: Vec<TcpAttempt> = Vec::new();
    let mut running = FuturesUnordered::new();
    let timer = tokio::time::sleep(attempt_delay);
    tokio::pin!(timer);
    loop {
        // Not by a timer of length zero: that takes up to a millisecond, which the first connect would pay for.
        if let Some(peer) = waiting.next() {
            let start = timeline.offset(Instant::now());
            let index = attempts.len();
            attempts.push(TcpAttempt {
                peer,
                step: Step::skipped(start, SkipReason::NotNeeded),
            });
            running.push(async move { (index, connect(peer, options, timeline).await) });
            timer
                .as_mut()
                .reset(tokio::time::Instant::now() + attempt_delay);
        }
        tokio::select! {
            biased;
            Some(ended) = running.next(), if !running.is_empty() => {
                let (index, (attempt, stream)): Numbered = ended;
                attempts[index] = attempt.clone();
                if stream.is_some() {
                    let took = attempt.step.end().saturating_sub(begun);
                    let step = Step {
                        start: begun,
                        duration: Some(took),
                        ..attempt.step
                    };
                    return (step, attempts, stream);
                }
                if waiting.len() == 0 && running.is_empty() {
                    break;
                }
            }
            () = &mut timer, if waiting.len() > 0 => {}
            else => break,
        }
    }
    (all_failed(begun, timeline, &attempts), attempts, None)
}

/// A result with its attempt's place in the order of the starts.
type Numbered = (usize, (TcpAttempt, Option<TcpStream>));

fn all_failed(begun: Duration, timeline: &Timeline, attempts: &[TcpAttempt]) -> Step<TcpConnected> {
    let failures = attempts.iter().filter_map(|attempt| attempt.step.failure());
    // min_by_key gives the earliest of equals.
    match failures.min_by_key(|failure| silence(failure)) {
        Some(failure) => Step::failed(begun, timeline.offset(Instant::now()), failure.clone()),
        None if attempts.is_empty() => {
            Step::skipped(begun, SkipReason::DependencyFailed { layer: Layer::Dns })
        }
        None => Step::skipped(begun, SkipReason::NotAsked),
    }
}

/// How little a failure says about the target: 0 is an answer.
fn silence(failure: &Failure) -> u8 {
    match failure {
        Failure::Refused { .. }
        | Failure::Reset { .. }
        | Failure::Unreachable { icmp: Some(_), .. } => 0,
        Failure::TimedOut { .. } => 2,
        Failure::Unreachable { icmp: None, .. } => 3,
        _ => 1,
    }
}
