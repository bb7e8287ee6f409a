//! dig's OPT PSEUDOSECTION: the EDNS header and its options.

use netwhy_report::Untrusted;
use netwhy_report::dns::ExtendedError;
use netwhy_report::dns::message::{EdnsOptionRecord, EdnsRecord};
use netwhy_report::untrusted::escape;

/// Appends the section. Extended errors stand where servers put them: after everything but padding.
/// `client_cookie` is what the query sent, in hex: dig says whether the reply's agrees.
pub(super) fn pseudosection(edns: &EdnsRecord, client_cookie: Option<&str>, out: &mut String) {
    let flags = if edns.dnssec_ok { " do" } else { "" };
    let EdnsRecord {
        version,
        udp_payload,
        ..
    } = edns;
    out.push_str(";; OPT PSEUDOSECTION:\n");
    out.push_str(&format!(
        "; EDNS: version: {version}, flags:{flags}; udp: {udp_payload}\n"
    ));
    let is_padding =
        |option: &&EdnsOptionRecord| matches!(option, EdnsOptionRecord::Padding { .. });
    for option in edns.options.iter().filter(|option| !is_padding(option)) {
        out.push_str(&line(option, client_cookie));
    }
    for error in &edns.extended_errors {
        out.push_str(&extended_error(error));
    }
    for option in edns.options.iter().filter(is_padding) {
        out.push_str(&line(option, client_cookie));
    }
}

fn line(option: &EdnsOptionRecord, client_cookie: Option<&str>) -> String {
    match option {
        EdnsOptionRecord::Nsid { id } => format!("; NSID:{}\n", dump(id.raw())),
        EdnsOptionRecord::ClientSubnet { network, scope } => {
            format!("; CLIENT-SUBNET: {}/{scope}\n", escape(network))
        }
        EdnsOptionRecord::Cookie { client, server } => {
            let mark = match (client_cookie, server) {
                (None, _) => "",
                (Some(sent), Some(_)) if sent == client => " (good)",
                (Some(sent), None) if sent == client => " (echoed)",
                (Some(_), _) => " (bad)",
            };
            let server = server.as_deref().unwrap_or_default();
            format!("; COOKIE: {}{}{mark}\n", escape(client), escape(server))
        }
        EdnsOptionRecord::Padding { length: 0 } => "; PAD:\n".to_owned(),
        EdnsOptionRecord::Padding { length } => format!("; PAD: ({length} bytes)\n"),
        EdnsOptionRecord::Other { code, data } => other(*code, &bytes(data)),
    }
}

/// Options that dig knows by name and the report does not.
fn other(code: u16, data: &[u8]) -> String {
    let text = match (code, data) {
        (9, []) => "EXPIRE:".to_owned(),
        (9, &[a, b, c, d]) => {
            let seconds = u32::from_be_bytes([a, b, c, d]);
            format!("EXPIRE: {seconds} ({})", in_words(seconds))
        }
        (11, []) => "TCP KEEPALIVE:".to_owned(),
        (11, &[high, low]) => {
            let tenths = u16::from_be_bytes([high, low]);
            format!("TCP KEEPALIVE: {}.{} secs", tenths / 10, tenths % 10)
        }
        (14, [_, ..]) if data.len().is_multiple_of(2) => {
            let tags = data
                .chunks(2)
                .map(|tag| u16::from(tag[0]) << 8 | u16::from(tag[1]));
            let tags: Vec<String> = tags.map(|tag| tag.to_string()).collect();
            format!("KEY-TAG: {}", tags.join(", "))
        }
        (16, &[high, low]) => format!("CLIENT-TAG: {}", u16::from_be_bytes([high, low])),
        (17, &[high, low]) => format!("SERVER-TAG: {}", u16::from_be_bytes([high, low])),
        _ => format!("OPT={code}:{}", dump(data)),
    };
    format!("; {text}\n")
}

/// `1 day 2 minutes 7 seconds`.
fn in_words(seconds: u32) -> String {
    let mut rest = seconds;
    let mut words = Vec::new();
    for (size, unit) in [
        (604_800, "week"),
        (86_400, "day"),
        (3600, "hour"),
        (60, "minute"),
        (1, "second"),
    ] {
        let count = rest / size;
        rest %= size;
        // Seconds stand for nothing at all, too.
        if count > 0 || (words.is_empty() && size == 1) {
            let plural = if count == 1 { "" } else { "s" };
            words.push(format!("{count} {unit}{plural}"));
        }
    }
    words.join(" ")
}

fn extended_error(error: &ExtendedError) -> String {
    let code = error.code;
    let mut line = format!("; EDE: {code}");
    match (code, error.meaning.as_str()) {
        (_, "Unassigned" | "Private Use") => {}
        (0, _) => line.push_str(" (Other)"),
        (_, meaning) => line.push_str(&format!(" ({})", escape(meaning))),
    }
    let text = error.text.raw();
    if !text.is_empty() {
        let printable = |byte: &u8| if byte.is_ascii_control() { b'.' } else { *byte };
        let text: Vec<u8> = text.iter().map(printable).collect();
        line.push_str(&format!(": ({})", Untrusted::new(text).escaped()));
    }
    line.push('\n');
    line
}

/// Bytes in hex, and as text with dots for what does not print.
fn dump(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return String::new();
    }
    let mut dump = String::new();
    for byte in bytes {
        dump.push_str(&format!(" {byte:02x}"));
    }
    let text = bytes.iter().map(|byte| match byte {
        0x20..=0x7e => char::from(*byte),
        _ => '.',
    });
    dump.push_str(&format!(" (\"{}\")", text.collect::<String>()));
    dump
}

/// The bytes that our own hex stands for.
fn bytes(hex: &str) -> Vec<u8> {
    let pairs = hex.as_bytes().chunks(2);
    pairs
        .filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}
