//! Durations, sizes, counts and times as people read them.

use std::time::Duration;

use jiff::Timestamp;

/// `850 µs`, `12.1 ms`, `3.20 s`; below a microsecond `<1 µs`, for a measured time is never shown as nothing.
pub(crate) fn duration(duration: Duration, unicode: bool) -> String {
    let micro = if unicode { "µs" } else { "us" };
    // The bounds lie where rounding would reach the next unit.
    if duration < Duration::from_micros(1) {
        format!("<1 {micro}")
    } else if duration < Duration::from_micros(1000) {
        format!("{} {micro}", duration.as_micros())
    } else if duration < Duration::from_micros(999_950) {
        format!("{:.1} ms", duration.as_secs_f64() * 1e3)
    } else {
        format!("{:.2} s", duration.as_secs_f64())
    }
}

/// Milliseconds without the unit, for the row below the waterfall: `331.0`, `<0.1`.
pub(crate) fn milliseconds(duration: Duration) -> String {
    if duration < Duration::from_micros(50) {
        "<0.1".to_owned()
    } else {
        format!("{:.1}", duration.as_secs_f64() * 1e3)
    }
}

/// `512 B`, `18 kB`, `1.5 MB` (powers of 1000).
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..999_500 => format!("{} kB", (bytes + 500) / 1000),
        _ => {
            let tenths = (bytes + 50_000) / 100_000;
            format!("{}.{} MB", tenths / 10, tenths % 10)
        }
    }
}

/// `1 address`, `2 addresses`: the plural is given where it is not made with an s.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 {
        format!("1 {one}")
    } else {
        format!("{number} {many}")
    }
}

/// The distance between two times: `38 days`, `5 hours`, `12 minutes`.
pub(crate) fn distance(from: Timestamp, to: Timestamp) -> String {
    let seconds = from.as_second().abs_diff(to.as_second());
    let (number, unit) = match seconds {
        0..3_600 => (seconds / 60, "minute"),
        3_600..172_800 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

/// `2026-11-23 08:22:42Z`.
pub(crate) fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// `2026-11-23`.
pub(crate) fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_keep_three_figures_or_so_and_never_turn_into_zero() {
        let shown = |nanos| duration(Duration::from_nanos(nanos), true);
        assert_eq!(shown(0), "<1 µs");
        assert_eq!(shown(850_400), "850 µs");
        assert_eq!(shown(12_100_000), "12.1 ms");
        assert_eq!(shown(999_960_000), "1.00 s");
        assert_eq!(shown(3_204_000_000), "3.20 s");
        assert_eq!(milliseconds(Duration::from_micros(20)), "<0.1");
        assert_eq!(milliseconds(Duration::from_micros(331_040)), "331.0");
    }

    #[test]
    fn sizes_are_in_powers_of_a_thousand() {
        assert_eq!(size(999), "999 B");
        assert_eq!(size(18_000), "18 kB");
        assert_eq!(size(999_499), "999 kB");
        assert_eq!(size(999_500), "1.0 MB");
        assert_eq!(size(10_485_760), "10.5 MB");
    }

    #[test]
    fn a_distance_is_whole_days_from_two_days_on() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(
            distance(at("2026-11-23T08:00:00Z"), at("2026-12-31T09:00:00Z")),
            "38 days"
        );
        assert_eq!(
            distance(at("2026-11-23T08:00:00Z"), at("2026-11-21T09:00:00Z")),
            "47 hours"
        );
        assert_eq!(
            distance(at("2026-11-23T08:00:00Z"), at("2026-11-23T08:01:00Z")),
            "1 minute"
        );
        assert_eq!(moment(at("2026-11-23T08:22:42.5Z")), "2026-11-23 08:22:42Z");
    }
}
