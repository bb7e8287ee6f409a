//! Names below a zone, and the text of TXT records.

use crate::Untrusted;

/// Whether a name lies in a zone or is its apex; both absolute.
#[must_use]
pub fn is_below(name: &Untrusted, zone: &Untrusted) -> bool {
    let (name, zone) = (name.raw(), zone.raw());
    if zone == b"." {
        return true;
    }
    let Some(split) = name.len().checked_sub(zone.len()) else {
        return false;
    };
    let (labels, tail) = name.split_at(split);
    let at_a_dot = match labels {
        [] => true,
        [.., b'\\', b'.'] => false,
        [.., last] => *last == b'.',
    };
    tail.eq_ignore_ascii_case(zone) && at_a_dot
}

/// The strings of a TXT record as one text, as SPF and DMARC read it ([RFC 7208 §3.3](https://www.rfc-editor.org/rfc/rfc7208#section-3.3)).
#[must_use]
pub fn text_of(data: &Untrusted) -> Untrusted {
    let mut text = Vec::new();
    let mut bytes = data.raw().iter().copied();
    let mut quoted = false;
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => quoted = !quoted,
            b'\\' => {
                let digits: Vec<u8> = bytes.clone().take(3).collect();
                let code = std::str::from_utf8(&digits)
                    .ok()
                    .filter(|digits| digits.len() == 3);
                match code.and_then(|digits| digits.parse().ok()) {
                    Some(code) => {
                        text.push(code);
                        bytes.nth(2);
                    }
                    None => text.extend(bytes.next()),
                }
            }
            b' ' if !quoted => {}
            byte => text.push(byte),
        }
    }
    Untrusted::new(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_means_at_a_label() {
        let below =
            |name: &str, zone: &str| is_below(&Untrusted::from(name), &Untrusted::from(zone));
        assert!(below("ns1.Shop.test.", "shop.test."));
        assert!(below("shop.test.", "shop.test."));
        assert!(below("anything.", "."));
        assert!(!below("workshop.test.", "shop.test."));
        assert!(!below("test.", "shop.test."));
        assert!(!below("a\\.shop.test.", "shop.test."));
    }

    #[test]
    fn strings_join_without_a_blank_and_escapes_are_bytes() {
        let text = text_of(&Untrusted::from(
            r#""v=spf1 include:a" ".test \"x\" \065\\""#,
        ));
        assert_eq!(text, Untrusted::from(r#"v=spf1 include:a.test "x" A\"#));
        assert_eq!(text_of(&Untrusted::from("\"a\\")), Untrusted::from("a"));
    }
}
