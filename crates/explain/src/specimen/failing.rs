//! The healthy report with names that do not resolve, or addresses that cannot be reached.

use netwhy_report::dns::{AddressType, DnsAnswer, DnsQuery};
use netwhy_report::{Failure, Report, Section, Step};

use super::{dns, healthy, ms, socket, tcp};

/// Every query ends like this, and there is no address.
pub(crate) fn unresolved(result: &Result<DnsAnswer, Failure>) -> Report {
    let mut report = healthy();
    let record = dns(&mut report);
    record.resolution = Step::failed(ms(0), ms(10), Failure::NoAddress);
    for query in &mut record.queries {
        query.step = Step::ended(ms(0), ms(10), result.clone());
    }
    let reason = netwhy_report::SkipReason::DependencyFailed {
        layer: netwhy_report::Layer::Dns,
    };
    report.layers.tcp = Some(Section::Skipped {
        reason: reason.clone(),
    });
    report.layers.tls = Some(Section::Skipped {
        reason: reason.clone(),
    });
    report.layers.http = Some(Section::Skipped { reason });
    report
}

/// A second resolver that ends like this.
pub(crate) fn second_resolver(report: &mut Report, result: &Result<DnsAnswer, Failure>) {
    for record_type in [AddressType::Aaaa, AddressType::A] {
        let step = Step::ended(ms(0), ms(2000), result.clone());
        let server = socket("192.0.2.54:53");
        dns(report).queries.push(DnsQuery {
            server,
            record_type,
            tries: Vec::new(),
            step,
        });
    }
}

/// Every connect fails like this.
pub(crate) fn unconnected(failure: &Failure) -> Report {
    let mut report = healthy();
    let record = tcp(&mut report);
    for attempt in &mut record.matrix {
        attempt.step = Step::failed(ms(10), ms(30), failure.clone());
    }
    record.race = Step::failed(ms(10), ms(30), failure.clone());
    let reason = netwhy_report::SkipReason::DependencyFailed {
        layer: netwhy_report::Layer::Tcp,
    };
    report.layers.tls = Some(Section::Skipped {
        reason: reason.clone(),
    });
    report.layers.http = Some(Section::Skipped { reason });
    report
}

/// The connect to one address of the matrix fails like this (0: IPv6, 1: IPv4).
pub(crate) fn one_down(index: usize, failure: Failure) -> Report {
    let mut report = healthy();
    tcp(&mut report).matrix[index].step = Step::failed(ms(10), ms(30), failure);
    report
}
