//! The validity period of a signature: 32-bit times in serial number arithmetic
//! ([RFC 4034 §3.1.5](https://www.rfc-editor.org/rfc/rfc4034#section-3.1.5), [RFC 1982](https://www.rfc-editor.org/rfc/rfc1982)).

use jiff::Timestamp;

/// Where a time stands to a signature's period, both ends of which belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Validity {
    /// Inside.
    Valid,
    /// Before the inception.
    NotYet,
    /// After the expiration.
    Expired,
}

/// Judges `now` against a period.
///
/// A period that ends before it begins counts as expired: no time lies in it.
pub(super) fn validity(inception: u32, expiration: u32, now: Timestamp) -> Validity {
    let now = clock(now);
    if after(inception, expiration) || after(now, expiration) {
        // An expiration before the inception leaves nothing; which of the two ends is wrong cannot be told.
        Validity::Expired
    } else if after(inception, now) {
        Validity::NotYet
    } else {
        Validity::Valid
    }
}

/// The time that a 32-bit field means: the one nearest to `now`.
pub(super) fn instant(serial: u32, now: Timestamp) -> Timestamp {
    let distance = serial.wrapping_sub(clock(now)).cast_signed();
    Timestamp::from_second(now.as_second().saturating_add(i64::from(distance))).unwrap_or(now)
}

/// Seconds from `now` to an expiration that lies ahead.
pub(super) fn seconds_left(expiration: u32, now: Timestamp) -> u32 {
    expiration.wrapping_sub(clock(now))
}

/// A time as the field would have it: seconds since 1970 modulo 2^32.
fn clock(now: Timestamp) -> u32 {
    let [_, _, _, _, low @ ..] = now.as_second().to_be_bytes();
    u32::from_be_bytes(low)
}

/// Whether `a` comes after `b`. Two times half the circle apart have no order and count as "after", so that neither is trusted.
fn after(a: u32, b: u32) -> bool {
    let distance = a.wrapping_sub(b);
    distance != 0 && distance <= 1 << 31
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn both_ends_belong_to_the_period() {
        assert_eq!(validity(100, 200, at(99)), Validity::NotYet);
        assert_eq!(validity(100, 200, at(100)), Validity::Valid);
        assert_eq!(validity(100, 200, at(200)), Validity::Valid);
        assert_eq!(validity(100, 200, at(201)), Validity::Expired);
    }

    #[test]
    fn a_period_may_span_the_wrap_of_2106() {
        let wrap = i64::from(u32::MAX) + 1;
        let (inception, expiration) = (u32::MAX - 9, 10);
        assert_eq!(
            validity(inception, expiration, at(wrap - 11)),
            Validity::NotYet
        );
        assert_eq!(
            validity(inception, expiration, at(wrap - 1)),
            Validity::Valid
        );
        assert_eq!(validity(inception, expiration, at(wrap)), Validity::Valid);
        assert_eq!(
            validity(inception, expiration, at(wrap + 10)),
            Validity::Valid
        );
        assert_eq!(
            validity(inception, expiration, at(wrap + 11)),
            Validity::Expired
        );
        assert_eq!(instant(10, at(wrap - 1)), at(wrap + 10));
        assert_eq!(instant(u32::MAX, at(wrap + 5)), at(wrap - 1));
        assert_eq!(seconds_left(10, at(wrap - 5)), 15);
    }

    #[test]
    fn the_order_turns_at_half_the_circle() {
        let half = 1_u32 << 31;
        assert!(after(half - 1, 0));
        assert!(!after(0, half - 1));
        // RFC 1982 §3.2 leaves this pair undefined: it must not validate either way.
        assert!(after(half, 0) && after(0, half));
        assert!(!after(half + 1, 0));
        assert!(after(0, half + 1));
    }

    #[test]
    fn a_reversed_period_holds_for_no_time() {
        for now in [50, 100, 150, 200, 250] {
            assert_ne!(validity(200, 100, at(now)), Validity::Valid);
        }
    }
}
