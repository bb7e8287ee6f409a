//! Which statuses redirect, and with which method the next request goes (RFC 9110 §15.4).

/// Whether a status with a `Location` is followed.
#[must_use]
pub fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// The method of the next request: 303 asks for GET, 301 and 302 turn POST into GET as browsers do.
#[must_use]
pub fn next_method(status: u16, method: &str) -> String {
    match (status, method) {
        (303, "HEAD") => "HEAD",
        (303, _) | (301 | 302, "POST") => "GET",
        _ => method,
    }
    .to_owned()
}
