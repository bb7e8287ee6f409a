//! Records as the report has them.

use hickory_proto::dnssec::rdata::RRSIG;
use hickory_proto::rr::{Name, RecordType};
use jiff::Timestamp;
use netwhy_report::Untrusted;
use netwhy_report::dns::proof::SignatureRecord;

use super::algorithm::registered_algorithm;
use super::validity::instant;
use crate::mnemonic;
use crate::name::DomainName;

/// A name in presentation form, absolute, with its trailing dot.
pub(super) fn shown(name: &Name) -> Untrusted {
    Untrusted::from(DomainName::from(name).to_string().as_str())
}

/// The name as an absolute one: names compare as unequal where one is relative.
pub(super) fn absolute(name: &Name) -> Name {
    let mut name = name.clone();
    name.set_fqdn(true);
    name
}

/// A type's mnemonic, or `TYPEnnn` ([RFC 3597 §5](https://www.rfc-editor.org/rfc/rfc3597#section-5)).
pub(super) fn type_name(record_type: RecordType) -> String {
    mnemonic::RecordType(record_type.into()).to_string()
}

/// A signature over the records of `owner`.
pub(super) fn signature_record(owner: &Name, signature: &RRSIG, now: Timestamp) -> SignatureRecord {
    let input = signature.input();
    SignatureRecord {
        owner: shown(owner),
        covers: type_name(input.type_covered),
        signer: shown(&input.signer_name),
        key_tag: input.key_tag,
        algorithm: registered_algorithm(input.algorithm),
        labels: input.num_labels,
        inception: instant(input.sig_inception.get(), now),
        expiration: instant(input.sig_expiration.get(), now),
    }
}
