//! Serials: which of two is newer, and when one was made, if its form tells.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use netwhy_report::dns::compare::Soa;

/// Whether `one` is newer than `other` ([RFC 1982 §3.2](https://www.rfc-editor.org/rfc/rfc1982#section-3.2)); at a distance of
/// exactly 2^31 neither is.
pub(crate) fn is_newer(one: u32, other: u32) -> bool {
    let ahead = one.wrapping_sub(other);
    ahead != 0 && ahead < 1 << 31
}

/// The newest of some serials; `None` where they have no order.
pub(crate) fn newest(serials: &[u32]) -> Option<u32> {
    let beats_all = |one: &&u32| {
        serials
            .iter()
            .all(|other| other == *one || is_newer(**one, *other))
    };
    serials.iter().find(beats_all).copied()
}

/// Time that a transfer may take once it was asked for.
const MARGIN: SignedDuration = SignedDuration::from_mins(15);
/// A day begins 14 hours earlier in the east than in UTC and ends 12 hours later in the west.
const WESTERNMOST: SignedDuration = SignedDuration::from_hours(12);

/// Whether a secondary that asks as the SOA record says should have this serial by now.
pub(super) fn is_overdue(soa: &Soa, now: Timestamp) -> bool {
    let wait = SignedDuration::from_secs(i64::from(soa.refresh) + i64::from(soa.retry));
    made_at(soa.serial, now)
        .and_then(|made| made.checked_add(wait + MARGIN).ok())
        .is_some_and(|due| due < now)
}

/// The latest time at which a serial can have been made, where it is a date (`YYYYMMDDnn`) or a Unix time of the last ten years.
fn made_at(serial: u32, now: Timestamp) -> Option<Timestamp> {
    const TEN_YEARS: i64 = 10 * 366 * 86_400;
    let seconds = i64::from(serial);
    if (now.as_second() - TEN_YEARS..=now.as_second()).contains(&seconds) && date(serial).is_none()
    {
        return Timestamp::from_second(seconds).ok();
    }
    let day = date(serial)?;
    let midnight = day.tomorrow().ok()?.at(0, 0, 0, 0);
    let end = jiff::tz::Offset::UTC.to_timestamp(midnight).ok()?;
    end.checked_add(WESTERNMOST).ok()
}

fn date(serial: u32) -> Option<Date> {
    let day = serial / 100;
    let year = i16::try_from(day / 10_000)
        .ok()
        .filter(|year| (1990..2100).contains(year))?;
    let month = i8::try_from(day / 100 % 100).ok()?;
    let day = i8::try_from(day % 100).ok()?;
    Date::new(year, month, day).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use netwhy_report::Untrusted;

    #[test]
    fn serials_wrap_around() {
        assert!(is_newer(2, 1) && !is_newer(1, 2) && !is_newer(7, 7));
        assert!(is_newer(0, u32::MAX), "after the last comes 0");
        assert!(
            !is_newer(1 << 31, 0) && !is_newer(0, 1 << 31),
            "no order at half the circle"
        );
        assert_eq!(newest(&[u32::MAX, 3, u32::MAX - 5]), Some(3));
        assert_eq!(newest(&[0, 1 << 31]), None);
        assert_eq!(newest(&[]), None);
    }

    #[test]
    fn a_serial_that_is_a_date_tells_when_a_secondary_is_late() {
        let soa = |serial| Soa {
            primary: Untrusted::from("ns1.shop.test."),
            serial,
            refresh: 3600,
            retry: 600,
            expire: 86_400,
            minimum: 60,
        };
        let now: Timestamp = "2026-11-24T12:00:00Z".parse().unwrap();
        assert!(is_overdue(&soa(2_026_112_001), now));
        assert!(!is_overdue(&soa(2_026_112_402), now), "made today");
        assert!(
            !is_overdue(&soa(2_026_112_302), now),
            "the day lasted until noon in the far west"
        );
        assert!(!is_overdue(&soa(17), now), "a counter tells nothing");
        let unix =
            |text: &str| u32::try_from(text.parse::<Timestamp>().unwrap().as_second()).unwrap();
        assert!(is_overdue(&soa(unix("2026-11-24T09:00:00Z")), now));
        assert!(!is_overdue(&soa(unix("2026-11-24T11:30:00Z")), now));
    }
}
