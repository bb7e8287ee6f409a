//! The location of LOC ([RFC 1876](https://www.rfc-editor.org/rfc/rfc1876)):
//! `52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m`.

use crate::presentation::PresentationError;
use crate::presentation::words::Words;
use crate::wire::{Malformed, Reader};

/// Thousandths of a second of arc of the equator and the prime meridian.
const ORIGIN: u32 = 1 << 31;

/// Thousandths of a second of arc in a degree.
const DEGREE: u32 = 3_600_000;

/// Centimetres of the reference altitude, 100 km below the WGS 84 spheroid.
const ALTITUDE: u32 = 10_000_000;

/// Reads all sixteen bytes.
pub(crate) fn read(reader: &mut Reader<'_>) -> Result<String, Malformed> {
    let start = reader.clone();
    let version = reader.u8()?;
    if version != 0 {
        return Err(start.fault(format!("version {version} of LOC is not known")));
    }
    let precisions = [reader.u8()?, reader.u8()?, reader.u8()?].map(metres);
    let latitude = angle(reader.u32()?, 90, ["N", "S"]);
    let longitude = angle(reader.u32()?, 180, ["E", "W"]);
    let altitude = reader.u32()?;
    let (sign, centimetres) = if altitude < ALTITUDE {
        ("-", ALTITUDE - altitude)
    } else {
        ("", altitude - ALTITUDE)
    };
    let [Some(size), Some(horizontal), Some(vertical)] = precisions else {
        return Err(start.fault("a size or precision of LOC is not one digit times a power of ten"));
    };
    let (Some(latitude), Some(longitude)) = (latitude, longitude) else {
        return Err(start.fault("the latitude or longitude of LOC is beyond its range"));
    };
    let (whole, cents) = (centimetres / 100, centimetres % 100);
    Ok(format!(
        "{latitude} {longitude} {sign}{whole}.{cents:02}m {size} {horizontal} {vertical}"
    ))
}

/// Writes what the words say; size and precisions may be left out (RFC 1876 §3).
pub(crate) fn write(words: &mut Words<'_>, out: &mut Vec<u8>) -> Result<(), PresentationError> {
    let latitude = write_angle(words, 90, ["N", "S"])?;
    let longitude = write_angle(words, 180, ["E", "W"])?;
    let expected = "an altitude in metres from -100000.00 to 42849672.95";
    let word = words.next(expected)?;
    let altitude = centimetres(&word.text)
        .and_then(|altitude| u32::try_from(altitude + i64::from(ALTITUDE)).ok())
        .ok_or_else(|| PresentationError::unexpected(&word.text, expected))?;
    // 1 m, 10 km, 10 m: the defaults.
    let mut precisions = [0x12, 0x16, 0x13];
    for precision in &mut precisions {
        let Some(word) = words.peek() else {
            break;
        };
        let expected = "a size or precision in metres up to 90000000.00";
        *precision = centimetres(&word.text)
            .and_then(|size| digit_and_power(u64::try_from(size).ok()?))
            .ok_or_else(|| PresentationError::unexpected(&word.text, expected))?;
        words.next(expected)?;
    }
    out.push(0);
    out.extend(precisions);
    for value in [latitude, longitude, altitude] {
        out.extend(value.to_be_bytes());
    }
    Ok(())
}

/// A size: a digit and a power of ten, in centimetres.
fn metres(byte: u8) -> Option<String> {
    let (digit, power) = (u64::from(byte >> 4), u32::from(byte & 15));
    if digit > 9 || power > 9 {
        return None;
    }
    Some(match power {
        0 | 1 => format!("0.{:02}m", digit * 10u64.pow(power)),
        _ => format!("{}m", digit * 10u64.pow(power - 2)),
    })
}

fn digit_and_power(centimetres: u64) -> Option<u8> {
    let mut digit = centimetres;
    let mut power = 0u8;
    while digit > 9 {
        digit /= 10;
        power += 1;
    }
    (power <= 9).then_some(u8::try_from(digit).ok()? << 4 | power)
}

fn angle(value: u32, limit: u32, [positive, negative]: [&str; 2]) -> Option<String> {
    let side = if value < ORIGIN { negative } else { positive };
    let distance = value.abs_diff(ORIGIN);
    let (degrees, rest) = (distance / DEGREE, distance % DEGREE);
    let (minutes, rest) = (rest / 60_000, rest % 60_000);
    let (seconds, thousandths) = (rest / 1000, rest % 1000);
    (distance <= limit * DEGREE)
        .then(|| format!("{degrees} {minutes} {seconds}.{thousandths:03} {side}"))
}

fn write_angle(
    words: &mut Words<'_>,
    limit: u32,
    [positive, negative]: [&str; 2],
) -> Result<u32, PresentationError> {
    let mut distance = words.number(limit)? * DEGREE;
    for unit in [60_000, 1000] {
        let expected = format!("minutes, seconds, or {positive} or {negative}");
        let word = words.next(&expected)?;
        let sign = match word.text.to_ascii_uppercase() {
            text if text == positive => Some(true),
            text if text == negative => Some(false),
            _ => None,
        };
        if let Some(sign) = sign {
            return side(distance, sign, limit, &word.text);
        }
        // Seconds have up to three decimals, minutes none.
        let value = thousandths(&word.text)
            .filter(|value| *value < 60_000 && (unit == 1000 || value % 1000 == 0))
            .ok_or_else(|| PresentationError::unexpected(&word.text, &*expected))?;
        distance += value * (unit / 1000);
    }
    let expected = format!("{positive} or {negative}");
    let word = words.next(&expected)?;
    match word.text.to_ascii_uppercase() {
        text if text == positive => side(distance, true, limit, &word.text),
        text if text == negative => side(distance, false, limit, &word.text),
        _ => Err(PresentationError::unexpected(&word.text, expected)),
    }
}

fn side(distance: u32, positive: bool, limit: u32, given: &str) -> Result<u32, PresentationError> {
    if distance > limit * DEGREE {
        let expected = format!("an angle up to {limit} degrees");
        return Err(PresentationError::unexpected(given, expected));
    }
    Ok(if positive {
        ORIGIN + distance
    } else {
        ORIGIN - distance
    })
}

/// `SS` or `SS.sss` in thousandths.
fn thousandths(text: &str) -> Option<u32> {
    decimal(text, 3).and_then(|value| u32::try_from(value).ok())
}

/// `[-]M[.CC][m]` in centimetres.
fn centimetres(text: &str) -> Option<i64> {
    let text = text.strip_suffix(['m', 'M']).unwrap_or(text);
    match text.strip_prefix('-') {
        Some(text) => decimal(text, 2).map(|value| -value),
        None => decimal(text, 2),
    }
}

/// A decimal number in units of its last allowed place.
fn decimal(text: &str, places: usize) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 12 || fraction.len() > places {
        return None;
    }
    if !digits(whole) || !digits(fraction) {
        return None;
    }
    format!("{whole}{fraction:0<places$}").parse().ok()
}
