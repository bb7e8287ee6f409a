//! A walk from the root: zone by zone who answered, what it said, which servers failed, and what DNSSEC proves.

use jiff::Timestamp;
use netwhy_explain::proof;
use netwhy_report::dns::proof::Security;
use netwhy_report::dns::trace::{
    Asking, LameReason, Said, StepProof, StepPurpose, TraceEnd, TraceExchange, TraceRecord,
    TraceServer, TraceStep, WithoutAddress,
};
use netwhy_report::{Layer, Outcome, Report, Section};

use crate::escape::{Line, Sheet};
use crate::style::{BOLD, DIM, Mark, TerminalStyle};
use crate::{units, words};

pub(super) fn draw(sheet: &mut Sheet, report: &Report, style: &TerminalStyle) {
    let Some(record) = report.layers.dns_trace.as_ref().and_then(Section::record) else {
        return;
    };
    if report.target().is_some() {
        sheet.gap();
        sheet.line(Line::new().painted(DIM, "  from the root:"));
    }
    let now = report.plan.tls().at.unwrap_or(report.started_at);
    let picture = Picture { style, now };
    for step in &record.steps {
        picture.step(sheet, step);
    }
    picture.end(sheet, record);
}

struct Picture<'run> {
    style: &'run TerminalStyle,
    now: Timestamp,
}

impl Picture<'_> {
    fn step(&self, sheet: &mut Sheet, step: &TraceStep) {
        let troubled = step
            .questions()
            .any(|(_, exchange)| self.trouble(exchange).is_some())
            || step.servers.iter().any(|server| without(server).is_some());
        let mark = match (step.followed, troubled) {
            (None, _) => Mark::Broken,
            (Some(_), true) => Mark::Warning,
            (Some(_), false) => Mark::Fine,
        };
        let lead = self
            .lead(0, mark)
            .painted(BOLD, &step.zone.escaped())
            .text("  ");
        sheet.wrapped(lead, &self.said(step), self.style.columns());
        if let Some(proof) = &step.proof {
            self.proof(sheet, proof);
        }
        for (server, exchange) in step.questions() {
            if let Some(trouble) = self.trouble(exchange) {
                let line = format!("{} {trouble}", place(server, exchange));
                sheet.wrapped(self.lead(4, Mark::Warning), &line, self.style.columns());
            }
        }
        for server in &step.servers {
            if let Some(why) = without(server) {
                let line = format!("{}: {why}", server.name.escaped());
                sheet.wrapped(self.lead(4, Mark::Warning), &line, self.style.columns());
            }
        }
        if !step.ignored.is_empty() {
            let names: Vec<String> = step
                .ignored
                .iter()
                .map(netwhy_report::Untrusted::escaped)
                .collect();
            let line = format!("ignored, not this zone's: {}", names.join(", "));
            sheet.wrapped(self.lead(4, Mark::Unmeasured), &line, self.style.columns());
        }
    }

    fn lead(&self, indent: usize, mark: Mark) -> Line {
        Line::new()
            .text(&" ".repeat(indent))
            .painted(mark.paint(), self.style.mark(mark))
            .text(" ")
    }

    /// Who answered, how fast, with what, and for which question if it is not the walk's own.
    fn said(&self, step: &TraceStep) -> String {
        let mut text = match step
            .followed()
            .and_then(|exchange| Some((exchange, step.servers.get(exchange.server)?)))
        {
            Some((exchange, server)) => format!(
                "{}  {}  {}",
                place(server, exchange),
                units::duration(
                    exchange.exchange.step.duration.unwrap_or_default(),
                    self.style.unicode
                ),
                exchange.said.as_ref().map(said).unwrap_or_default()
            ),
            None => "no server was of use".to_owned(),
        };
        match &step.purpose {
            StepPurpose::Answer => {}
            StepPurpose::NameServer { server } => {
                text.push_str(&format!("  (for the address of {})", server.escaped()));
            }
            StepPurpose::Cut { .. } => text.push_str("  (the same servers serve parent and child)"),
        }
        text
    }

    fn proof(&self, sheet: &mut Sheet, step: &StepProof) {
        let response = step.response.as_deref();
        let told = response.map_or(step.security, |response| response.security);
        let (security, reason) = match step.security {
            Security::Secure => (told, response.and_then(proof::decisive)),
            security => (security, step.reasons.first()),
        };
        // A proven zone that proves its child to be unsigned is itself secure.
        let refers = response.is_some_and(|response| response.delegation.is_some());
        let (mark, word) = match security {
            Security::Secure => (Mark::Fine, "secure"),
            Security::Insecure if refers => (Mark::Fine, "secure; the child is not"),
            Security::Insecure => (Mark::Unmeasured, "insecure"),
            Security::Bogus => (Mark::Broken, "bogus"),
            Security::Indeterminate => (Mark::Unmeasured, "not provable"),
        };
        let keys = step.keys.as_ref().and_then(|keys| keys.signature.as_ref());
        let detail = match (reason, keys) {
            (Some(reason), _) => format!("{word}: {}", proof::in_words(reason, self.now)),
            (None, Some(key)) => format!("{word}  key {} {}", key.key_tag, key.algorithm.name),
            (None, None) if security == Security::Secure => word.to_owned(),
            // The fault stands at a zone above, or nothing came to judge.
            (None, None) => word.to_owned(),
        };
        sheet.wrapped(self.lead(4, mark), &detail, self.style.columns());
    }

    /// Why an exchange was of no use.
    fn trouble(&self, exchange: &TraceExchange) -> Option<String> {
        if exchange.asking != Asking::Question {
            return None;
        }
        match (&exchange.exchange.step.outcome, &exchange.said) {
            (Outcome::Failed { failure }, _) => Some(words::failure(failure, self.style.unicode)),
            (_, Some(Said::Lame { why })) => Some(lame(why)),
            _ => None,
        }
    }

    fn end(&self, sheet: &mut Sheet, record: &TraceRecord) {
        sheet.gap();
        for alias in &record.aliases {
            let kind = if alias.dname { "DNAME" } else { "CNAME" };
            sheet.line(Line::new().text(&format!(
                "  {} {} {kind} {}",
                alias.name.escaped(),
                alias.ttl,
                alias.target.escaped()
            )));
        }
        for record in &record.answer {
            sheet.line(Line::new().text(&format!(
                "  {} {} {} {}",
                record.name.escaped(),
                record.ttl,
                record.record_type,
                record.data.escaped()
            )));
        }
        sheet.gap();
        let mark = match (&record.end, record.is_bogus()) {
            (TraceEnd::Answer | TraceEnd::NoData { .. } | TraceEnd::NameError { .. }, false) => {
                Mark::Fine
            }
            _ => Mark::Broken,
        };
        let security = record
            .security
            .as_ref()
            .map(|security| match security.security {
                Security::Secure => ", secure".to_owned(),
                Security::Insecure => ", insecure".to_owned(),
                Security::Bogus => ", bogus".to_owned(),
                Security::Indeterminate => ", not provable".to_owned(),
            });
        let summary = format!(
            "{}{}; {} in {}",
            end(&record.end),
            security.unwrap_or_default(),
            units::count(
                usize::try_from(record.queries).unwrap_or(usize::MAX),
                "query",
                "queries"
            ),
            units::duration(record.walk, self.style.unicode)
        );
        sheet.wrapped(self.lead(0, mark), &summary, self.style.columns());
        if let Some(reason) = record.reason() {
            let text = proof::in_words(reason, self.now);
            sheet.wrapped(
                Line::new().painted(DIM, "  because "),
                &text,
                self.style.columns(),
            );
        }
    }
}

fn place(server: &TraceServer, exchange: &TraceExchange) -> String {
    let address = exchange
        .exchange
        .address
        .map(|address| match address.port() {
            53 => address.ip().to_string(),
            _ => address.to_string(),
        });
    format!("{} {}", server.name.escaped(), address.unwrap_or_default())
}

fn said(said: &Said) -> String {
    match said {
        Said::Answer => "answer".to_owned(),
        Said::Alias { target } => format!("alias of {}", target.escaped()),
        Said::Referral {
            child,
            servers,
            signed,
        } => format!(
            "referral to {} ({}{})",
            child.escaped(),
            units::count(servers.len(), "server", "servers"),
            if *signed { ", DS" } else { "" }
        ),
        Said::NoData => "no record of this type".to_owned(),
        Said::NameError => "the name does not exist".to_owned(),
        Said::Lame { why } => lame(why),
    }
}

fn lame(why: &LameReason) -> String {
    match why {
        LameReason::Code { name, .. } => format!("does not serve the zone: {name}"),
        LameReason::NotAuthoritative => {
            "does not serve the zone: its answer is not authoritative".to_owned()
        }
        LameReason::UpwardReferral { zone } => {
            format!("does not serve the zone: refers up to {}", zone.escaped())
        }
    }
}

fn without(server: &TraceServer) -> Option<&'static str> {
    Some(match server.without? {
        WithoutAddress::GlueMissing => "no glue, and its name lies in the zone that it serves",
        WithoutAddress::Unresolved => "its name has no address",
        WithoutAddress::Circular => "its name depends on a zone that waits for this one",
        WithoutAddress::LimitReached => "not looked up: too many servers without glue",
        WithoutAddress::NotNeeded => return None,
    })
}

fn end(end: &TraceEnd) -> String {
    match end {
        TraceEnd::Answer => "answer".to_owned(),
        TraceEnd::NoData { name } => format!("{} has no record of this type", name.escaped()),
        TraceEnd::NameError { name } => format!("{} does not exist", name.escaped()),
        TraceEnd::AliasLoop { name } => format!("the aliases come back to {}", name.escaped()),
        TraceEnd::AliasesTooMany { limit } => format!("more than {limit} aliases"),
        TraceEnd::Lame { zone } => format!("no server of {} serves it", zone.escaped()),
        TraceEnd::Silent { zone } => format!("no server of {} answers", zone.escaped()),
        TraceEnd::Unreachable { zone } => {
            format!(
                "this host has no route to the servers of {}",
                zone.escaped()
            )
        }
        TraceEnd::NoAddress { zone } => format!("no server of {} has an address", zone.escaped()),
        TraceEnd::TooDeep { limit } => format!("more than {limit} cuts"),
        TraceEnd::QueriesSpent { limit } => format!("gave up after {limit} queries"),
        TraceEnd::Stopped { reason } => words::skipped(Layer::Dns, reason),
    }
}
