//! From the arguments of `netwhy dns -f FILE` to a plan.

use std::path::Path;
use std::time::Duration;

use netwhy_report::Plan;
use netwhy_report::dns::DnsTransport;
use netwhy_report::plan::{DnsBulkPlan, TlsOptions};

use super::{Words, budgets, dns_options, query, servers, tcp_options};
use crate::arguments::dns::LookupArguments;
use crate::failure::Failure;

/// Questions in flight where nobody says how many: few enough for the socket buffer that a server has by default
/// (212,992 bytes, some 270 queries on Linux): what does not fit there is lost.
const CONCURRENCY: u32 = 150;
/// A long list takes its time; each question has its own limit.
const DEADLINE: Duration = Duration::from_secs(24 * 3600);
/// One more than for a single question: among thousands a lost datagram is certain.
const TRIES: u32 = 3;

/// The plan of a bulk run.
pub(crate) fn bulk(arguments: &LookupArguments, file: &Path) -> Result<Plan, Failure> {
    let words = Words::sort(&arguments.words, None)?;
    words.without_subject()?;
    let mut given = arguments.query.clone();
    let (mut short, mut search) = (false, false);
    for word in &words.dig_options {
        query::apply(word, &mut given, &mut short, &mut search)?;
    }
    if short || search || given.tcp {
        return Err(Failure::usage(
            "+short, +search and +tcp do not go with -f; expected words that say what is asked, such as +dnssec",
        ));
    }
    let record_type = match words.types.as_slice() {
        [] => "A".to_owned(),
        [one] => one.clone(),
        several => {
            return Err(Failure::usage(format!(
                "{} are several types; expected one with -f, or lines with a type of their own",
                several.join(" and ")
            )));
        }
    };
    let servers = servers(&words.servers, false, arguments.port);
    if let Some(server) = servers
        .iter()
        .find(|server| server.transport != DnsTransport::Udp)
    {
        return Err(Failure::usage(format!(
            "{} is not asked over UDP; expected plain servers such as @192.0.2.53 with -f",
            server.display()
        )));
    }
    let mut budgets = budgets(&arguments.host);
    budgets.deadline = arguments.host.deadline.unwrap_or(DEADLINE);
    budgets.dns_tries = arguments.host.tries.unwrap_or(TRIES);
    let concurrency = arguments.concurrency.unwrap_or(CONCURRENCY);
    Ok(Plan::DnsBulk(Box::new(DnsBulkPlan {
        input: (file != Path::new("-")).then(|| file.to_owned()),
        record_type,
        class: words.class.clone().unwrap_or_else(|| "IN".to_owned()),
        servers,
        concurrency: usize::try_from(concurrency).unwrap_or(usize::MAX),
        rate: arguments.rate,
        ordered: arguments.ordered,
        query: query::options(&given)?,
        dns: dns_options(&arguments.host),
        tcp: tcp_options(arguments),
        tls: TlsOptions::default(),
        budgets,
    })))
}
