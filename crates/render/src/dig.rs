//! A DNS message in the layout of dig 9.18, and in that of `dig +short`: eyes and scripts trained on it keep working.

use std::time::Duration;

use jiff::Timestamp;
use netwhy_report::dns::message::{DnsMessage, Question, ResourceRecord};
use netwhy_report::untrusted::escape;

mod opt;

/// What dig prints besides the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigFacts {
    /// The heading, if it is wanted.
    pub heading: Option<DigHeading>,
    /// The server as dig writes it: `192.0.2.53#53(ns1.example.net)`.
    pub server: String,
    /// The transport: `UDP`, `TCP`, `TLS`, `HTTPS`.
    pub transport: String,
    /// The client cookie that the query sent, in hex.
    pub client_cookie: Option<String>,
    /// From the query to the reply.
    pub query_time: Duration,
    /// When the reply came; shown in UTC.
    pub when: Timestamp,
}

/// The lines above the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigHeading {
    /// Program and version.
    pub program: String,
    /// The arguments as given.
    pub arguments: String,
    /// How many addresses the server named by hand has; 0 if none was named.
    pub servers_found: usize,
}

/// The whole layout: header, sections, statistics.
#[must_use]
pub fn dig(message: &DnsMessage, facts: &DigFacts) -> String {
    let mut out = String::new();
    if let Some(heading) = &facts.heading {
        let DigHeading {
            program,
            arguments,
            servers_found,
        } = heading;
        let (program, arguments) = (escape(program), escape(arguments));
        out.push_str(&format!("\n; <<>> {program} <<>> {arguments}\n"));
        match servers_found {
            0 => {}
            1 => out.push_str("; (1 server found)\n"),
            several => out.push_str(&format!("; ({several} servers found)\n")),
        }
        out.push_str(";; global options: +cmd\n");
    }
    out.push_str(";; Got answer:\n");
    header(message, &mut out);
    out.push('\n');
    sections(message, facts.client_cookie.as_deref(), &mut out);
    let milliseconds = facts.query_time.as_millis();
    let (server, transport) = (escape(&facts.server), escape(&facts.transport));
    let when = facts.when.strftime("%a %b %d %H:%M:%S UTC %Y");
    let size = message.size;
    out.push_str(&format!(";; Query time: {milliseconds} msec\n"));
    out.push_str(&format!(";; SERVER: {server} ({transport})\n"));
    out.push_str(&format!(";; WHEN: {when}\n;; MSG SIZE  rcvd: {size}\n\n"));
    out
}

/// The data of the answer section, one record per line.
#[must_use]
pub fn dig_short(message: &DnsMessage) -> String {
    let mut out = String::new();
    for record in &message.answer {
        out.push_str(&record.data.escaped());
        out.push('\n');
    }
    out
}

fn header(message: &DnsMessage, out: &mut String) {
    let opcode = match message.opcode.strip_prefix("OPCODE") {
        Some(number) => format!("RESERVED{number}"),
        None if message.opcode == "DSO" => "RESERVED6".to_owned(),
        None => message.opcode.clone(),
    };
    let status = match message.rcode {
        0..=10 | 16 | 23 => message.rcode_name.clone(),
        reserved @ 11..=15 => format!("RESERVED{reserved}"),
        other => format!("?{other}"),
    };
    let (opcode, status, id) = (escape(&opcode), escape(&status), message.id);
    out.push_str(&format!(
        ";; ->>HEADER<<- opcode: {opcode}, status: {status}, id: {id}\n;; flags:"
    ));
    let flags = &message.flags;
    for (set, word) in [
        (flags.response, "qr"),
        (flags.authoritative, "aa"),
        (flags.truncated, "tc"),
        (flags.recursion_desired, "rd"),
        (flags.recursion_available, "ra"),
        (flags.authentic, "ad"),
        (flags.checking_disabled, "cd"),
    ] {
        if set {
            out.push_str(&format!(" {word}"));
        }
    }
    out.push_str(&format!(
        "; QUERY: {}, ANSWER: {}, AUTHORITY: {}, ADDITIONAL: {}\n",
        message.question.len(),
        message.answer.len(),
        message.authority.len(),
        message.additional.len() + usize::from(message.edns.is_some()),
    ));
    if flags.recursion_desired && !flags.recursion_available {
        out.push_str(";; WARNING: recursion requested but not available\n");
    }
    for fault in &message.faults {
        let (offset, reason) = (fault.offset, escape(&fault.reason));
        out.push_str(&format!(";; WARNING: at offset {offset}: {reason}\n"));
    }
}

fn sections(message: &DnsMessage, client_cookie: Option<&str>, out: &mut String) {
    if let Some(edns) = &message.edns {
        opt::pseudosection(edns, client_cookie, out);
    }
    if !message.question.is_empty() {
        out.push_str(";; QUESTION SECTION:\n");
        for question in &message.question {
            out.push_str(&question_line(question));
        }
        out.push('\n');
    }
    for (title, records) in [
        ("ANSWER", &message.answer),
        ("AUTHORITY", &message.authority),
        ("ADDITIONAL", &message.additional),
    ] {
        if !records.is_empty() {
            out.push_str(&format!(";; {title} SECTION:\n"));
            for record in records {
                out.push_str(&record_line(record));
            }
            out.push('\n');
        }
    }
}

/// The columns at which TTL, class, type and data begin.
const COLUMNS: [usize; 4] = [24, 32, 40, 48];

fn question_line(question: &Question) -> String {
    let mut line = Columns::new(&question.name.escaped());
    line.at(COLUMNS[1], &escape(&question.class));
    line.at(COLUMNS[2], &escape(&question.record_type));
    // dig does not count the semicolon as a column.
    format!(";{}", line.finish())
}

fn record_line(record: &ResourceRecord) -> String {
    let mut line = Columns::new(&record.name.escaped());
    line.at(COLUMNS[0], &record.ttl.to_string());
    line.at(COLUMNS[1], &escape(&record.class));
    line.at(COLUMNS[2], &escape(&record.record_type));
    line.at(COLUMNS[3], &record.data.escaped());
    line.finish()
}

/// A line in columns: tabs as far as they go, and at least one blank.
struct Columns {
    line: String,
    column: usize,
}

impl Columns {
    /// dig stops eight columns apart.
    const TAB: usize = 8;

    fn new(text: &str) -> Self {
        Self {
            line: text.to_owned(),
            column: text.len(),
        }
    }

    fn at(&mut self, column: usize, text: &str) {
        let target = column.max(self.column + 1);
        let tabs = target / Self::TAB - self.column / Self::TAB;
        self.line.push_str(&"\t".repeat(tabs));
        let reached = if tabs > 0 {
            target / Self::TAB * Self::TAB
        } else {
            self.column
        };
        self.line.push_str(&" ".repeat(target - reached));
        self.line.push_str(text);
        self.column = target + text.len();
    }

    fn finish(mut self) -> String {
        self.line.push('\n');
        self.line
    }
}

#[cfg(test)]
mod tests;
