//! Durations and sizes for people.

use std::time::Duration;

/// `0.4 ms`, `12.1 ms`, `1.20 s`.
pub(crate) fn duration(duration: Duration) -> String {
    let milliseconds = duration.as_secs_f64() * 1000.0;
    if milliseconds < 1000.0 {
        format!("{milliseconds:.1} ms")
    } else {
        format!("{:.2} s", duration.as_secs_f64())
    }
}

/// `512 B`, `18 kB`, `2.1 MB` (powers of ten).
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_follow_the_magnitude() {
        assert_eq!(duration(Duration::from_micros(412_100)), "412.1 ms");
        assert_eq!(duration(Duration::from_millis(1_204)), "1.20 s");
        assert_eq!(
            [size(512), size(18_400), size(2_150_000)],
            ["512 B", "18 kB", "2.1 MB"]
        );
    }
}
