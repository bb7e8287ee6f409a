//! Names that do not resolve as they should, and resolvers that do not answer.

use super::{Leaf, Names, OK, Scenario, Site};

const fn named(name: &'static str, summary: &'static str, names: Names) -> Scenario {
    Scenario::new(name, summary, names, Site::Https(Leaf::Good, OK))
}

pub(super) static SCENARIOS: &[Scenario] = &[
    named(
        "client-no-resolver",
        "resolv.conf points at an address where no resolver listens",
        Names::NoResolver,
    ),
    named(
        "dns-name-missing",
        "The zone does not have the name",
        Names::Missing,
    ),
    named(
        "dns-no-address",
        "The name exists, but only for mail",
        Names::MailOnly,
    ),
    named(
        "dns-servfail",
        "The resolver fails, though the authorities are sound",
        Names::Failing,
    ),
    named(
        "dns-lame-delegation",
        "The zone is delegated to a server that does not serve it",
        Names::Lame,
    ),
    named(
        "dns-glue-missing",
        "The zone is delegated to a server inside it, and the parent gives no address",
        Names::Glueless,
    ),
    named(
        "dns-cname-loop",
        "The name is an alias of one that is an alias of it",
        Names::AliasLoop,
    ),
    named(
        "dns-cname-dangling",
        "The name is an alias of one that does not exist",
        Names::Dangling,
    ),
    named(
        "dns-refused",
        "The resolver does not serve this client",
        Names::Refusing,
    ),
    named(
        "dns-timeout",
        "The only resolver never answers",
        Names::Silent,
    )
    .with(&["--dns-timeout", "0.3"]),
    named(
        "dns-resolver-down",
        "The first of two resolvers never answers",
        Names::OneSilent,
    )
    .with(&["--dns-timeout", "0.3"]),
    named(
        "dns-stale-answer",
        "The resolver has the address of before a move; nothing listens there any more",
        Names::Moved,
    ),
    named(
        "dns-negative-cached",
        "The resolver remembers that the name was not there; it is now",
        Names::New,
    ),
    named("dns-slow", "The resolver takes 700 ms", Names::Slow),
    named(
        "dns-hosts-override",
        "The hosts file sends the name to an address where nothing listens",
        Names::HostsFile,
    ),
    named(
        "dns-answer-rewritten",
        "The resolver gives an address for every name that does not exist, this one too",
        Names::Rewritten,
    ),
    named(
        "dns-answer-forged",
        "A reply with a guessed id comes before the right one",
        Names::Forged,
    ),
    named(
        "dns-ipv6-broken",
        "The question for IPv6 addresses is answered with NXDOMAIN, although the name exists",
        Names::NoAaaa,
    ),
    named(
        "dns-edns-broken",
        "The resolver answers queries with EDNS with FORMERR",
        Names::PlainOnly,
    ),
    Scenario::new(
        "dns-search-expanded",
        "A short name is completed by the search list of resolv.conf",
        Names::Short,
        Site::Http(OK),
    ),
];
