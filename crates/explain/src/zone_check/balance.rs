//! How the addresses of a name vary over many answers of one server, and what that says of the balancer behind it.

use std::collections::BTreeMap;

use netwhy_report::dns::DnsExchange;
use netwhy_report::dns::check::{NameSamples, Soa, records_of};
use netwhy_report::dns::message::EdnsOptionRecord;

/// What the answers do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Balance {
    /// The same addresses in the same order, each time.
    Fixed,
    /// The same addresses, in changing order: round-robin.
    RoundRobin,
    /// Changing parts of one pool, each about as often as the others.
    Pool,
    /// Changing parts of one pool, some much more often than others.
    Weighted,
    /// One set at first, another from a moment on: a change of health, or of the zone, during the run.
    Changed,
    /// Another set for another network of the client.
    BySubnet,
}

/// What was seen, with the evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balanced {
    /// How it varies.
    pub how: Balance,
    /// How often each set came, the most frequent first.
    pub sets: Vec<(Vec<String>, usize)>,
    /// Answers in all.
    pub samples: usize,
    /// The zone's serial stayed the same.
    pub serial_constant: bool,
}

/// Sees how a name is balanced; `None` where there is too little to see.
#[must_use]
pub fn seen(samples: &NameSamples) -> Option<Balanced> {
    let answers: Vec<Vec<String>> = samples.repeated.iter().filter_map(addresses).collect();
    if answers.len() < 2 {
        return None;
    }
    let sets: Vec<Vec<String>> = answers.iter().map(|answer| sorted(answer)).collect();
    let mut counts: BTreeMap<&Vec<String>, usize> = BTreeMap::new();
    for set in &sets {
        *counts.entry(set).or_default() += 1;
    }
    let how = if counts.len() == 1 {
        if by_subnet(samples, &sets[0]) {
            Balance::BySubnet
        } else if answers.iter().any(|answer| *answer != answers[0]) {
            Balance::RoundRobin
        } else {
            Balance::Fixed
        }
    } else if turns_once(&sets) {
        Balance::Changed
    } else if is_even(&sets) {
        Balance::Pool
    } else {
        Balance::Weighted
    };
    let mut sets: Vec<(Vec<String>, usize)> = counts
        .into_iter()
        .map(|(set, count)| (set.clone(), count))
        .collect();
    sets.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    Some(Balanced {
        how,
        sets,
        samples: answers.len(),
        serial_constant: serial_is_constant(samples),
    })
}

fn addresses(exchange: &DnsExchange) -> Option<Vec<String>> {
    let reply = exchange.reply()?;
    let wanted = &exchange.question.record_type;
    let records = reply
        .answer
        .iter()
        .filter(|record| record.record_type == *wanted);
    let addresses: Vec<String> = records.map(|record| record.data.escaped()).collect();
    (!addresses.is_empty()).then_some(addresses)
}

fn sorted(answer: &[String]) -> Vec<String> {
    let mut set = answer.to_vec();
    set.sort_unstable();
    set.dedup();
    set
}

/// Two sets, the second from a moment on, each seen more than twice: chance alone would mix them.
fn turns_once(sets: &[Vec<String>]) -> bool {
    let turn = sets.iter().position(|set| *set != sets[0]);
    turn.is_some_and(|turn| {
        let (before, after) = sets.split_at(turn);
        before.len() > 2 && after.len() > 2 && after.iter().all(|set| *set == after[0])
    })
}

/// Whether no address comes much more often than the mean: Pearson's test at about one in a thousand.
fn is_even(sets: &[Vec<String>]) -> bool {
    let mut counts: BTreeMap<&str, f64> = BTreeMap::new();
    for address in sets.iter().flatten() {
        *counts.entry(address).or_default() += 1.0;
    }
    let kinds = f64::from(u32::try_from(counts.len()).unwrap_or(u32::MAX));
    let mean = counts.values().sum::<f64>() / kinds;
    let statistic: f64 = counts
        .values()
        .map(|count| (count - mean).powi(2) / mean)
        .sum();
    let freedom = kinds - 1.0;
    // Wilson and Hilferty's approximation of the distribution's quantile.
    let spread = 2.0 / (9.0 * freedom.max(1.0));
    let limit = freedom * (1.0 - spread + 3.09 * spread.sqrt()).powi(3);
    statistic <= limit
}

/// Whether clients of another network get another set, and the server says that it depends on the network.
fn by_subnet(samples: &NameSamples, usual: &[String]) -> bool {
    samples.subnets.iter().any(|sample| {
        let scoped = sample.exchange.reply().and_then(|reply| reply.edns.as_ref()).is_some_and(|edns| {
            edns.options.iter().any(|option| matches!(option, EdnsOptionRecord::ClientSubnet { scope, .. } if *scope > 0))
        });
        let other = addresses(&sample.exchange).is_some_and(|answer| sorted(&answer) != usual);
        scoped && other
    })
}

fn serial_is_constant(samples: &NameSamples) -> bool {
    let serials = samples.serials.iter().filter_map(|exchange| {
        let reply = exchange.reply()?;
        let soa = records_of(reply, &exchange.question.name, "SOA").next()?;
        Soa::read(&soa.data).map(|soa| soa.serial)
    });
    let serials: Vec<u32> = serials.collect();
    serials.len() > 1 && serials.iter().all(|serial| *serial == serials[0])
}

impl Balanced {
    /// In words.
    #[must_use]
    pub fn in_words(&self) -> String {
        let kinds = self.sets.len();
        let sizes = self.sets.first().map_or(0, |(set, _)| set.len());
        match self.how {
            Balance::Fixed if sizes == 1 => format!("one address, {} times", self.samples),
            Balance::Fixed => format!(
                "the same {sizes} addresses in the same order, {} times",
                self.samples
            ),
            Balance::RoundRobin => {
                format!("round-robin: the same {sizes} addresses in changing order")
            }
            Balance::Pool => format!("a pool: {kinds} different sets in {} answers", self.samples),
            Balance::Weighted => format!(
                "weighted: {kinds} different sets in {} answers, some much more often",
                self.samples
            ),
            Balance::Changed => {
                "changed once during the run: a target failed or came back, or the zone was edited"
                    .to_owned()
            }
            Balance::BySubnet => "depends on the client's network (ECS scope above 0)".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
