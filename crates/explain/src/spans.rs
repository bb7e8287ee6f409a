//! Lengths of time in words: milliseconds for phases, days for certificates.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// `412.1 ms`, `3.20 s`.
pub(crate) fn brief(duration: Duration) -> String {
    if duration >= Duration::from_secs(1) {
        format!("{:.2} s", duration.as_secs_f64())
    } else {
        format!("{:.1} ms", duration.as_secs_f64() * 1000.0)
    }
}

/// The distance between two times in its largest sensible unit: `3 days`, `1 hour`, `5 minutes`.
pub(crate) fn distance(one: Timestamp, other: Timestamp) -> String {
    let length: SignedDuration = one.duration_since(other).abs();
    let hours = length.as_hours();
    let (count, unit) = match (hours / 24, hours) {
        (days, _) if days >= 2 => (days, "day"),
        (_, hours) if hours >= 1 => (hours, "hour"),
        _ => (length.as_mins(), "minute"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_uses_the_largest_sensible_unit_whatever_the_order() {
        let at: Timestamp = "2026-11-23T08:00:00Z".parse().unwrap();
        let before = |text: &str| distance(text.parse().unwrap(), at);
        assert_eq!(before("2026-11-20T07:00:00Z"), "3 days");
        assert_eq!(before("2026-11-22T07:00:00Z"), "25 hours");
        assert_eq!(before("2026-11-23T09:10:00Z"), "1 hour");
        assert_eq!(before("2026-11-23T08:05:00Z"), "5 minutes");
    }

    #[test]
    fn a_phase_is_given_in_milliseconds_below_a_second() {
        assert_eq!(brief(Duration::from_micros(412_100)), "412.1 ms");
        assert_eq!(brief(Duration::from_millis(3_200)), "3.20 s");
    }
}
