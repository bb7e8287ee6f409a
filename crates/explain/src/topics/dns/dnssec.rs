//! dnssec: The chain of trust, and what bogus means.

use crate::topics::Topic;

pub(super) static TOPIC: Topic = Topic {
    name: "dnssec",
    title: "The chain of trust, and what bogus means",
    text: "\
Each zone signs its record sets; its parent vouches for the key. A validating resolver is given the root's key alone.

  trust anchor                  root KSK, tag 20326 (2017) and 38696 (2024)
      | equals
  .            DNSKEY --signs--> DS com
                                  | is the hash of
  com          DNSKEY --signs--> DS example.com        (set at the registrar)
                                  | is the hash of
  example.com  DNSKEY --signs--> DNSKEY, SOA, NS, A, MX, NSEC ...   (each with an RRSIG)

  DNSKEY    the public keys of a zone. 257 = KSK, the DS points at it; 256 = ZSK, signs the data
  RRSIG     the signature of one set: algorithm, expiry, inception (in this order, UTC), key tag
  DS        the hash of a child's KSK, kept and signed by the *parent*
  NSEC      \"after a comes d, and a has these types\": proves that b and c do not exist
  NSEC3     the same over hashed names; 0 iterations and no salt (RFC 9276)

The verdicts (RFC 4033 section 5): secure; insecure (the parent proves that there is no DS: not signed, fine); bogus (a DS exists and the proof
fails); indeterminate. Bogus is answered SERVFAIL, with no data (RFC 4035 section 5.5). A DS whose algorithms a resolver
does not know makes the zone insecure, not bogus (section 5.2).

Is it DNSSEC? Two questions to the same validating resolver:
  dig NAME             SERVFAIL
  dig +cd NAME         NOERROR: yes, validation fails. SERVFAIL again: no, look at the servers

CD=1 means \"checking disabled\". Then ask for the reason:
  dig NAME | grep EDE       6 bogus, 7 expired, 8 too early, 9 no key fits, 10 no RRSIG, 12 no NSEC
  delv +cd NAME             validates here: \"fully validated\", \"unsigned answer\", or why not
  delv +cd +vtrace NAME     each step
  drill -S -k /usr/share/dns/root.key NAME       the same as a tree
  dig +norec DS ZONE @PARENT-SERVER              tag, algorithm, digest type, digest
  dig +norec +multi DNSKEY ZONE @AUTHORITY       \"key id = ...\" behind each key
  dig +norec +dnssec SOA ZONE @EVERY-AUTHORITY   dates of the RRSIG, on each server

Without +cd a validating resolver keeps the bogus data to itself, and delv has nothing to look at.

What breaks, the most frequent first:
- signatures expired: the signer or its timer stopped days ago; all at once, everywhere. Re-sign:
  `rndc sign ZONE`, `knotc zone-sign ZONE`, ldns-signzone and reload for NSD. Monitor the expiry, not the signer;
- DS fits no key: a key rolled or the provider changed, the DS stayed. Bring the old key back, or take the DS out: the DS's TTL (86400 s in
  .com) is how long caches go on refusing;
- one secondary serves old or unsigned data: some resolvers fail, some of the time. Retransfer it;
- holes in the NSEC chain: names are there, \"no such name\" is SERVFAIL; wildcards suffer first;
- a clock: a resolver that is hours off finds every signature expired or not yet valid. All signed names fail, on one host;
- an old trust anchor after a root key roll (the 2024 key: due to sign from 2026-10-11): everything signed fails. Look with
  `dig +multi DNSKEY .`, `rndc managed-keys status`, /var/lib/unbound/root.key (both tags have to be VALID).

Moving a signed zone: take the DS out, wait for its TTL, move, sign, put the new DS in. Or run both signers with each other's keys (RFC 8901).

To let users through while the owner repairs, on your resolver, for that zone alone (RFC 7646):
  rndc nta -lifetime 1h ZONE         unbound-control insecure_add ZONE (insecure_remove later!)

Algorithms: 13 (ECDSA P-256) and 15 (Ed25519) and 8 (RSA/SHA-256) are good; 5 and 7 use SHA-1 and must not sign any more (RFC 9905); DS digest type
2 (SHA-256). High NSEC3 iterations make resolvers treat the zone as insecure or fail. DNSSEC proves data authentic, not fresh, and hides nothing.
",
    findings: &["dns-servfail", "dns-dnssec-expired", "dns-dnssec-not-yet-valid", "dns-dnssec-ds-mismatch", "dns-dnssec-unsigned", "dns-dnssec-denial-broken", "dns-dnssec-algorithm-weak", "dns-answer-forged"],
};
