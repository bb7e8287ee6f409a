//! Every try of every question in a report, whichever plan asked it.

use netwhy_report::Report;
use netwhy_report::dns::{DnsTry, Mismatches};

/// The tries of one question to one server.
pub(super) struct Tries<'report> {
    /// The server and the type, in print.
    pub(super) asked: String,
    pub(super) tries: &'report [DnsTry],
    /// The classic command that asks the same.
    pub(super) command: String,
}

/// Those of a diagnosis, of a lookup, and of the questions about rewriting.
pub(super) fn all(report: &Report) -> Vec<Tries<'_>> {
    let mut all = Vec::new();
    for (endpoint, record) in report
        .endpoints()
        .into_iter()
        .filter_map(|endpoint| Some((endpoint, endpoint.dns?)))
    {
        all.extend(record.queries.iter().map(|query| Tries {
            asked: format!("{} {}", query.server, query.record_type.name()),
            tries: &query.tries,
            command: super::unresolved::dig(endpoint.host, Some(query), ""),
        }));
    }
    let lookup = report.layers.dns_lookup.iter().flat_map(|it| &it.exchanges);
    let probes = report.layers.dns_rewriting.iter().flat_map(|it| &it.probes);
    all.extend(lookup.chain(probes).map(|exchange| Tries {
        asked: format!(
            "{} {}",
            exchange.server.display(),
            exchange.question.record_type
        ),
        tries: &exchange.tries,
        command: super::asked::command(exchange, ""),
    }));
    all
}

impl Tries<'_> {
    /// The mismatched replies of all of them.
    pub(super) fn mismatches(&self) -> Mismatches {
        let mut sum = Mismatches::default();
        for one in self.tries {
            sum.add(&one.mismatched);
        }
        sum
    }
}
