//! What a hostile peer cannot do to a terminal, whatever it puts into headers, certificates and URLs.

use netwhy_report::http::RedirectEnd;
use netwhy_report::tls::{ChainFault, NameVerdict};
use netwhy_report::untrusted::is_dangerous;
use netwhy_report::{Failure, Section, Step, Untrusted};
use proptest::prelude::*;

use super::{PLAIN, without_our_codes};
use crate::escape::columns;
use crate::specimen::{self, Case};
use crate::style::TerminalStyle;
use crate::terminal::terminal;

/// Everything that a peer, or an earlier stage's slip, could fill with its own text.
fn hostile(text: &str) -> Case {
    let mut case = specimen::redirects();
    case.verdict = specimen::chain_incomplete().verdict;
    let bytes = || Untrusted::from(text);
    let layers = &mut case.report.layers;
    if let Some(Section::Measured { record }) = &mut layers.tls {
        let certificate = &mut record.chain[0];
        certificate.subject = bytes();
        certificate.common_name = Some(bytes());
        certificate.issuer = bytes();
        certificate.issuer_common_name = Some(bytes());
        record.server_name = text.to_owned();
        let judgement = record.judgement.as_mut().unwrap();
        judgement.stores[0].error = Some(text.to_owned());
        judgement.faults = vec![ChainFault::ConstraintViolated {
            index: None,
            subject: bytes(),
            rule: text.to_owned(),
        }];
        judgement.name = NameVerdict::Mismatch {
            nearest: Some(bytes()),
            reason: text.to_owned(),
        };
    }
    if let Some(Section::Measured { record }) = &mut layers.http {
        for hop in &mut record.hops {
            hop.url = bytes();
            hop.host = text.to_owned();
            hop.exchange.head.as_mut().unwrap().headers[0].value = bytes();
        }
        record.redirect_end = RedirectEnd::Unusable {
            location: Some(bytes()),
        };
        let last = &mut record.hops[2].exchange;
        last.step = Step::failed(
            last.step.start,
            last.step.end(),
            Failure::HttpMalformed {
                reason: text.to_owned(),
            },
        );
    }
    for finding in &mut case.verdict.findings {
        finding.code = format!("{text}-code");
        finding.headline = text.to_owned();
        finding.evidence = vec![text.to_owned()];
        finding.fix = text.to_owned();
        finding.confirm = vec![text.to_owned()];
    }
    case.verdict.cause = Some(text.to_owned());
    case.verdict.refute = Some(text.to_owned());
    case
}

fn attack() -> impl Strategy<Value = String> {
    let dangerous = prop::sample::select(vec![
        "\x1b[2J",
        "\x1b]52;c;eA==\x07",
        "\u{9b}31m",
        "\r\n",
        "\n",
        "\t",
        "\0",
        "\x7f",
        "\u{202e}",
        "\u{2066}",
        "\u{200b}",
        "\u{feff}",
        "\u{2028}",
        "\u{e0041}",
        "\u{ad}",
        "証明書",
        "e\u{301}",
        "👩🏽",
        "a b",
        "error: ",
    ]);
    prop::collection::vec(
        prop_oneof![dangerous.prop_map(str::to_owned), any::<String>()],
        0..8,
    )
    .prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_dangerous_reaches_the_terminal(text in attack(), width in 20_usize..140, unicode: bool) {
        let case = hostile(&text);
        let plain = terminal(&case.report, &case.verdict, &TerminalStyle { width, color: false, unicode });
        prop_assert!(!plain.chars().any(|c| c != '\n' && is_dangerous(c)), "{plain:?}");
        let coloured = terminal(&case.report, &case.verdict, &TerminalStyle { width, color: true, unicode });
        prop_assert_eq!(without_our_codes(&coloured), plain);
    }

    #[test]
    fn hostile_text_breaks_no_layout(text in attack(), width in 32_usize..140) {
        let mut case = hostile(&text);
        for finding in &mut case.verdict.findings {
            finding.confirm.clear();
        }
        let shown = terminal(&case.report, &case.verdict, &TerminalStyle { width, ..PLAIN });
        for line in shown.lines() {
            prop_assert!(columns(line) <= width, "{line:?}");
        }
    }
}
