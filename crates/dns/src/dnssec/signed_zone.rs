//! A zone that the tests sign as they like.

use hickory_proto::dnssec::crypto::EcdsaSigningKey;
use hickory_proto::dnssec::rdata::sig::SigInput;
use hickory_proto::dnssec::rdata::{DNSKEY, DNSSECRData, DS, NSEC, NSEC3, RRSIG};
use hickory_proto::dnssec::{Algorithm, DigestType, Nsec3HashAlgorithm, SigningKey, TBS};
use hickory_proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_proto::rr::rdata::{A, CNAME, NS, NULL, SOA};
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType};
use jiff::Timestamp;

use super::keys::{ZoneKeys, zone_keys};

/// The time that the tests judge for.
pub(super) const NOW: i64 = 1_800_000_000;
pub(super) const INCEPTION: u32 = 1_799_000_000;
pub(super) const EXPIRATION: u32 = 1_801_000_000;

pub(super) fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

pub(super) fn name(text: &str) -> Name {
    let mut name = Name::from_ascii(text).unwrap();
    name.set_fqdn(true);
    name
}

/// A zone with one key.
pub(super) struct SignedZone {
    pub(super) name: Name,
    pub(super) dnskey: DNSKEY,
    key: EcdsaSigningKey,
}

impl SignedZone {
    pub(super) fn new(zone: &str) -> Self {
        let algorithm = Algorithm::ECDSAP256SHA256;
        let pkcs8 = EcdsaSigningKey::generate_pkcs8(algorithm).unwrap();
        let key = EcdsaSigningKey::from_pkcs8(&pkcs8, algorithm).unwrap();
        Self {
            name: name(zone),
            dnskey: DNSKEY::with_flags(257, key.to_public_key().unwrap()),
            key,
        }
    }

    /// The same key with other flags.
    pub(super) fn with_flags(mut self, flags: u16) -> Self {
        self.dnskey = DNSKEY::with_flags(flags, self.dnskey.public_key().clone());
        self
    }

    pub(super) fn tag(&self) -> u16 {
        self.dnskey.calculate_key_tag().unwrap()
    }

    pub(super) fn ds(&self, digest_type: DigestType) -> DS {
        let digest = self.dnskey.to_digest(&self.name, digest_type).unwrap();
        DS::new(
            self.tag(),
            Algorithm::ECDSAP256SHA256,
            digest_type,
            digest.as_ref().to_vec(),
        )
    }

    pub(super) fn dnskey_record(&self) -> Record {
        record(
            &self.name.to_ascii(),
            RData::DNSSEC(DNSSECRData::DNSKEY(self.dnskey.clone())),
        )
    }

    /// The zone's keys, proven the regular way.
    pub(super) fn keys(&self) -> ZoneKeys {
        let answer = self.signed(vec![self.dnskey_record()]);
        zone_keys(&self.name, &[self.ds(DigestType::SHA256)], &answer, now())
            .keys
            .unwrap()
    }

    /// The fields of a proper signature over `records`.
    pub(super) fn input(&self, records: &[Record]) -> SigInput {
        SigInput {
            type_covered: records[0].record_type(),
            algorithm: Algorithm::ECDSAP256SHA256,
            num_labels: records[0].name.num_labels(),
            original_ttl: records[0].ttl,
            sig_expiration: EXPIRATION.into(),
            sig_inception: INCEPTION.into(),
            key_tag: self.tag(),
            signer_name: self.name.clone(),
        }
    }

    /// A signature over `records` with these fields, which need not be proper.
    pub(super) fn signature(&self, records: &[Record], input: SigInput) -> Record {
        let owner = records[0].name.clone();
        let tbs = TBS::from_input(&owner, DNSClass::IN, &input, records.iter()).unwrap();
        let bytes = self.key.sign(&tbs).unwrap();
        rrsig_record(owner, records[0].ttl, input, bytes)
    }

    /// `records` with their signature behind.
    pub(super) fn signed(&self, mut records: Vec<Record>) -> Vec<Record> {
        let signature = self.signature(&records, self.input(&records));
        records.push(signature);
        records
    }

    /// `records` of the wildcard `*.parent`, expanded to `owner`, with their signature behind.
    pub(super) fn expanded(&self, wildcard: &str, owner: &str, data: RData) -> Vec<Record> {
        let source = vec![record(wildcard, data.clone())];
        let mut signature = self.signature(&source, self.input(&source));
        signature.name = name(owner);
        vec![record(owner, data), signature]
    }

    pub(super) fn soa(&self) -> Vec<Record> {
        let soa = SOA::new(
            name("ns.test."),
            name("root.test."),
            1,
            3600,
            300,
            86400,
            60,
        );
        self.signed(vec![record(&self.name.to_ascii(), RData::SOA(soa))])
    }

    pub(super) fn nsec(&self, owner: &str, next: &str, types: &[RecordType]) -> Vec<Record> {
        let nsec = NSEC::new(name(next), types.iter().copied());
        self.signed(vec![record(owner, RData::DNSSEC(DNSSECRData::NSEC(nsec)))])
    }

    pub(super) fn nsec3(&self, span: &Span<'_>) -> Vec<Record> {
        self.signed(vec![span.record(&self.name)])
    }
}

/// An NSEC3 record that starts at the hash of a name, or right before it.
#[derive(Clone, Copy)]
pub(super) struct Span<'name> {
    pub(super) of: &'name str,
    /// Begin one before the hash and end one behind it, so that the name is covered.
    pub(super) covers: bool,
    pub(super) types: &'name [RecordType],
    pub(super) opt_out: bool,
    pub(super) iterations: u16,
}

impl<'name> Span<'name> {
    pub(super) fn matching(of: &'name str, types: &'name [RecordType]) -> Self {
        Self {
            of,
            covers: false,
            types,
            opt_out: false,
            iterations: 0,
        }
    }

    pub(super) fn covering(of: &'name str) -> Self {
        Self {
            covers: true,
            ..Self::matching(of, &[RecordType::A])
        }
    }

    pub(super) fn opt_out(self) -> Self {
        Self {
            opt_out: true,
            ..self
        }
    }

    pub(super) fn iterations(self, iterations: u16) -> Self {
        Self { iterations, ..self }
    }

    pub(super) fn record(&self, zone: &Name) -> Record {
        let salt = [0xaa, 0xbb];
        let hash = Nsec3HashAlgorithm::SHA1
            .hash(&salt, &name(self.of), self.iterations)
            .unwrap();
        let hash: [u8; 20] = hash.as_ref().try_into().unwrap();
        let (mut first, mut next) = (hash, hash);
        step(&mut next, 1);
        if self.covers {
            step(&mut first, u8::MAX);
        }
        let nsec3 = NSEC3::new(
            Nsec3HashAlgorithm::SHA1,
            self.opt_out,
            self.iterations,
            salt.to_vec(),
            next.to_vec(),
            self.types.iter().copied(),
        );
        let label = data_encoding::BASE32_DNSSEC.encode(&first);
        record(
            &format!("{label}.{zone}"),
            RData::DNSSEC(DNSSECRData::NSEC3(nsec3)),
        )
    }
}

/// Adds 1, or with 255 takes 1 away.
fn step(hash: &mut [u8; 20], by: u8) {
    for byte in hash.iter_mut().rev() {
        let before = *byte;
        *byte = byte.wrapping_add(by);
        let carried = if by == 1 { *byte == 0 } else { before == 0 };
        if !carried {
            break;
        }
    }
}

pub(super) fn record(owner: &str, data: RData) -> Record {
    Record::from_rdata(name(owner), 300, data)
}

pub(super) fn a(owner: &str, last: u8) -> Record {
    record(owner, RData::A(A::new(192, 0, 2, last)))
}

pub(super) fn cname(owner: &str, target: &str) -> Record {
    record(owner, RData::CNAME(CNAME(name(target))))
}

pub(super) fn ns(owner: &str, target: &str) -> Record {
    record(owner, RData::NS(NS(name(target))))
}

pub(super) fn dname(owner: &str, target: &str) -> Record {
    let mut wire = Vec::new();
    for label in &name(target) {
        wire.push(u8::try_from(label.len()).unwrap());
        wire.extend_from_slice(label);
    }
    wire.push(0);
    let data = RData::Unknown {
        code: RecordType::DNAME,
        rdata: NULL::with(wire),
    };
    record(owner, data)
}

pub(super) fn ds_record(owner: &str, ds: DS) -> Record {
    record(owner, RData::DNSSEC(DNSSECRData::DS(ds)))
}

pub(super) fn rrsig_record(owner: Name, ttl: u32, input: SigInput, bytes: Vec<u8>) -> Record {
    let rrsig = RRSIG::from_sig(input, bytes);
    Record::from_rdata(owner, ttl, RData::DNSSEC(DNSSECRData::RRSIG(rrsig)))
}

/// A response, sent through the codec as one from the network would be.
pub(super) fn response(
    code: ResponseCode,
    answers: Vec<Record>,
    authorities: Vec<Record>,
) -> Message {
    let mut message = Message::new(1, MessageType::Response, OpCode::Query);
    message.metadata.response_code = code;
    message.answers = answers;
    message.authorities = authorities;
    Message::from_vec(&message.to_vec().unwrap()).unwrap()
}
