//! One line per check, by area: what a finding says where one fired, else the fact that all is well, or why nothing was measured.

mod policy;
mod servers;

use netwhy_report::dns::CheckRecord;
use netwhy_report::dns::TraceRecord;
use netwhy_report::{Report, Section};

use self::policy::{algorithms, caa, chain, denial, dmarc, mx, spf_line};
use self::servers::{
    apex, balancing, glue, large_answers, name_servers, parent, recursion, redundancy, same_data,
    serial, serving, takes_edns, takes_tcp, ttl, wildcard,
};
use super::mail;
use crate::finding::Severity;
use crate::verdict::{Finding, Verdict};

/// A part of a zone's health.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Area {
    /// The parent's side.
    Delegation,
    /// Whether servers serve.
    Servers,
    /// EDNS, TCP, large answers.
    Transport,
    /// Whether servers say the same.
    Consistency,
    /// Signatures.
    Dnssec,
    /// MX, SPF, DMARC, CAA.
    Policy,
}

impl Area {
    /// In print.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Delegation => "delegation",
            Self::Servers => "servers",
            Self::Transport => "EDNS and transport",
            Self::Consistency => "consistency",
            Self::Dnssec => "DNSSEC",
            Self::Policy => "mail and policy",
        }
    }
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// All is well.
    Fine,
    /// A finding of this severity.
    Found(Severity),
    /// Nothing could be told.
    Unmeasured,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckLine {
    /// Its area.
    pub area: Area,
    /// What was checked, in a word or two.
    pub subject: &'static str,
    /// How it ended.
    pub state: State,
    /// The fact, escaped.
    pub fact: String,
    /// The evidence, only where something is wrong; escaped.
    pub details: Vec<String>,
}

/// Evidence lines below one check; the finding has them all.
const DETAILS: usize = 4;

type Fine = fn(&Seen<'_>) -> (State, String);

/// What is checked, in the order shown: the subject, the findings about it, and the fact where none fired.
const CHECKS: &[(Area, &str, &[&str], Fine)] = &[
    (Area::Delegation, "parent", &[], parent),
    (
        Area::Delegation,
        "name servers",
        &["dns-ns-mismatch"],
        name_servers,
    ),
    (
        Area::Delegation,
        "glue",
        &["dns-glue-missing", "dns-glue-mismatch"],
        glue,
    ),
    (
        Area::Delegation,
        "redundancy",
        &["dns-single-server"],
        redundancy,
    ),
    (
        Area::Servers,
        "authority",
        &["dns-lame-delegation"],
        serving,
    ),
    (Area::Servers, "recursion", &[], recursion),
    (Area::Transport, "EDNS", &["dns-edns-broken"], takes_edns),
    (Area::Transport, "TCP", &["dns-tcp-blocked"], takes_tcp),
    (
        Area::Transport,
        "large answers",
        &["dns-fragments-dropped"],
        large_answers,
    ),
    (
        Area::Consistency,
        "serial",
        &["dns-serial-mismatch"],
        serial,
    ),
    (
        Area::Consistency,
        "data",
        &["dns-zone-inconsistent"],
        same_data,
    ),
    (Area::Consistency, "apex", &["dns-apex-cname"], apex),
    (
        Area::Consistency,
        "TTL",
        &["dns-ttl-low", "dns-ttl-high"],
        ttl,
    ),
    (Area::Consistency, "wildcard", &["dns-wildcard"], wildcard),
    (
        Area::Consistency,
        "balancing",
        &["dns-answers-vary"],
        balancing,
    ),
    (
        Area::Dnssec,
        "chain",
        &[
            "dns-dnssec-ds-mismatch",
            "dns-dnssec-unsigned",
            "dns-dnssec-expired",
            "dns-dnssec-not-yet-valid",
        ],
        chain,
    ),
    (
        Area::Dnssec,
        "denial",
        &["dns-dnssec-denial-broken"],
        denial,
    ),
    (
        Area::Dnssec,
        "algorithms",
        &["dns-dnssec-algorithm-weak"],
        algorithms,
    ),
    (Area::Policy, "MX", &["dns-mail-broken"], mx),
    (Area::Policy, "SPF", &["dns-mail-broken"], spf_line),
    (Area::Policy, "DMARC", &["dns-mail-broken"], dmarc),
    (Area::Policy, "CAA", &["dns-caa-blocks-issuer"], caa),
];

/// What the facts are taken from.
struct Seen<'run> {
    record: &'run CheckRecord,
    walk: Option<&'run TraceRecord>,
}

/// The lines of a zone check; none where the report is of another kind.
#[must_use]
pub fn lines(report: &Report, verdict: &Verdict) -> Vec<CheckLine> {
    let Some(record) = super::record(report) else {
        return Vec::new();
    };
    let walk = report.layers.dns_trace.as_ref().and_then(Section::record);
    let seen = Seen { record, walk };
    if record.addresses.is_empty() {
        let (state, fact) = parent(&seen);
        return vec![CheckLine {
            area: Area::Delegation,
            subject: "parent",
            state,
            fact,
            details: Vec::new(),
        }];
    }
    CHECKS
        .iter()
        .map(|(area, subject, codes, fine)| {
            let found = verdict
                .findings
                .iter()
                .find(|finding| codes.contains(&finding.code.as_str()));
            let about = |finding: &Finding| details(&seen, subject, finding);
            let (state, fact, details) = match found.map(|finding| (finding, about(finding))) {
                Some((finding, Some((fact, details)))) => {
                    (State::Found(finding.severity), fact, details)
                }
                _ => {
                    let (state, fact) = fine(&seen);
                    (state, fact, Vec::new())
                }
            };
            CheckLine {
                area: *area,
                subject,
                state,
                fact,
                details,
            }
        })
        .collect()
}

/// A finding as this line tells it; `None` where it is about another part.
fn details(seen: &Seen<'_>, subject: &str, finding: &Finding) -> Option<(String, Vec<String>)> {
    if finding.code != "dns-mail-broken" {
        let mut facts = finding.evidence.clone();
        facts.truncate(DETAILS);
        return Some((finding.headline.clone(), facts));
    }
    let part = match subject {
        "MX" => mail::Part::Mx,
        "SPF" => mail::Part::Spf,
        _ => mail::Part::Dmarc,
    };
    let faults = mail::faults(seen.record)
        .into_iter()
        .filter(|fault| fault.part == part);
    let mut told: Vec<String> = faults.map(|fault| fault.why).collect();
    let first = (!told.is_empty()).then(|| told.remove(0))?;
    told.truncate(DETAILS);
    Some((first, told))
}

/// All is well.
fn fine(fact: impl Into<String>) -> (State, String) {
    (State::Fine, fact.into())
}

fn unmeasured(fact: impl Into<String>) -> (State, String) {
    (State::Unmeasured, fact.into())
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
