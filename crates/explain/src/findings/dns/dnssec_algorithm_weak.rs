//! dns-dnssec-algorithm-weak: the chain rests on SHA-1, or NSEC3 iterates for nothing.

use netwhy_report::dns::TraceRecord;
use netwhy_report::dns::proof::Weakness;
use netwhy_report::{Layer, Report};

use super::traced::{hop, walk};
use crate::finding::{Confidence, Declaration, Evidence, Severity};
use crate::shell::quote;

pub(super) static FINDING: Declaration = Declaration {
    code: "dns-dnssec-algorithm-weak",
    layer: Layer::Dns,
    severity: Severity::Notice,
    headline: "DNSSEC on the way uses SHA-1 or extra NSEC3 iterations, which resolvers are dropping",
    what: "A zone on the way is signed with a SHA-1 algorithm (5 or 7), its DS record at the parent has a SHA-1 digest, or its NSEC3 records ask for extra iterations.",
    why: "Collisions of SHA-1 can be made, so validators are to treat such zones as unsigned (RFC 9905); Red Hat's and other distributions' crypto policies do so already. Extra NSEC3 iterations protect nothing and cost every resolver work; above a limit, which shrinks towards zero, resolvers treat the zone as insecure or fail (RFC 9276).",
    fix: "Roll to ECDSAP256SHA256 (13): BIND dnssec-policy with keys { csk lifetime unlimited algorithm ecdsap256sha256; }; Knot policy: algorithm: ecdsap256sha256, then keymgr and the DS at the registrar in step with the roll. Have the registrar hold a SHA-256 DS (dnssec-dsfromkey -2) and delete the SHA-1 one. NSEC3 with 0 iterations and no salt: rndc signing -nsec3param 1 0 0 - ZONE, Knot nsec3-iterations: 0 and nsec3-salt-length: 0, dnssec-signzone -3 - -H 0.",
    confirm: "dig ZONE DS; dig ZONE DNSKEY +multiline; dig ZONE NSEC3PARAM",
    check,
};

fn check(report: &Report) -> Option<Evidence> {
    let found = weaknesses(walk(report)?);
    let zone = found.first().map(|weakness| of(weakness))?;
    let command = |weakness: &&Weakness| {
        let zone = quote(&of(weakness));
        match weakness {
            Weakness::Sha1Signature { .. } => format!("dig {zone} DNSKEY +multiline"),
            Weakness::Sha1Digest { .. } => format!("dig {zone} DS"),
            Weakness::Nsec3Iterations { .. } => format!("dig {zone} NSEC3PARAM"),
        }
    };
    Some(Evidence {
        hop: hop(report),
        severity: None,
        headline: Some(format!("DNSSEC of {zone} uses what resolvers are dropping")),
        facts: found.iter().copied().map(in_words).collect(),
        fix: "roll to algorithm 13, keep a SHA-256 DS alone, and set NSEC3 iterations to 0".to_owned(),
        confirm: found.iter().map(command).collect(),
        confidence: Confidence::High,
        refute: "the zone's DNSKEY, DS and NSEC3PARAM records show algorithm 8 or above, digest 2 or above, iterations 0".to_owned(),
    })
}

/// What is weak on the way to the answer, each once.
fn weaknesses(record: &TraceRecord) -> Vec<&Weakness> {
    let proofs = record.steps.iter().filter_map(|step| step.proof.as_ref());
    let all = proofs.flat_map(|proof| {
        let keys = proof.keys.iter().flat_map(|keys| &keys.weaknesses);
        keys.chain(
            proof
                .response
                .iter()
                .flat_map(|response| &response.weaknesses),
        )
    });
    let mut found: Vec<&Weakness> = Vec::new();
    for weakness in all {
        if !found.contains(&weakness) && found.len() < 8 {
            found.push(weakness);
        }
    }
    found
}

fn of(weakness: &Weakness) -> String {
    match weakness {
        Weakness::Sha1Signature { zone, .. }
        | Weakness::Sha1Digest { zone, .. }
        | Weakness::Nsec3Iterations { zone, .. } => zone.escaped(),
    }
}

fn in_words(weakness: &Weakness) -> String {
    match weakness {
        Weakness::Sha1Signature { zone, algorithm } => {
            format!(
                "{} is signed with {}, which rests on SHA-1",
                zone.escaped(),
                algorithm.name
            )
        }
        Weakness::Sha1Digest { zone, key_tag } => {
            format!(
                "the DS of {} with tag {key_tag} has a SHA-1 digest",
                zone.escaped()
            )
        }
        Weakness::Nsec3Iterations { zone, iterations } => {
            format!(
                "NSEC3 in {} has {iterations} extra iterations",
                zone.escaped()
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use netwhy_report::Untrusted;

    use super::*;
    use crate::specimen::trace::report;

    fn iterations(record: &mut TraceRecord, iterations: u16) {
        let proof = record.steps[2].proof.as_mut().unwrap();
        let weakness = Weakness::Nsec3Iterations {
            zone: Untrusted::from("example.test."),
            iterations,
        };
        proof.keys.as_mut().unwrap().weaknesses.push(weakness);
    }

    #[test]
    fn fires_for_iterations_and_names_the_zone_once() {
        let report = report(|record| {
            iterations(record, 10);
            iterations(record, 10);
        });
        let evidence = check(&report).unwrap();
        assert_eq!(
            evidence.facts,
            ["NSEC3 in example.test. has 10 extra iterations"]
        );
    }

    #[test]
    fn silent_on_a_sound_walk() {
        assert!(check(&report(|_| {})).is_none());
    }

    #[test]
    fn near_miss_the_walk_asked_for_no_proof() {
        let report = report(|record| {
            iterations(record, 10);
            for step in &mut record.steps {
                step.proof = None;
            }
        });
        assert!(check(&report).is_none());
    }
}
