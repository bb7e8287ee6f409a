//! What differs from run to run, replaced by what it is: times, ports, addresses by rank, temporary folders, keys.

use serde_json::Value;

/// The document without what differs. Limits of the plan are kept: they are the same in every run.
pub(crate) fn document(document: &mut Value) {
    let plan = document["plan"].take();
    value("", document);
    document["plan"] = plan;
    if let Some(plan) = document["plan"].as_object_mut() {
        for (key, part) in plan.iter_mut().filter(|(key, _)| *key != "budgets") {
            value(key, part);
        }
    }
}

/// The terminal's text without what differs; of a waterfall only its place is kept.
pub(crate) fn terminal(shown: &str) -> String {
    let mut kept = String::new();
    let mut lines = shown.lines();
    while let Some(line) = lines.next() {
        if line.contains('▕') {
            // Its numbers stand below it.
            lines.next();
            kept.push_str("  [waterfall]\n");
            continue;
        }
        let line = text(line);
        // How far away the time at the right end stands depends on its own length.
        match line
            .strip_suffix("[time]")
            .filter(|left| left.ends_with("  "))
        {
            Some(left) => kept.push_str(&format!("{}  [time]\n", left.trim_end())),
            None => kept.push_str(&format!("{line}\n")),
        }
    }
    kept
}

fn value(key: &str, found: &mut Value) {
    let replaced = match key {
        "tool_version" => Some("[version]"),
        // Whether this host has them is this host's business.
        "ipv4" | "ipv6" | "event_loop" => Some("[this host]"),
        // Message ids are random, and stand in the bytes too.
        "id" if found.is_number() => Some("[id]"),
        "wire_b64" => Some("[wire]"),
        _ if key.ends_with("_ns") && found.is_number() => Some("[time]"),
        "bytes" | "bytes_received" if found.is_number() => Some("[bytes]"),
        "port" if found.as_u64() > Some(1024) => Some("[port]"),
        "roots" if found.as_u64() > Some(1) => Some("[roots]"),
        _ if found.get("congestion_window").is_some() => Some("[counters]"),
        _ => None,
    };
    if let Some(replaced) = replaced {
        *found = replaced.into();
        return;
    }
    match found {
        Value::String(found) => *found = text(found),
        Value::Array(items) => items.iter_mut().for_each(|item| value(key, item)),
        Value::Object(members) => members
            .iter_mut()
            .for_each(|(key, member)| value(key, member)),
        _ => {}
    }
}

/// Replaces word by word; what stands between the words stays.
fn text(line: &str) -> String {
    let mut kept = String::new();
    let mut rest = line;
    while !rest.is_empty() {
        let boundary = !kept.ends_with(|last: char| last.is_alphanumeric());
        match RULES
            .iter()
            .filter(|_| boundary)
            .find_map(|rule| rule(rest))
        {
            Some((length, replaced)) => {
                kept.push_str(replaced);
                rest = &rest[length..];
            }
            None => {
                let length = rest.chars().next().map_or(0, char::len_utf8);
                kept.push_str(&rest[..length]);
                rest = &rest[length..];
            }
        }
    }
    kept
}

/// From the rest of a line, which begins at a word, to the length that is replaced, and by what.
type Rule = fn(&str) -> Option<(usize, &'static str)>;

const RULES: [Rule; 7] = [
    |rest| {
        let name = rest.strip_prefix("/tmp/netwhy-lab-")?;
        Some((
            rest.len() - name.len() + run(name, char::is_alphanumeric),
            "[lab]",
        ))
    },
    |rest| {
        // Sites have their addresses in the order of the scenarios.
        let last = rest.strip_prefix("127.54.0.")?;
        Some((rest.len() - last.len() + digits(last), "[site]"))
    },
    |rest| {
        let day = shaped(rest, "dddd-dd-dd").then_some(10)?;
        let time = &rest[day..];
        if !(shaped(time, "Tdd:dd:dd") || shaped(time, " dd:dd:dd")) {
            return Some((day, "[day]"));
        }
        let fraction = &time[9..];
        let fraction = run(fraction, |found| found.is_ascii_digit() || found == '.');
        Some((day + 9 + fraction + "Z".len(), "[moment]"))
    },
    |rest| {
        let length = run(rest, |found| found.is_ascii_digit() || found == '.');
        let after = rest[length..].strip_prefix(' ')?;
        let unit = &after[..run(after, char::is_alphabetic)];
        let is_time = length > 0 && ["µs", "us", "ms", "s"].contains(&unit);
        is_time.then(|| (length + 1 + unit.len(), "[time]"))
    },
    |rest| {
        let length = digits(rest);
        let counted = [" roots", " days"]
            .iter()
            .any(|unit| rest[length..].starts_with(unit));
        (length > 0 && counted).then_some((length, "[n]"))
    },
    |rest| {
        let length = run(rest, |found| found.is_ascii_hexdigit());
        (length >= 32).then_some((length, "[key]"))
    },
    |rest| {
        // The kernel hands out ports of five digits.
        let length = run(rest, char::is_alphanumeric);
        (length == 5 && digits(rest) == 5).then_some((5, "[port]"))
    },
];

fn run(text: &str, is_part: impl Fn(char) -> bool) -> usize {
    text.find(|found| !is_part(found)).unwrap_or(text.len())
}

fn digits(text: &str) -> usize {
    run(text, |found| found.is_ascii_digit())
}

/// Whether the text begins in this shape, where `d` stands for a digit.
fn shaped(text: &str, shape: &str) -> bool {
    let mut found = text.chars();
    shape.chars().all(|wanted| match found.next() {
        Some(found) if wanted == 'd' => found.is_ascii_digit(),
        Some(found) => found == wanted,
        None => false,
    })
}

#[test]
fn what_differs_is_replaced_and_the_rest_is_kept() {
    for (line, expected) in [
        (
            "from 127.53.0.53:49213, TTL 300   3.0 ms",
            "from 127.53.0.53:[port], TTL 300   [time]",
        ),
        (
            "127.54.0.44:44005 and 127.54.1.99:44005",
            "[site]:[port] and 127.54.1.99:[port]",
        ),
        (
            "--roots /tmp/netwhy-lab-5HObQ4/root.pem",
            "--roots [lab]/root.pem",
        ),
        (
            "2026-11-24 22:32:03Z, 2026-11-24T22:32:03.898Z, 2027-02-21 (89 days left)",
            "[moment], [moment], [day] ([n] days left)",
        ),
        (
            "refused after 0.2 ms, 624 µs, 10 s, 200 sorts",
            "refused after [time], [time], [time], 200 sorts",
        ),
        (
            "X25519MLKEM768 by 118 roots, EDE 22",
            "X25519MLKEM768 by [n] roots, EDE 22",
        ),
        (
            "serial 74d52c618a939b568f7f552a6f7afba61ee7a19e",
            "serial [key]",
        ),
    ] {
        assert_eq!(text(line), expected);
    }
}
