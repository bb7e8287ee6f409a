//! The records of a hints file: NS, A and AAAA records in zone-file form, one a line.

use std::net::IpAddr;

use hickory_proto::rr::Name;
use netwhy_report::untrusted::escape;

/// What a hints file says.
pub(super) enum Hint {
    Server(Name),
    Address(Name, IpAddr),
}

/// The records of a text, or the first line that is not understood.
pub(super) fn records(text: &str) -> Result<Vec<Hint>, String> {
    let mut hints = Vec::new();
    let mut owner = None;
    for (index, line) in text.lines().enumerate() {
        let content = line.split_once(';').map_or(line, |(content, _)| content);
        let mut words = content.split_ascii_whitespace().peekable();
        let wrong = |expected: &str, found: &str| {
            let found = escape(found);
            format!("line {}: expected {expected}, found \"{found}\"", index + 1)
        };
        if words.peek().is_none_or(|word| word.eq_ignore_ascii_case("$TTL")) {
            continue;
        }
        if !content.starts_with([' ', '\t'])
            && let Some(word) = words.next()
        {
            owner = Some(name(word).ok_or_else(|| wrong("an owner name", word))?);
        }
        let owner = owner.clone().ok_or_else(|| wrong("an owner name", content.trim()))?;
        let is_type = |word: &&str| ["NS", "A", "AAAA"].iter().any(|known| word.eq_ignore_ascii_case(known));
        let skipped = |word: &&str| word.eq_ignore_ascii_case("IN") || word.parse::<u32>().is_ok();
        while words.next_if(skipped).is_some() {}
        let expected = "NS, A or AAAA";
        let found = words.next().ok_or_else(|| wrong(expected, "the end of the line"))?;
        if !is_type(&found) {
            return Err(wrong(expected, found));
        }
        let data = words.next().unwrap_or("the end of the line");
        if found.eq_ignore_ascii_case("NS") {
            let server = name(data).ok_or_else(|| wrong("a server's name", data))?;
            if owner.is_root() {
                hints.push(Hint::Server(server));
            }
        } else {
            let address: IpAddr = data.parse().map_err(|_| wrong("an address", data))?;
            if address.is_ipv4() != found.eq_ignore_ascii_case("A") {
                return Err(wrong("an address of the record's type", data));
            }
            hints.push(Hint::Address(owner, address));
        }
        if let Some(more) = words.next() {
            return Err(wrong("the end of the record", more));
        }
    }
    Ok(hints)
}

fn name(word: &str) -> Option<Name> {
    Name::parse(word, Some(&Name::root())).ok()
}
