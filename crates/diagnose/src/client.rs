//! The observer's own side: configuration files, proxy variables, routes, and how late our own event loop runs.

use std::time::Duration;

use netwhy_dns::{read_hosts, read_lookup_order, read_resolv_conf};
use netwhy_report::client::{ClientRecord, EventLoopLag, ProxyVariable};
use netwhy_report::plan::Family;
use netwhy_report::{DiagnosePlan, Target, Untrusted};
use netwhy_tcp::usable_source;
use tokio::task::JoinHandle;
use tokio::time::Instant;

const PROXY_VARIABLES: [&str; 6] = [
    "https_proxy",
    "HTTPS_PROXY",
    "http_proxy",
    "all_proxy",
    "ALL_PROXY",
    "HTTP_PROXY",
];

/// Reads everything that this host would bring to bear on the target.
pub(crate) fn observe(plan: &DiagnosePlan) -> ClientRecord {
    let resolv_conf = plan
        .dns
        .servers
        .is_empty()
        .then(|| read_resolv_conf(&plan.dns.resolv_conf, plan.dns.port));
    ClientRecord {
        resolv_conf,
        hosts: Some(read_hosts(&plan.dns.hosts, plan.target.host.ascii())),
        lookup_order: read_lookup_order(&plan.dns.nsswitch),
        proxies: proxies(&plan.target, |name| std::env::var(name).ok()),
        ipv4: usable_source(Family::Ipv4),
        ipv6: usable_source(Family::Ipv6),
        event_loop: None,
    }
}

/// What a run about names depends on here: whether this host has a way out.
pub(crate) fn routes() -> ClientRecord {
    ClientRecord {
        ipv4: usable_source(Family::Ipv4),
        ipv6: usable_source(Family::Ipv6),
        ..ClientRecord::default()
    }
}

/// The proxy variables as curl reads them: `HTTP_PROXY` in capitals is ignored, `no_proxy` exempts hosts.
fn proxies(target: &Target, variable: impl Fn(&str) -> Option<String>) -> Vec<ProxyVariable> {
    let exempt = variable("no_proxy")
        .or_else(|| variable("NO_PROXY"))
        .unwrap_or_default();
    let exempted = is_exempt(target.host.ascii(), &exempt);
    let set = PROXY_VARIABLES
        .iter()
        .filter_map(|name| Some((*name, variable(name).filter(|value| !value.is_empty())?)));
    set.map(|(name, value)| {
        let for_scheme = match name.to_ascii_lowercase().as_str() {
            "https_proxy" => target.scheme.is_secure(),
            "http_proxy" => !target.scheme.is_secure() && name == "http_proxy",
            _ => true,
        };
        ProxyVariable {
            name: name.to_owned(),
            value: Untrusted::from(without_userinfo(&value).as_str()),
            applies: for_scheme && !exempted,
        }
    })
    .collect()
}

fn without_userinfo(url: &str) -> String {
    let (scheme, rest) = url
        .split_once("://")
        .map_or(("", url), |(scheme, rest)| (scheme, rest));
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    if scheme.is_empty() {
        host.to_owned()
    } else {
        format!("{scheme}://{host}")
    }
}

fn is_exempt(host: &str, list: &str) -> bool {
    list.split(',')
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .any(|entry| {
            let suffix = entry.trim_start_matches('.');
            entry == "*"
                || host.eq_ignore_ascii_case(suffix)
                || host.to_ascii_lowercase().ends_with(&format!(".{suffix}"))
        })
}

/// Measures how late a timer of our own fires while the run goes on.
pub(crate) struct LagMeter {
    task: JoinHandle<()>,
    lags: std::sync::Arc<std::sync::Mutex<Vec<Duration>>>,
}

const TICK: Duration = Duration::from_millis(10);
/// The timer wheel rounds up to whole milliseconds: that much is no lag.
const GRANULARITY: Duration = Duration::from_millis(1);

impl LagMeter {
    /// Starts measuring; at most 6,000 samples (one minute).
    pub(crate) fn start() -> Self {
        let lags = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let sink = std::sync::Arc::clone(&lags);
        let task = tokio::spawn(async move {
            for _ in 0..6_000 {
                let due = Instant::now() + TICK;
                tokio::time::sleep_until(due).await;
                let lag = Instant::now()
                    .saturating_duration_since(due)
                    .saturating_sub(GRANULARITY);
                if let Ok(mut lags) = sink.lock() {
                    lags.push(lag);
                }
            }
        });
        Self { task, lags }
    }

    /// Stops, and sums up; `None` if the run was too short for a single sample.
    pub(crate) fn finish(self) -> Option<EventLoopLag> {
        self.task.abort();
        let mut lags = self.lags.lock().ok()?.clone();
        lags.sort_unstable();
        let max = *lags.last()?;
        Some(EventLoopLag {
            samples: u32::try_from(lags.len()).unwrap_or(u32::MAX),
            max,
            median: lags[lags.len() / 2],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxy_credentials_never_enter_the_report_and_no_proxy_exempts() {
        let target = Target::parse("https://shop.example.test/").unwrap();
        let found = proxies(&target, |name| match name {
            "https_proxy" => Some("http://ann:secret@proxy.example:3128".to_owned()),
            "HTTP_PROXY" => Some("http://p:1".to_owned()),
            "no_proxy" => Some("other.test, .internal".to_owned()),
            _ => None,
        });
        assert_eq!(found[0].value, Untrusted::from("http://proxy.example:3128"));
        assert!(found[0].applies);
        assert!(
            !found[1].applies,
            "curl ignores HTTP_PROXY, and the target is https"
        );
        assert!(is_exempt("shop.example.test", "example.test"));
        assert!(!is_exempt("badexample.test", "example.test"));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn an_idle_loop_has_samples() {
        let meter = LagMeter::start();
        tokio::time::sleep(Duration::from_millis(60)).await;
        assert!(meter.finish().is_some_and(|lag| lag.samples >= 1));
    }
}
