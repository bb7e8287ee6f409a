//! `TCP_INFO` decoded: what the kernel knows about a connection, at connect time and later.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use netwhy_report::tcp::TcpInfo;

use crate::kernel::{self, bytes};

/// Reads `TCP_INFO` of a connection; `None` where the system has none of this form.
///
/// Round-trip times are `None` until the kernel has a sample, for instance when SYNs were retransmitted
/// without timestamps. After retransmitted SYNs they are as coarse as TCP timestamps: milliseconds.
/// `bytes_received` counts sequence numbers, so it is one higher once the peer's FIN has arrived.
#[must_use]
pub fn info(stream: &impl AsFd) -> Option<TcpInfo> {
    kernel::tcp_info(stream.as_fd()).map(|raw| decode(&raw))
}

/// A second descriptor of a connection, to sample `TCP_INFO` while TLS or HTTP owns the stream.
///
/// It keeps the TCP connection open: the FIN goes out only when the stream *and* this handle are dropped,
/// unless the stream is shut down explicitly.
#[derive(Debug)]
pub struct InfoHandle(OwnedFd);

impl InfoHandle {
    /// Duplicates the stream's descriptor.
    ///
    /// # Errors
    /// `EMFILE` when no descriptor is left.
    pub fn new(stream: &impl AsFd) -> io::Result<Self> {
        stream.as_fd().try_clone_to_owned().map(Self)
    }

    /// The connection's `TCP_INFO` now.
    #[must_use]
    pub fn sample(&self) -> Option<TcpInfo> {
        info(&self.0)
    }
}

/// Decodes `struct tcp_info` of linux/tcp.h by offset. The struct only ever grows at its end, so a field
/// beyond the length that the kernel returned is one it does not know.
fn decode(raw: &[u8]) -> TcpInfo {
    let word = |offset| bytes(raw, offset).map(u32::from_ne_bytes);
    let micros = |offset| word(offset).map(|value| Duration::from_micros(value.into()));
    let rtt = micros(68).filter(|rtt| !rtt.is_zero());
    TcpInfo {
        rtt,
        // Before the first sample the variance holds its initial value.
        rtt_variance: rtt.and_then(|_| micros(72)),
        // All ones stands for: no sample yet.
        min_rtt: word(148)
            .filter(|&value| value != u32::MAX)
            .map(|value| Duration::from_micros(value.into())),
        rto: micros(8),
        total_retrans: word(100),
        lost: word(32),
        congestion_window: word(80),
        send_mss: word(16),
        path_mtu: word(60),
        bytes_received: bytes(raw, 128).map(u64::from_ne_bytes),
        out_of_order: word(224),
        receive_window: word(232),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(length: usize, words: &[(usize, u32)]) -> Vec<u8> {
        let mut raw = vec![0; length];
        for &(offset, value) in words {
            raw[offset..offset + 4].copy_from_slice(&value.to_ne_bytes());
        }
        raw
    }

    #[test]
    fn fields_are_read_at_their_place() {
        let info = decode(&raw(
            280,
            &[
                (8, 204_000),
                (16, 1448),
                (32, 3),
                (60, 1500),
                (68, 24_800),
                (72, 12_400),
                (80, 10),
                (100, 2),
                (148, 24_000),
                (224, 5),
                (232, 65_535),
            ],
        ));
        assert_eq!(info.rto, Some(Duration::from_millis(204)));
        assert_eq!(info.send_mss, Some(1448));
        assert_eq!(info.lost, Some(3));
        assert_eq!(info.path_mtu, Some(1500));
        assert_eq!(info.rtt, Some(Duration::from_micros(24_800)));
        assert_eq!(info.rtt_variance, Some(Duration::from_micros(12_400)));
        assert_eq!(info.congestion_window, Some(10));
        assert_eq!(info.total_retrans, Some(2));
        assert_eq!(info.min_rtt, Some(Duration::from_millis(24)));
        assert_eq!(info.out_of_order, Some(5));
        assert_eq!(info.receive_window, Some(65_535));
        assert_eq!(info.bytes_received, Some(0));
    }

    #[test]
    fn an_older_kernels_shorter_struct_leaves_newer_fields_unknown() {
        let info = decode(&raw(104, &[(68, 1000)]));
        assert_eq!(info.rtt, Some(Duration::from_millis(1)));
        assert_eq!(info.total_retrans, Some(0));
        assert_eq!(info.bytes_received, None);
        assert_eq!(info.min_rtt, None);
        assert_eq!(info.out_of_order, None);
        assert_eq!(info.receive_window, None);
        // A field that the length cuts in two is unknown as well.
        assert_eq!(decode(&raw(102, &[])).total_retrans, None);
    }

    #[test]
    fn a_round_trip_that_was_not_sampled_is_unknown_and_not_zero() {
        let info = decode(&raw(280, &[(72, 250_000), (148, u32::MAX)]));
        assert_eq!(
            (info.rtt, info.rtt_variance, info.min_rtt),
            (None, None, None)
        );
    }
}
