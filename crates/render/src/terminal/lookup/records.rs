//! The records of a reply in columns, and what a negative one says about itself.

use netwhy_report::dns::message::{DnsMessage, ResourceRecord};

use super::{RECORDS, is_referral};
use crate::escape::{Line, Sheet, columns};
use crate::style::TerminalStyle;

/// The widest owner column: a longer name pushes its own line aside only.
const OWNER: usize = 40;

pub(super) fn draw(sheet: &mut Sheet, message: &DnsMessage, style: &TerminalStyle) {
    if message.answer.is_empty() && is_referral(message) {
        let referral: Vec<&ResourceRecord> = message
            .authority
            .iter()
            .chain(&message.additional)
            .collect();
        table(sheet, &referral, style);
        return;
    }
    table(sheet, &message.answer.iter().collect::<Vec<_>>(), style);
    let cut = message.flags.truncated;
    if message.answer.is_empty() && !cut && matches!(message.rcode, 0 | 3) {
        let text = negative(message);
        sheet.wrapped(Line::new().pad(RECORDS), &text, style.columns());
    }
}

fn table(sheet: &mut Sheet, records: &[&ResourceRecord], style: &TerminalStyle) {
    let rows: Vec<[String; 4]> = records.iter().map(|record| cells(record)).collect();
    let width = |cell: usize, most: usize| {
        rows.iter()
            .map(|row| columns(&row[cell]))
            .max()
            .unwrap_or_default()
            .min(most)
    };
    let (owner, ttl, kind) = (width(0, OWNER), width(1, 10), width(2, 16));
    for row in &rows {
        let lead = format!("{:owner$}  {:>ttl$}  {:kind$}  ", row[0], row[1], row[2]);
        sheet.wrapped(
            Line::new().pad(RECORDS).text(&lead),
            &row[3],
            style.columns(),
        );
    }
}

fn cells(record: &ResourceRecord) -> [String; 4] {
    let kind = match record.class.as_str() {
        "IN" => record.record_type.clone(),
        class => format!("{class} {}", record.record_type),
    };
    [
        record.name.escaped(),
        record.ttl.to_string(),
        kind,
        record.data.escaped(),
    ]
}

/// How long "no" may be kept, and who says so ([RFC 2308 §5](https://www.rfc-editor.org/rfc/rfc2308#section-5)).
fn negative(message: &DnsMessage) -> String {
    let soa = message
        .authority
        .iter()
        .find(|record| record.record_type == "SOA");
    let Some(soa) = soa else {
        return "no SOA record comes with it: nobody may keep this \"no\"".to_owned();
    };
    let data = soa.data.escaped();
    let mut words = data.split(' ').rev();
    let minimum: Option<u32> = words.next().and_then(|word| word.parse().ok());
    let serial = words.nth(3).unwrap_or_default().to_owned();
    let seconds = minimum.map_or(soa.ttl, |minimum| minimum.min(soa.ttl));
    format!(
        "\"no\" may be kept for {seconds} s, says the zone {} (serial {serial})",
        soa.name.escaped()
    )
}
