//! NSEC: near misses around the zone of [RFC 4035 appendix A](https://www.rfc-editor.org/rfc/rfc4035#appendix-A). That
//! nothing false is proven is for the model in `denial`.

use netwhy_report::dns::proof::MissingProof;

use super::*;
use crate::dnssec::signed_zone::name;

/// The zone's chain, without the types that do not matter.
fn chain() -> Vec<(Name, NSEC)> {
    use RecordType as T;
    let chain: [(&str, &[T]); 10] = [
        ("example.", &[T::NS, T::SOA, T::MX, T::DNSKEY]),
        ("a.example.", &[T::NS, T::DS]),
        ("ai.example.", &[T::A, T::HINFO, T::AAAA]),
        ("b.example.", &[T::NS]),
        ("ns1.example.", &[T::A]),
        ("ns2.example.", &[T::A]),
        ("*.w.example.", &[T::MX]),
        ("x.w.example.", &[T::MX]),
        ("x.y.w.example.", &[T::MX]),
        ("xx.example.", &[T::A, T::HINFO, T::AAAA]),
    ];
    let nexts = chain.iter().cycle().skip(1);
    chain
        .iter()
        .zip(nexts)
        .map(|((owner, types), (next, _))| {
            let types = types.iter().copied().chain([T::RRSIG, T::NSEC]);
            (name(owner), NSEC::new(name(next), types))
        })
        .collect()
}

/// Asks the records of these owners.
fn with<T>(owners: &[&str], ask: impl Fn(&Nsecs<'_>) -> T) -> T {
    let (zone, chain) = (name("example."), chain());
    let records = chain.iter().map(|(owner, nsec)| (owner, nsec));
    let records = records.filter(|(owner, _)| owners.iter().any(|wanted| name(wanted) == **owner));
    ask(&Nsecs {
        zone: &zone,
        records: records.collect(),
    })
}

fn absent(outcome: Result<Proven, Refused>) -> MissingProof {
    match outcome.err().map(|refused| refused.reason().clone()) {
        Some(ProofReason::DenialIncomplete { missing, .. }) => missing,
        other => panic!("{other:?}"),
    }
}

fn existing(outcome: Result<Proven, Refused>) -> String {
    match outcome.err().map(|refused| refused.reason().clone()) {
        Some(ProofReason::DenialContradicted {
            name, record_type, ..
        }) => {
            format!("{} {}", name.escaped(), record_type.unwrap_or_default())
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_name_error_needs_the_gap_and_the_wildcard() {
    let asked = name("ml.example.");
    let both = with(&["b.example.", "example."], |nsecs| {
        nsecs.name_error(&asked)
    });
    assert_eq!(both.ok().unwrap().kind, DenialKind::NameError);
    assert_eq!(
        absent(with(&["b.example."], |nsecs| nsecs.name_error(&asked))),
        MissingProof::Wildcard
    );
    assert_eq!(
        absent(with(&["example."], |nsecs| nsecs.name_error(&asked))),
        MissingProof::Name
    );
    // The last span of the zone reaches around to its apex.
    let last = name("zz.example.");
    assert!(
        with(&["xx.example.", "example."], |nsecs| nsecs
            .name_error(&last))
        .is_ok()
    );
}

#[test]
fn what_exists_cannot_be_denied() {
    let all = [
        "*.w.example.",
        "x.w.example.",
        "x.y.w.example.",
        "ns2.example.",
        "example.",
    ];
    assert_eq!(
        existing(with(&all, |nsecs| nsecs.name_error(&name("x.w.example.")))),
        "x.w.example. "
    );
    assert_eq!(
        existing(with(&all, |nsecs| nsecs.name_error(&name("y.w.example.")))),
        "y.w.example. "
    );
    assert_eq!(
        existing(with(&all, |nsecs| nsecs.name_error(&name("a.z.w.example.")))),
        "*.w.example. "
    );
    assert_eq!(
        existing(with(&all, |nsecs| nsecs
            .no_data(&name("x.w.example."), RecordType::MX))),
        "x.w.example. MX"
    );
    assert_eq!(
        existing(with(&all, |nsecs| nsecs
            .no_data(&name("a.z.w.example."), RecordType::MX))),
        "*.w.example. MX"
    );
}

#[test]
fn an_empty_non_terminal_has_no_data() {
    let asked = name("y.w.example.");
    let proof = with(&["x.w.example."], |nsecs| {
        nsecs.no_data(&asked, RecordType::A)
    });
    assert_eq!(proof.ok().unwrap().kind, DenialKind::NoData);
}

#[test]
fn wildcard_no_data_needs_the_gap_and_the_wildcards_record() {
    let asked = name("a.z.w.example.");
    let ask = |nsecs: &Nsecs<'_>| nsecs.no_data(&asked, RecordType::AAAA);
    let both = with(&["x.y.w.example.", "*.w.example."], ask);
    assert_eq!(both.ok().unwrap().kind, DenialKind::WildcardNoData);
    assert_eq!(
        absent(with(&["x.y.w.example."], ask)),
        MissingProof::Wildcard
    );
    assert_eq!(absent(with(&["*.w.example."], ask)), MissingProof::NoData);
}

#[test]
fn a_wildcard_answer_needs_the_gap_at_its_own_level() {
    let (asked, encloser) = (name("a.z.w.example."), name("w.example."));
    let ask = |nsecs: &Nsecs<'_>| nsecs.no_closer_match(&asked, &encloser);
    assert!(with(&["x.y.w.example."], ask).is_ok());
    assert_eq!(
        absent(with(&["x.w.example."], ask)),
        MissingProof::NoCloserMatch
    );
    // Below y.w.example., which exists, the wildcard at w.example. does not reach.
    let below = name("z.y.w.example.");
    let ask = |nsecs: &Nsecs<'_>| nsecs.no_closer_match(&below, &encloser);
    assert_eq!(existing(with(&["x.y.w.example."], ask)), "y.w.example. ");
}

/// [RFC 6840 §4.1](https://www.rfc-editor.org/rfc/rfc6840#section-4.1)
#[test]
fn the_parents_record_at_a_cut_denies_ds_alone() {
    let (cut, below) = (name("b.example."), name("www.b.example."));
    let records = ["b.example.", "example."];
    let proof = with(&records, |nsecs| nsecs.no_ds(&cut, true))
        .ok()
        .unwrap();
    assert_eq!(proof.kind, DenialKind::UnsignedDelegation);
    assert_eq!(
        absent(with(&records, |nsecs| nsecs.no_data(&cut, RecordType::A))),
        MissingProof::NoData
    );
    assert_eq!(
        absent(with(&records, |nsecs| nsecs.name_error(&below))),
        MissingProof::Name
    );
    assert_eq!(
        absent(with(&records, |nsecs| nsecs.no_data(&below, RecordType::A))),
        MissingProof::NoData
    );
}

#[test]
fn a_signed_delegation_is_not_unsigned_and_a_host_is_no_delegation() {
    let (signed, host) = (name("a.example."), name("ns1.example."));
    assert_eq!(
        existing(with(&["a.example."], |nsecs| nsecs.no_ds(&signed, true))),
        "a.example. DS"
    );
    let records = ["ns1.example.", "example."];
    assert_eq!(
        absent(with(&records, |nsecs| nsecs.no_ds(&host, true))),
        MissingProof::NoDs
    );
    let proof = with(&records, |nsecs| nsecs.no_ds(&host, false))
        .ok()
        .unwrap();
    assert_eq!(proof.kind, DenialKind::NoData);
    // The child's apex has its own record, which knows nothing of the parent's DS.
    let apex = name("example.");
    assert_eq!(
        absent(with(&records, |nsecs| nsecs.no_ds(&apex, false))),
        MissingProof::NoDs
    );
    // A name in the gap is no cut either.
    let nothing = name("b0.example.");
    assert_eq!(
        absent(with(&["b.example.", "example."], |nsecs| nsecs
            .no_ds(&nothing, true))),
        MissingProof::NoDs
    );
}
