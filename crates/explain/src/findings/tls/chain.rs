//! The chains of all endpoints with their judgements, seen the way that the findings about certificates ask.

use netwhy_report::tls::{Certificate, ChainFault, ChainJudgement, TlsRecord};
use netwhy_report::{Endpoint, Report};

/// One endpoint whose server sent a certificate.
#[derive(Clone, Copy)]
pub(super) struct Judged<'r> {
    pub(super) endpoint: Endpoint<'r>,
    pub(super) record: &'r TlsRecord,
    pub(super) judgement: &'r ChainJudgement,
}

impl<'r> Judged<'r> {
    /// Whether the deciding trust store turns the chain down, names aside.
    pub(super) fn rejected(&self) -> bool {
        self.judgement
            .stores
            .first()
            .is_some_and(|store| store.error.is_some())
    }

    /// The server's own certificate.
    pub(super) fn leaf(&self) -> Option<&'r Certificate> {
        self.record.chain.first()
    }

    /// Begins a line of evidence: the authority.
    pub(super) fn at(&self) -> String {
        self.endpoint.authority()
    }

    /// What each store says, one line each.
    pub(super) fn stores(&self) -> Vec<String> {
        let stores = self.judgement.stores.iter();
        stores
            .map(|store| {
                let by = format!(
                    "by {} ({} root{})",
                    store.store.name(),
                    store.roots,
                    if store.roots == 1 { "" } else { "s" }
                );
                match &store.error {
                    None => format!("accepted {by}"),
                    Some(error) => {
                        format!("rejected {by}: {}", netwhy_report::untrusted::escape(error))
                    }
                }
            })
            .collect()
    }
}

/// Every endpoint that sent a certificate, the target first.
pub(super) fn judged(report: &Report) -> Vec<Judged<'_>> {
    let mut all = Vec::new();
    for endpoint in report.endpoints() {
        if let Some(record) = endpoint.tls
            && let Some(judgement) = record.judgement.as_ref()
        {
            all.push(Judged {
                endpoint,
                record,
                judgement,
            });
        }
    }
    all
}

/// The first fault that `pick` takes, among the chains that the deciding store rejects.
pub(super) fn fault<'r, T>(
    report: &'r Report,
    pick: impl Fn(&Judged<'r>, &'r ChainFault) -> Option<T>,
) -> Option<(Judged<'r>, T)> {
    judged(report)
        .into_iter()
        .filter(Judged::rejected)
        .find_map(|chain| {
            let found = chain
                .judgement
                .faults
                .iter()
                .find_map(|fault| pick(&chain, fault))?;
            Some((chain, found))
        })
}

/// `certificate 1 (as sent)`, or where else it was found.
pub(super) fn position(index: Option<usize>) -> String {
    index.map_or_else(
        || "a certificate that was not sent".to_owned(),
        |index| format!("certificate {index} as sent"),
    )
}

/// Reports for the tests of this layer.
#[cfg(test)]
pub(super) mod specimens {
    use netwhy_report::outcome::{Section, SkipReason};
    use netwhy_report::tls::{ChainFault, ChainJudgement, TlsRecord};
    use netwhy_report::{Failure, Layer, Report, Step};

    pub(crate) fn record(report: &mut Report) -> &mut TlsRecord {
        match report.layers.tls.as_mut() {
            Some(Section::Measured { record }) => record,
            _ => panic!("the specimen speaks TLS"),
        }
    }

    pub(crate) fn judgement(report: &mut Report) -> &mut ChainJudgement {
        record(report).judgement.as_mut().unwrap()
    }

    /// A report whose deciding store rejects the chain for this fault.
    pub(crate) fn rejected(fault: ChainFault) -> Report {
        let mut report = crate::specimen::healthy();
        let judgement = judgement(&mut report);
        judgement.stores[0].error = Some("rejected".to_owned());
        judgement.faults = vec![fault];
        report
    }

    /// A report whose handshake failed.
    pub(crate) fn failed(failure: Failure) -> Report {
        let mut report = crate::specimen::healthy();
        let record = record(&mut report);
        let (start, end) = (record.handshake.start, record.handshake.end());
        record.handshake = Step::failed(start, end, failure);
        record.chain.clear();
        record.judgement = None;
        let reason = SkipReason::DependencyFailed { layer: Layer::Tls };
        report.layers.http = Some(Section::Skipped { reason });
        report
    }

    /// A report whose handshake the server ended with this alert.
    pub(crate) fn alert(code: u8, name: &str) -> Report {
        failed(Failure::TlsAlert {
            code,
            name: name.to_owned(),
        })
    }
}
