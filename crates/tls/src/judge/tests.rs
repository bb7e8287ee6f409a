//! Chains of our own making: what is accepted, and what the walk says of the rest.

use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType,
};

use super::*;

const DAY: Duration = Duration::from_secs(86_400);

fn params(common_name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    params.not_before = (SystemTime::now() - DAY).into();
    params.not_after = (SystemTime::now() + 30 * DAY).into();
    params
}

fn ca(common_name: &str) -> CertificateParams {
    let mut params = params(common_name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
}

fn leaf() -> CertificateParams {
    let mut params = params("leaf");
    params.subject_alt_names = ["shop.example.test", "*.wild.example.test"]
        .map(|name| SanType::DnsName(name.try_into().unwrap()))
        .to_vec();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

struct Hierarchy {
    stores: TrustStores,
    root: CertificateDer<'static>,
    middle: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

fn hierarchy(middle: CertificateParams) -> Hierarchy {
    let root_key = KeyPair::generate().unwrap();
    let root_params = ca("Root");
    let root = root_params.self_signed(&root_key).unwrap().der().clone();
    let key = KeyPair::generate().unwrap();
    let signed = middle
        .signed_by(&key, &Issuer::new(root_params, root_key))
        .unwrap()
        .der()
        .clone();
    Hierarchy {
        stores: TrustStores::only(vec![root.clone()]),
        root,
        middle: signed,
        issuer: Issuer::new(middle, key),
    }
}

fn issued(hierarchy: &Hierarchy, params: &CertificateParams) -> CertificateDer<'static> {
    params
        .signed_by(&KeyPair::generate().unwrap(), &hierarchy.issuer)
        .unwrap()
        .der()
        .clone()
}

fn judged(
    chain: &[CertificateDer<'_>],
    fetched: &[CertificateDer<'_>],
    host: &str,
    stores: &TrustStores,
) -> ChainJudgement {
    judge(chain, fetched, host, stores, Timestamp::now())
}

#[test]
fn a_whole_chain_verifies_and_its_path_ends_in_the_store() {
    let hierarchy = hierarchy(ca("Middle"));
    let chain = [issued(&hierarchy, &leaf()), hierarchy.middle.clone()];
    let judgement = judged(&chain, &[], "shop.example.test", &hierarchy.stores);
    assert!(judgement.verified(), "{judgement:?}");
    assert!(judgement.faults.is_empty());
    assert_eq!(judgement.path.len(), 3);
}

#[test]
fn a_missing_intermediate_is_named_and_completed_by_what_was_fetched() {
    let hierarchy = hierarchy(ca("Middle"));
    let chain = [issued(&hierarchy, &leaf())];
    let judgement = judged(&chain, &[], "shop.example.test", &hierarchy.stores);
    assert!(
        matches!(&judgement.faults[..], [ChainFault::IssuerMissing { index: Some(0), issuer, .. }] if issuer.escaped().contains("Middle"))
    );
    let completed = judged(
        &chain,
        std::slice::from_ref(&hierarchy.middle),
        "shop.example.test",
        &hierarchy.stores,
    );
    assert_eq!(completed.stores[0].with_fetched, Some(true));
    assert!(
        !completed.verified(),
        "the chain as sent is still incomplete"
    );
}

#[test]
fn a_fetched_namesake_of_the_issuer_is_no_fault_of_the_server() {
    let hierarchy = hierarchy(ca("Middle"));
    let namesake = ca("Middle")
        .self_signed(&KeyPair::generate().unwrap())
        .unwrap();
    let chain = [issued(&hierarchy, &leaf())];
    let fetched = [namesake.der().clone()];
    let judgement = judged(&chain, &fetched, "shop.example.test", &hierarchy.stores);
    assert!(
        matches!(
            &judgement.faults[..],
            [ChainFault::IssuerMissing { index: Some(0), .. }]
        ),
        "{:?}",
        judgement.faults
    );
    let missing = missing_issuer(&chain, &fetched, &judgement).unwrap();
    assert_eq!(missing.certificate, chain[0]);
}

#[test]
fn an_expired_leaf_and_an_expired_intermediate_are_told_apart() {
    let good = hierarchy(ca("Middle"));
    let mut old = leaf();
    old.not_before = (SystemTime::now() - 9 * DAY).into();
    old.not_after = (SystemTime::now() - DAY).into();
    let judgement = judged(
        &[issued(&good, &old), good.middle.clone()],
        &[],
        "shop.example.test",
        &good.stores,
    );
    assert!(
        matches!(
            judgement.faults[..],
            [ChainFault::Expired { index: Some(0), .. }]
        ),
        "{:?}",
        judgement.faults
    );
    let mut middle = ca("Old Middle");
    middle.not_before = (SystemTime::now() - 9 * DAY).into();
    middle.not_after = (SystemTime::now() - DAY).into();
    let aged = hierarchy(middle);
    let judgement = judged(
        &[issued(&aged, &leaf()), aged.middle.clone()],
        &[],
        "shop.example.test",
        &aged.stores,
    );
    assert!(
        matches!(
            judgement.faults[..],
            [ChainFault::Expired { index: Some(1), .. }]
        ),
        "{:?}",
        judgement.faults
    );
}

#[test]
fn a_self_signed_leaf_is_a_fault_unless_a_store_holds_it() {
    let hierarchy = hierarchy(ca("Middle"));
    let alone = leaf()
        .self_signed(&KeyPair::generate().unwrap())
        .unwrap()
        .der()
        .clone();
    let judgement = judged(
        std::slice::from_ref(&alone),
        &[],
        "shop.example.test",
        &hierarchy.stores,
    );
    assert!(
        matches!(judgement.faults[..], [ChainFault::SelfSigned { .. }]),
        "{:?}",
        judgement.faults
    );
    let trusting = TrustStores::only(vec![alone.clone()]);
    assert!(judged(&[alone], &[], "shop.example.test", &trusting).verified());
}

#[test]
fn a_private_root_that_is_sent_is_untrusted_not_missing() {
    let (private, public) = (hierarchy(ca("Private Middle")), hierarchy(ca("Middle")));
    let chain = [
        issued(&private, &leaf()),
        private.middle.clone(),
        private.root.clone(),
    ];
    let judgement = judged(&chain, &[], "shop.example.test", &public.stores);
    assert!(
        matches!(
            judgement.faults[..],
            [ChainFault::UntrustedRoot { index: Some(2), .. }
                | ChainFault::SignatureInvalid { .. }]
        ),
        "{:?}",
        judgement.faults
    );
}

#[test]
fn an_issuer_that_is_no_ca_is_named_with_the_rule() {
    let hierarchy = hierarchy(params("Not a CA"));
    let chain = [issued(&hierarchy, &leaf()), hierarchy.middle.clone()];
    let judgement = judged(&chain, &[], "shop.example.test", &hierarchy.stores);
    assert!(
        matches!(&judgement.faults[0], ChainFault::ConstraintViolated { index: Some(1), rule, .. } if rule.contains("CA")),
        "{:?}",
        judgement.faults
    );
}

#[test]
fn a_name_mismatch_says_which_name_was_nearest_and_why_it_does_not_count() {
    let hierarchy = hierarchy(ca("Middle"));
    let chain = [issued(&hierarchy, &leaf()), hierarchy.middle.clone()];
    let why = |host: &str| match judged(&chain, &[], host, &hierarchy.stores).name {
        NameVerdict::Mismatch { nearest, reason } => (nearest.unwrap().escaped(), reason),
        NameVerdict::Matches => panic!("{host} matches"),
    };
    assert_eq!(
        why("a.b.wild.example.test").1,
        "a wildcard covers one label only"
    );
    assert_eq!(
        why("wild.example.test").1,
        "a wildcard does not cover its own base name"
    );
    assert_eq!(
        judged(&chain, &[], "a.wild.example.test", &hierarchy.stores).name,
        NameVerdict::Matches
    );
    assert!(why("192.0.2.1").1.contains("address"));
}

#[test]
fn a_critical_extension_that_nobody_knows_is_the_stores_reason_and_no_broken_rule_of_a_ca() {
    let hierarchy = hierarchy(ca("Middle"));
    let mut params = leaf();
    let mut extension =
        rcgen::CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 32473, 1], vec![4, 0]);
    extension.set_criticality(true);
    params.custom_extensions.push(extension);
    let chain = [issued(&hierarchy, &params), hierarchy.middle.clone()];
    for host in ["shop.example.test", "a.wild.example.test"] {
        let judgement = judged(&chain, &[], host, &hierarchy.stores);
        let error = judgement.stores[0].error.as_deref().unwrap();
        assert!(error.contains("critical extension"), "{error}");
        assert_eq!(
            (judgement.faults, judgement.name),
            (Vec::new(), NameVerdict::Matches)
        );
    }
    for host in ["wild.example.test", "a.b.wild.example.test", "example.test"] {
        let judgement = judged(&chain, &[], host, &hierarchy.stores);
        assert_ne!(judgement.name, NameVerdict::Matches, "{host}");
    }
}

#[test]
fn a_leaf_that_is_not_for_servers_breaks_a_rule() {
    let hierarchy = hierarchy(ca("Middle"));
    let mut params = leaf();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let chain = [issued(&hierarchy, &params), hierarchy.middle.clone()];
    let judgement = judged(&chain, &[], "shop.example.test", &hierarchy.stores);
    assert!(
        matches!(&judgement.faults[..], [ChainFault::ConstraintViolated { index: Some(0), rule, .. }] if rule.contains("serverAuth")),
        "{:?}",
        judgement.faults
    );
}

#[test]
fn garbage_is_malformed_and_never_a_panic() {
    let hierarchy = hierarchy(ca("Middle"));
    let judgement = judged(
        &[CertificateDer::from(vec![0x30, 0x82, 0xff, 0xff, 1])],
        &[],
        "shop.example.test",
        &hierarchy.stores,
    );
    assert!(matches!(
        judgement.faults[..],
        [ChainFault::Malformed { index: Some(0), .. }]
    ));
    assert!(!judged(&[], &[], "shop.example.test", &hierarchy.stores).verified());
}
