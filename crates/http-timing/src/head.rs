//! Status and header fields as a record: values cut to the limit, secrets taken out.

use http::{HeaderMap, HeaderName, HeaderValue, Response, Version};
use netwhy_report::Untrusted;
use netwhy_report::http::{HeaderField, HttpHead, HttpVersion};

pub(crate) fn head<B>(response: &Response<B>, interim: Vec<u16>, field_bytes: usize) -> HttpHead {
    HttpHead {
        version: match response.version() {
            Version::HTTP_10 | Version::HTTP_09 => HttpVersion::Http10,
            Version::HTTP_2 => HttpVersion::Http2,
            _ => HttpVersion::Http11,
        },
        status: response.status().as_u16(),
        headers: fields(response.headers(), field_bytes),
        interim,
    }
}

fn fields(headers: &HeaderMap, field_bytes: usize) -> Vec<HeaderField> {
    headers
        .iter()
        .map(|(name, value)| HeaderField {
            name: name.as_str().to_owned(),
            value: shown(name, value, field_bytes),
        })
        .collect()
}

fn shown(name: &HeaderName, value: &HeaderValue, field_bytes: usize) -> Untrusted {
    let bytes = value.as_bytes();
    let cut = &bytes[..bytes.len().min(field_bytes)];
    if name == http::header::SET_COOKIE {
        Untrusted::new(without_cookie(cut))
    } else {
        Untrusted::new(cut)
    }
}

/// `sid=secret; Path=/` as `sid=[redacted]; Path=/`: the attributes explain, the value only leaks.
fn without_cookie(field: &[u8]) -> Vec<u8> {
    let end = field
        .iter()
        .position(|byte| *byte == b';')
        .unwrap_or(field.len());
    let name_end = field[..end]
        .iter()
        .position(|byte| *byte == b'=')
        .unwrap_or(0);
    [&field[..name_end], b"=[redacted]", &field[end..]].concat()
}

#[cfg(test)]
mod tests {
    use super::without_cookie;

    #[test]
    fn a_cookie_keeps_its_name_and_attributes_and_loses_its_value() {
        assert_eq!(
            without_cookie(b"sid=secret; Path=/; Secure"),
            b"sid=[redacted]; Path=/; Secure"
        );
        assert_eq!(without_cookie(b"secret"), b"=[redacted]");
    }
}
