//! Comparisons for the tests: every server says what its line says, at 0.2, 0.4, 0.6 and 2.6 seconds.

use std::time::Duration;

use netwhy_report::dns::compare::{
    CompareLink, CompareProbe, CompareRecord, CompareRole, ComparedServer, ProbePurpose,
};
use netwhy_report::dns::message::{
    DnsMessage, EdnsOptionRecord, EdnsRecord, HeaderFlags, Question, ResourceRecord,
};
use netwhy_report::dns::{DnsExchange, DnsServer, ExtendedError};
use netwhy_report::plan::{DnsComparePlan, DnsOptions, TcpOptions, TlsOptions, TraceOptions};
use netwhy_report::report::Layers;
use netwhy_report::{Budgets, Plan, Report, Step, Untrusted};

const NAME: &str = "www.shop.test.";
const ZONE: &str = "shop.test.";
const MOMENTS: [u64; 4] = [200, 400, 600, 2600];

/// What a server says.
#[derive(Debug, Clone)]
pub(crate) struct Says {
    /// Addresses of each answer in turn; an empty one is NXDOMAIN.
    answers: Vec<String>,
    ttl: u32,
    falls: bool,
    serials: Vec<u32>,
    primary: String,
    machines: Vec<String>,
    near: Vec<(String, String, u8)>,
    extended_error: Option<u16>,
    invents: bool,
}

impl Says {
    pub(crate) fn turns(answers: &[&str], ttl: u32) -> Self {
        Self {
            answers: answers.iter().map(ToString::to_string).collect(),
            ttl,
            falls: false,
            serials: vec![7],
            primary: "ns1.shop.test.".to_owned(),
            machines: Vec::new(),
            near: Vec::new(),
            extended_error: None,
            invents: false,
        }
    }

    /// The same with its full TTL each time.
    pub(crate) fn steady(answer: &str, ttl: u32) -> Self {
        Self::turns(&[answer], ttl)
    }

    /// The same from a cache: its TTL counts down.
    pub(crate) fn falling(answer: &str, ttl: u32) -> Self {
        Self {
            falls: true,
            ..Self::steady(answer, ttl)
        }
    }

    /// NXDOMAIN from a cache.
    pub(crate) fn missing(ttl: u32) -> Self {
        Self::falling("", ttl)
    }

    pub(crate) fn serial(mut self, serial: u32) -> Self {
        self.serials = vec![serial];
        self
    }

    pub(crate) fn serials(mut self, serials: &[u32]) -> Self {
        self.serials = serials.to_vec();
        self
    }

    pub(crate) fn primary(mut self, primary: &str) -> Self {
        self.primary = primary.to_owned();
        self
    }

    /// The machines that answer, in turn.
    pub(crate) fn machines(mut self, machines: &[&str]) -> Self {
        self.machines = machines.iter().map(ToString::to_string).collect();
        self
    }

    /// What it says to clients of a network, with the scope.
    pub(crate) fn near(mut self, network: &str, answer: &str, scope: u8) -> Self {
        self.near
            .push((network.to_owned(), answer.to_owned(), scope));
        self
    }

    pub(crate) fn extended_error(mut self, code: u16) -> Self {
        self.extended_error = Some(code);
        self
    }

    /// It gives its first answer for names that cannot exist as well.
    pub(crate) fn invents(mut self) -> Self {
        self.invents = true;
        self
    }

    fn server(&self, role: CompareRole, nth: usize, address: &str) -> ComparedServer {
        let server = DnsServer::plain(format!("{address}:53").parse().unwrap());
        let mut probes = Vec::new();
        for (turn, at) in MOMENTS.into_iter().enumerate() {
            let answer = &self.answers[turn % self.answers.len()];
            let message = self.message(NAME, answer, turn, at, role);
            probes.push(probe(&server, ProbePurpose::Sample, message, at));
            let message = self.zone(turn, role);
            probes.push(probe(&server, ProbePurpose::Serial, message, at));
        }
        for (network, answer, scope) in &self.near {
            let mut message = self.message(NAME, answer, 0, 200, role);
            message
                .edns
                .as_mut()
                .unwrap()
                .options
                .push(EdnsOptionRecord::ClientSubnet {
                    network: network.clone(),
                    scope: *scope,
                });
            let network = network.parse().unwrap();
            probes.push(probe(
                &server,
                ProbePurpose::Subnet { network },
                message,
                200,
            ));
        }
        if self.invents {
            let message = self.message("qxzvbnmlkj.shop.test.", &self.answers[0], 0, 2600, role);
            probes.push(probe(&server, ProbePurpose::Invented, message, 2600));
        }
        ComparedServer {
            role,
            server,
            names: match role {
                CompareRole::Authority => {
                    vec![Untrusted::from(format!("ns{}.{ZONE}", nth + 1).as_str())]
                }
                _ => Vec::new(),
            },
            probes,
        }
    }

    fn message(
        &self,
        name: &str,
        answer: &str,
        turn: usize,
        at: u64,
        role: CompareRole,
    ) -> DnsMessage {
        let passed = u32::try_from(at / 1000).unwrap();
        let ttl = match self.falls {
            true => self.ttl.saturating_sub(passed),
            false => self.ttl,
        };
        let missing = answer.is_empty();
        let mut message = empty(name, "A", role);
        message.rcode = if missing { 3 } else { 0 };
        message.answer = answer
            .split_whitespace()
            .map(|address| record(name, "A", ttl, address))
            .collect();
        if missing {
            message.authority.push(self.soa(ttl, turn));
        }
        let edns = message.edns.as_mut().unwrap();
        if !self.machines.is_empty() {
            let machine = &self.machines[turn % self.machines.len()];
            edns.options.push(EdnsOptionRecord::Nsid {
                id: Untrusted::from(machine.as_str()),
            });
        }
        edns.extended_errors
            .extend(self.extended_error.map(|code| ExtendedError {
                code,
                meaning: String::new(),
                text: Untrusted::default(),
            }));
        message
    }

    fn zone(&self, turn: usize, role: CompareRole) -> DnsMessage {
        let mut message = empty(ZONE, "SOA", role);
        message.answer.push(self.soa(3600, turn));
        if !self.machines.is_empty() {
            let machine = &self.machines[turn % self.machines.len()];
            message
                .edns
                .as_mut()
                .unwrap()
                .options
                .push(EdnsOptionRecord::Nsid {
                    id: Untrusted::from(machine.as_str()),
                });
        }
        message
    }

    fn soa(&self, ttl: u32, turn: usize) -> ResourceRecord {
        let serial = self.serials[turn % self.serials.len()];
        let data = format!(
            "{} admin.shop.test. {serial} 3600 600 86400 900",
            self.primary
        );
        record(ZONE, "SOA", ttl, &data)
    }
}

fn record(name: &str, kind: &str, ttl: u32, data: &str) -> ResourceRecord {
    ResourceRecord {
        name: Untrusted::from(name),
        ttl,
        class: "IN".to_owned(),
        record_type: kind.to_owned(),
        data: Untrusted::from(data),
    }
}

fn empty(name: &str, kind: &str, role: CompareRole) -> DnsMessage {
    DnsMessage {
        flags: HeaderFlags {
            response: true,
            authoritative: role == CompareRole::Authority,
            ..HeaderFlags::default()
        },
        question: vec![Question {
            name: Untrusted::from(name),
            class: "IN".to_owned(),
            record_type: kind.to_owned(),
        }],
        edns: Some(EdnsRecord {
            version: 0,
            udp_payload: 1232,
            dnssec_ok: false,
            options: Vec::new(),
            extended_errors: Vec::new(),
        }),
        ..DnsMessage::default()
    }
}

fn probe(server: &DnsServer, purpose: ProbePurpose, message: DnsMessage, at: u64) -> CompareProbe {
    let at = Duration::from_millis(at);
    CompareProbe {
        purpose,
        exchange: DnsExchange {
            server: server.clone(),
            address: server.socket(),
            question: message.question[0].clone(),
            tries: Vec::new(),
            step: Step::completed(at, at, Box::new(message)),
            undecodable: None,
        },
    }
}

/// A comparison of these resolvers and authorities, begun at noon.
pub(crate) fn compared(resolvers: &[(&str, Says)], authorities: &[(&str, Says)]) -> Report {
    let all = |servers: &[(&str, Says)], role| {
        let server =
            |(nth, (address, says)): (usize, &(&str, Says))| says.server(role, nth, address);
        servers.iter().enumerate().map(server).collect()
    };
    let record = CompareRecord {
        name: Untrusted::from(NAME),
        record_type: "A".to_owned(),
        resolvers: all(resolvers, CompareRole::System),
        links: vec![CompareLink {
            name: Untrusted::from(NAME),
            zone: Some(Untrusted::from(ZONE)),
            authorities: all(authorities, CompareRole::Authority),
            unaddressed: Vec::new(),
        }],
        discovery: Vec::new(),
        repeated: true,
    };
    let plan = DnsComparePlan {
        name: Untrusted::from(NAME),
        record_type: "A".to_owned(),
        servers: Vec::new(),
        samples: 3,
        subnets: DnsComparePlan::far_apart(),
        trace: TraceOptions::default(),
        dns: DnsOptions::default(),
        tcp: TcpOptions::default(),
        tls: TlsOptions::default(),
        budgets: Budgets::default(),
    };
    Report {
        plan: Plan::DnsCompare(Box::new(plan)),
        started_at: "2026-11-24T12:00:00Z".parse().unwrap(),
        elapsed: Duration::from_secs(3),
        complete: true,
        limits_hit: Vec::new(),
        layers: Layers {
            dns_compare: Some(vec![record]),
            ..Layers::default()
        },
    }
}
