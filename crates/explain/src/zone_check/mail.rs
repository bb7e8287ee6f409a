//! Where a zone's mail goes, who may send it, and what receivers are told to do with the rest.

use netwhy_report::Untrusted;
use netwhy_report::dns::check::spf::{self, SpfCost, SpfKnown};
use netwhy_report::dns::check::{CheckRecord, Probe, records_of, same_name, text_of};
use netwhy_report::dns::{DnsExchange, rcode};

/// What is wrong with one part of the mail's records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailFault {
    /// Which part: MX, SPF or DMARC.
    pub part: Part,
    /// What is wrong, escaped.
    pub why: String,
    /// What to do, escaped.
    pub fix: String,
    /// The name and type that show it.
    pub shown_by: (String, &'static str),
}

/// A part of the mail's records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Mail servers.
    Mx,
    /// Who may send ([RFC 7208](https://www.rfc-editor.org/rfc/rfc7208)).
    Spf,
    /// What becomes of the rest ([RFC 7489](https://www.rfc-editor.org/rfc/rfc7489)).
    Dmarc,
}

/// Everything wrong, MX first.
#[must_use]
pub fn faults(record: &CheckRecord) -> Vec<MailFault> {
    let mut faults = mx_faults(record);
    faults.extend(spf_faults(record));
    faults.extend(dmarc_faults(record));
    faults
}

/// The mail servers of the zone, by preference; `None` where it was not told. A lone dot (no mail, RFC 7505) is in it.
#[must_use]
pub fn mail_servers(record: &CheckRecord) -> Option<Vec<(u16, Untrusted)>> {
    let reply = record.names_for(&Probe::Mail).next()?.reply()?;
    if !matches!(reply.rcode, rcode::NOERROR | rcode::NXDOMAIN) {
        return None;
    }
    let mut servers: Vec<(u16, Untrusted)> = records_of(reply, &record.zone, "MX")
        .filter_map(|record| {
            let (preference, target) = record.data.raw_text()?.split_once(' ')?;
            Some((preference.parse().ok()?, Untrusted::from(target)))
        })
        .collect();
    servers.sort_by_key(|(preference, _)| *preference);
    Some(servers)
}

fn mx_faults(record: &CheckRecord) -> Vec<MailFault> {
    let servers = mail_servers(record).unwrap_or_default();
    let real = servers
        .iter()
        .filter(|(_, target)| *target != Untrusted::from("."));
    real.filter_map(|(_, target)| mx_fault(record, target))
        .collect()
}

fn mx_fault(record: &CheckRecord, target: &Untrusted) -> Option<MailFault> {
    let about = |exchange: &&DnsExchange| same_name(&exchange.question.name, target);
    let replies: Vec<_> = record
        .names_for(&Probe::MailTarget)
        .filter(about)
        .filter_map(DnsExchange::reply)
        .filter(|reply| matches!(reply.rcode, rcode::NOERROR | rcode::NXDOMAIN))
        .collect();
    let name = target.escaped();
    let alias = replies
        .iter()
        .find_map(|reply| records_of(reply, target, "CNAME").next());
    let has_address = replies.iter().any(|reply| {
        let types = ["A", "AAAA"];
        types
            .iter()
            .any(|kind| reply.answer.iter().any(|one| one.record_type == *kind))
    });
    // One of the two questions may have failed: then an address may be there.
    let told = replies.len() >= 2;
    let missing = replies.iter().any(|reply| reply.rcode == rcode::NXDOMAIN);
    let (why, fix) = if let Some(alias) = alias {
        let real = alias.data.escaped();
        (
            format!("{name} is an alias of {real} (RFC 2181 section 10.3)"),
            format!("name {real} in the MX record instead of {name}"),
        )
    } else if missing {
        (
            format!("{name} does not exist"),
            format!("create {name}, or take it out of the MX records"),
        )
    } else if told && !has_address {
        (
            format!("{name} has no address"),
            format!("give {name} an A or AAAA record, or take it out of the MX records"),
        )
    } else {
        return None;
    };
    Some(MailFault {
        part: Part::Mx,
        why: format!("MX {why}"),
        fix,
        shown_by: (name, "A"),
    })
}

/// The SPF records of the zone; `None` where its TXT records are not known.
#[must_use]
pub fn spf_records(record: &CheckRecord) -> Option<Vec<String>> {
    texts(record, &Probe::Spf, &record.zone).map(|texts| only_spf(&texts))
}

fn only_spf(texts: &[String]) -> Vec<String> {
    texts
        .iter()
        .filter(|text| spf::terms(text).is_some())
        .cloned()
        .collect()
}

/// The TXT records of `name`, if a question for this purpose told.
fn texts(record: &CheckRecord, probe: &Probe, name: &Untrusted) -> Option<Vec<String>> {
    let about = |exchange: &&DnsExchange| {
        spf::canonical(&exchange.question.name.escaped()) == spf::canonical(&name.escaped())
    };
    let reply = record.names_for(probe).find(about)?.reply()?;
    let has = |kind: &str| reply.answer.iter().any(|one| one.record_type == kind);
    // An alias whose target was not asked leaves open what stands there.
    let open =
        has("CNAME") && !has("TXT") && reply.authority.iter().all(|one| one.record_type != "SOA");
    let told = matches!(reply.rcode, rcode::NOERROR | rcode::NXDOMAIN) && !open;
    let texts = reply.answer.iter().filter(|one| one.record_type == "TXT");
    told.then(|| texts.map(|one| text_of(&one.data).escaped()).collect())
}

/// What evaluating the zone's SPF record costs.
#[must_use]
pub fn spf_cost(record: &CheckRecord) -> Option<SpfCost> {
    let records = spf_records(record)?;
    let [text] = records.as_slice() else {
        return None;
    };
    let exchanges = record
        .names_for(&Probe::Spf)
        .map(|exchange| &exchange.question.name);
    let fetched: Vec<(String, Option<Vec<String>>)> = exchanges
        .map(|name| {
            let known = texts(record, &Probe::Spf, name).map(|texts| only_spf(&texts));
            (spf::canonical(&name.escaped()), known)
        })
        .collect();
    let known = |name: &str| match fetched.iter().find(|(fetched, _)| fetched == name) {
        Some((_, Some(records))) => match records.first() {
            Some(text) => SpfKnown::Record(text),
            None => SpfKnown::Missing,
        },
        _ => SpfKnown::Unknown,
    };
    Some(spf::cost(&record.zone.escaped(), text, known))
}

fn spf_faults(record: &CheckRecord) -> Vec<MailFault> {
    let Some(records) = spf_records(record) else {
        return Vec::new();
    };
    let fault = |why: String, fix: &str| MailFault {
        part: Part::Spf,
        why: format!("SPF {why}"),
        fix: fix.to_owned(),
        shown_by: (record.zone.escaped(), "TXT"),
    };
    let mut faults = Vec::new();
    if records.len() > 1 {
        let why = format!(
            "stands in {} records: receivers take it for an error (RFC 7208 section 4.5)",
            records.len()
        );
        faults.push(fault(why, "join the SPF records into one TXT record"));
    }
    let open = records.iter().any(|text| {
        spf::terms(text).is_some_and(|terms| terms.iter().any(spf::SpfTerm::lets_everyone))
    });
    if open {
        faults.push(fault(
            "ends in +all: everyone may send in this name".to_owned(),
            "end the SPF record in -all or ~all",
        ));
    }
    if let Some(cost) = spf_cost(record) {
        if cost.lookups > spf::LOOKUPS {
            let more = if cost.incomplete { "at least " } else { "" };
            let why = format!(
                "needs {more}{} lookups, {} are allowed (RFC 7208 section 4.6.4): receivers stop with an error",
                cost.lookups,
                spf::LOOKUPS
            );
            faults.push(fault(
                why,
                "replace a and include terms by ip4 and ip6, and drop what no longer sends",
            ));
        }
        if cost.circular {
            faults.push(fault(
                "includes itself".to_owned(),
                "take the include that leads back out of the SPF record",
            ));
        }
        for name in &cost.without_record {
            let why =
                format!("brings in {name}, which has no SPF record: receivers stop with an error");
            faults.push(fault(why, &format!("take {name} out of the SPF record")));
        }
    }
    faults
}

/// The DMARC records of the zone; `None` where they are not known.
#[must_use]
pub fn dmarc_records(record: &CheckRecord) -> Option<Vec<String>> {
    let name = record
        .names_for(&Probe::Dmarc)
        .next()?
        .question
        .name
        .clone();
    let mut texts = texts(record, &Probe::Dmarc, &name)?;
    texts.retain(|text| {
        text.trim_start()
            .to_ascii_lowercase()
            .starts_with("v=dmarc1")
    });
    Some(texts)
}

fn dmarc_faults(record: &CheckRecord) -> Vec<MailFault> {
    let records = dmarc_records(record).unwrap_or_default();
    let fault = |why: String, fix: &str| MailFault {
        part: Part::Dmarc,
        why: format!("DMARC {why}"),
        fix: fix.to_owned(),
        shown_by: (format!("_dmarc.{}", record.zone.escaped()), "TXT"),
    };
    if records.len() > 1 {
        let why = format!(
            "stands in {} records: receivers take none (RFC 7489 section 6.6.3)",
            records.len()
        );
        return vec![fault(why, "leave one TXT record at _dmarc")];
    }
    let wrong = records
        .first()
        .map(|text| dmarc_tags(text))
        .unwrap_or_default();
    wrong
        .into_iter()
        .map(|(why, fix)| fault(why, fix))
        .collect()
}

/// What is wrong with the tags of a DMARC record ([RFC 7489 §6.3](https://www.rfc-editor.org/rfc/rfc7489#section-6.3)).
fn dmarc_tags(text: &str) -> Vec<(String, &'static str)> {
    const POLICIES: [&str; 3] = ["none", "quarantine", "reject"];
    let mut wrong = Vec::new();
    let tags: Vec<(String, &str)> = text
        .split(';')
        .skip(1)
        .filter(|part| !part.trim().is_empty())
        .map(|part| {
            let (tag, value) = part.split_once('=').unwrap_or((part, ""));
            (tag.trim().to_ascii_lowercase(), value.trim())
        })
        .collect();
    let policy = tags
        .iter()
        .find(|(tag, _)| tag == "p")
        .map(|(_, value)| *value);
    match policy {
        None => wrong.push((
            "has no p tag".to_owned(),
            "give the DMARC record p=none, p=quarantine or p=reject",
        )),
        Some(policy) if !POLICIES.contains(&policy.to_ascii_lowercase().as_str()) => {
            wrong.push((
                format!("says p={policy}, which is none of none, quarantine, reject"),
                "give the DMARC record p=none, p=quarantine or p=reject",
            ));
        }
        Some(_) => {}
    }
    for (tag, value) in &tags {
        let good = match tag.as_str() {
            "rua" | "ruf" => value.split(',').all(|uri| {
                uri.trim()
                    .split_once(':')
                    .is_some_and(|(scheme, rest)| !scheme.is_empty() && !rest.is_empty())
            }),
            "pct" => value.parse::<u8>().is_ok_and(|percent| percent <= 100),
            "sp" => POLICIES.contains(&value.to_ascii_lowercase().as_str()),
            "adkim" | "aspf" => matches!(value.to_ascii_lowercase().as_str(), "r" | "s"),
            _ => true,
        };
        if !good {
            wrong.push((format!("has {tag}={value}, which receivers cannot use"), "write the tag as RFC 7489 section 6.3 has it, such as rua=mailto:reports@example.com"));
        }
    }
    wrong
}
