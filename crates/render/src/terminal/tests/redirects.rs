//! What a person sees of a redirect: the layers tell about the target, each later request about itself.

use netwhy_explain::{Finding, Severity};
use netwhy_report::tls::TlsRecord;
use netwhy_report::{Layer, Report};

use super::*;

/// The handshake with the host that the first redirect leads to.
fn second_handshake(report: &mut Report) -> &mut TlsRecord {
    match &mut report.layers.http {
        Some(Section::Measured { record }) => record.hops[1].tls.as_mut().unwrap(),
        _ => panic!("the specimen speaks HTTP"),
    }
}

fn at_hop(code: &str, layer: Layer, hop: Option<usize>) -> Finding {
    Finding {
        hop,
        ..specimen::finding(code, Severity::Error, layer, "it is broken")
    }
}

#[test]
fn the_layers_tell_about_the_target_and_each_later_request_has_a_line_of_its_own() {
    let text = shown(&specimen::redirects());
    let http = line(&text, "✓ http");
    assert!(
        http.contains("301, HTTP/2, 18 kB; 2 redirects followed"),
        "{text}"
    );
    assert!(http.ends_with("349.0 ms"), "{text}");
    let second = line(&text, "✓ →     https://www.example.test/basket?…: 302");
    assert!(second.ends_with("405.0 ms"), "{text}");
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        words.contains("(connection reused, 349.0 ms server 331.0 ms, transfer 18.0 ms)"),
        "{text}"
    );
    assert!(!text.contains("secret"), "{text}");
    assert!(text.contains("request 1 of 3, shop.example.test:443\n  dns ▕"));
    assert!(
        text.contains("request 3 of 3, www.example.test:443\n  server ▕"),
        "{text}"
    );
    assert!(
        words.contains(
            "not sent to www.example.test:443: a redirect led to another origin verdict:"
        ),
        "{text}"
    );
}

#[test]
fn a_fault_behind_a_redirect_crosses_the_line_of_its_request_alone() {
    let mut case = specimen::redirects();
    let tls = second_handshake(&mut case.report);
    let judgement = tls.judgement.as_mut().unwrap();
    judgement.stores[0].error = Some("rejected".to_owned());
    judgement.faults = vec![ChainFault::SelfSigned {
        subject: tls.chain[0].subject.clone(),
    }];
    case.verdict.cause = Some("tls-self-signed".to_owned());
    case.verdict.layer = Some(Layer::Tls);
    case.verdict.findings = vec![at_hop("tls-self-signed", Layer::Tls, Some(1))];
    let text = shown(&case);
    for layer in ["✓ dns", "✓ tcp", "✓ tls", "✓ http"] {
        line(&text, layer);
    }
    let broken = line(
        &text,
        "✗ →     https://www.example.test/basket?…: tls certificate is",
    );
    assert!(broken.ends_with("405.0 ms"), "{text}");
    line(&text, "✓ →     https://www.example.test/end: 200");
    assert!(
        text.contains("because of tls (tls-self-signed) behind a redirect\n"),
        "{text}"
    );
}

#[test]
fn a_finding_that_the_record_does_not_show_is_named_on_the_line_that_it_marks() {
    let mut case = specimen::redirects();
    case.verdict.findings = vec![at_hop("tcp-no-response", Layer::Tcp, Some(1))];
    let text = shown(&case);
    line(&text, "✓ tcp");
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        words.contains("tcp 203.0.113.10:443 open: tcp-no-response;"),
        "{text}"
    );
    case.verdict.findings = vec![at_hop("tcp-no-response", Layer::Tcp, None)];
    let text = shown(&case);
    assert!(
        line(&text, "✗ tcp").contains("open: tcp-no-response"),
        "{text}"
    );
}

#[test]
fn what_follows_from_another_layer_does_not_cross_a_sound_one() {
    let mut case = specimen::healthy();
    let mut follows = at_hop("tcp-closed-after-accept", Layer::Tcp, Some(0));
    follows.consequence_of = Some("tls-client-certificate-required".to_owned());
    case.verdict.findings = vec![
        at_hop("tls-client-certificate-required", Layer::Tls, Some(0)),
        follows,
    ];
    let text = shown(&case);
    line(&text, "✓ tcp");
    assert!(line(&text, "✗ tls").contains("valid to"), "{text}");
}
