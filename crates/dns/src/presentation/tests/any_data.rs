//! Every type with any data: generated field by field from the table that both directions read.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::mnemonic::{RecordClass, RecordType};
use crate::name::DomainName;
use crate::presentation::layout::{Field, layout};
use crate::presentation::{data_from_text, generic, to_text};
use crate::wire::Reader;

fn bytes(range: std::ops::RangeInclusive<usize>) -> BoxedStrategy<Vec<u8>> {
    vec(any::<u8>(), range).boxed()
}

fn counted(range: std::ops::RangeInclusive<usize>) -> BoxedStrategy<Vec<u8>> {
    bytes(range)
        .prop_map(|bytes| [&[u8::try_from(bytes.len()).unwrap()][..], &bytes].concat())
        .boxed()
}

fn name() -> BoxedStrategy<Vec<u8>> {
    vec(counted(1..=20), 0..=5)
        .prop_map(|labels| [labels.concat(), vec![0]].concat())
        .boxed()
}

fn gateway(kind: u8) -> BoxedStrategy<Vec<u8>> {
    match kind {
        0 => Just(Vec::new()).boxed(),
        1 => bytes(4..=4),
        2 => bytes(16..=16),
        _ => name(),
    }
}

/// Windows in order, none of them empty.
fn bitmap() -> BoxedStrategy<Vec<u8>> {
    let window = vec(any::<u8>(), 1..=32).prop_map(|mut bitmap| {
        if let Some(last) = bitmap.last_mut() {
            *last |= 1;
        }
        bitmap
    });
    prop::collection::btree_map(any::<u8>(), window, 0..=4)
        .prop_map(|windows| {
            let blocks = windows.into_iter().map(|(window, bitmap)| {
                let length = u8::try_from(bitmap.len()).unwrap();
                [&[window, length][..], &bitmap].concat()
            });
            blocks.flatten().collect()
        })
        .boxed()
}

/// Keys of any number in order, the registered ones with values of their form.
fn parameters() -> BoxedStrategy<Vec<u8>> {
    let value = |key: u16| match key {
        0 => bytes(2..=2),
        1 => vec(counted(1..=9), 1..=3)
            .prop_map(|all| all.concat())
            .boxed(),
        2 | 8 => Just(Vec::new()).boxed(),
        3 => bytes(2..=2),
        4 => vec(bytes(4..=4), 1..=3)
            .prop_map(|all| all.concat())
            .boxed(),
        6 => vec(bytes(16..=16), 1..=3)
            .prop_map(|all| all.concat())
            .boxed(),
        _ => bytes(0..=40),
    };
    let keys = prop::collection::btree_set(prop_oneof![0u16..12, any::<u16>()], 0..=6);
    keys.prop_flat_map(move |keys| {
        let parameters: Vec<_> = keys
            .into_iter()
            .map(|key| {
                value(key).prop_map(move |value| {
                    let length = u16::try_from(value.len()).unwrap();
                    [&key.to_be_bytes()[..], &length.to_be_bytes(), &value].concat()
                })
            })
            .collect();
        parameters.prop_map(|all| all.concat())
    })
    .boxed()
}

fn location() -> BoxedStrategy<Vec<u8>> {
    let size = || {
        (0u8..=9, 0u8..=9)
            .prop_map(|(digit, power)| if digit == 0 { 0 } else { digit << 4 | power })
    };
    let angle = |degrees: u32| {
        (0..=2 * degrees * 3_600_000).prop_map(move |at| (1u32 << 31) - degrees * 3_600_000 + at)
    };
    (size(), size(), size(), angle(90), angle(180), any::<u32>())
        .prop_map(
            |(size, horizontal, vertical, latitude, longitude, altitude)| {
                let precisions = [0, size, horizontal, vertical];
                let rest = [latitude, longitude, altitude]
                    .map(u32::to_be_bytes)
                    .concat();
                [&precisions[..], &rest].concat()
            },
        )
        .boxed()
}

fn address_prefix() -> BoxedStrategy<Vec<u8>> {
    let item = |family: u8, width: usize| {
        let address = vec(any::<u8>(), 0..=width);
        let prefix = 0..=u8::try_from(width * 8).unwrap();
        (address, prefix, any::<bool>()).prop_map(move |(mut address, prefix, negated)| {
            while address.last() == Some(&0) {
                address.pop();
            }
            let count = u8::try_from(address.len()).unwrap() | u8::from(negated) << 7;
            [&[0, family, prefix, count][..], &address].concat()
        })
    };
    vec(prop_oneof![item(1, 4), item(2, 16)], 0..=3)
        .prop_map(|items| items.concat())
        .boxed()
}

fn host_identity() -> BoxedStrategy<Vec<u8>> {
    (bytes(1..=20), any::<u8>(), bytes(1..=300))
        .prop_map(|(tag, algorithm, key)| {
            let tag_length = u8::try_from(tag.len()).unwrap();
            let key_length = u16::try_from(key.len()).unwrap().to_be_bytes();
            [&[tag_length, algorithm][..], &key_length, &tag, &key].concat()
        })
        .boxed()
}

fn data(field: Field) -> BoxedStrategy<Vec<u8>> {
    match field {
        Field::Name => name(),
        Field::Names => vec(name(), 0..=2).prop_map(|names| names.concat()).boxed(),
        Field::U8 | Field::AlgorithmName => bytes(1..=1),
        Field::U16 | Field::Type | Field::CertificateType => bytes(2..=2),
        Field::U32 | Field::Ipv4 | Field::Time => bytes(4..=4),
        Field::Ipv6 => bytes(16..=16),
        Field::Text => counted(0..=255),
        Field::OptionalText => vec(counted(0..=30), 0..=1)
            .prop_map(|texts| texts.concat())
            .boxed(),
        Field::Texts => vec(counted(0..=255), 1..=3)
            .prop_map(|texts| texts.concat())
            .boxed(),
        Field::LongText | Field::Base64 => bytes(0..=300),
        Field::Tag => "[a-zA-Z0-9]{1,15}"
            .prop_map(|tag| [&[u8::try_from(tag.len()).unwrap()][..], tag.as_bytes()].concat())
            .boxed(),
        Field::Hex | Field::PrefixedHex => bytes(1..=100),
        Field::CountedHex => counted(0..=255),
        Field::CountedBase32 => counted(1..=255),
        Field::TypeBitmap => bitmap(),
        Field::Eui48 => bytes(6..=6),
        Field::Eui64 | Field::Locator64 => bytes(8..=8),
        Field::Location => location(),
        Field::AddressPrefixes => address_prefix(),
        Field::Gateway => (0u8..=3, any::<u8>())
            .prop_flat_map(|(kind, algorithm)| {
                gateway(kind).prop_map(move |gateway| [&[kind, algorithm][..], &gateway].concat())
            })
            .boxed(),
        Field::Relay => (0u8..=3, any::<bool>())
            .prop_flat_map(|(kind, discovery)| {
                let octet = kind | u8::from(discovery) << 7;
                gateway(kind).prop_map(move |relay| [&[octet][..], &relay].concat())
            })
            .boxed(),
        Field::HostIdentity => host_identity(),
        Field::ServiceParameters => parameters(),
    }
}

fn record() -> impl Strategy<Value = (RecordType, Vec<u8>)> {
    let types: Vec<RecordType> = (0..=u16::MAX)
        .map(RecordType)
        .filter(|record_type| layout(RecordClass::IN, *record_type).is_some())
        .collect();
    assert!(types.len() > 60, "{} types", types.len());
    prop::sample::select(types).prop_flat_map(|record_type| {
        let fields = layout(RecordClass::IN, record_type).unwrap_or_default();
        let fields: Vec<_> = fields.iter().map(|field| data(*field)).collect();
        fields.prop_map(move |fields| (record_type, fields.concat()))
    })
}

fn printable(text: &str) -> bool {
    text.bytes().all(|byte| (0x20..=0x7e).contains(&byte))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn well_formed_data_goes_to_text_and_back((record_type, wire) in record()) {
        let text = to_text(RecordClass::IN, record_type, &Reader::new(&wire)).unwrap();
        prop_assert!(printable(&text), "{}", text);
        let back = data_from_text(RecordClass::IN, record_type, &text, None);
        prop_assert_eq!(back.unwrap(), wire, "{} {}", record_type, text);
    }

    #[test]
    fn any_bytes_leave_as_printable_text_that_reads_back(
        record_type in prop_oneof![0u16..=263, any::<u16>()].prop_map(RecordType),
        bytes in vec(any::<u8>(), 0..=80),
    ) {
        let reader = Reader::new(&bytes);
        let text = to_text(RecordClass::IN, record_type, &reader)
            .unwrap_or_else(|_| generic(&bytes));
        prop_assert!(printable(&text), "{}", text);
        let back = data_from_text(RecordClass::IN, record_type, &text, None);
        let again = to_text(RecordClass::IN, record_type, &Reader::new(&back.unwrap()));
        prop_assert_eq!(again.unwrap_or_else(|_| generic(&bytes)), text);
    }

    #[test]
    fn any_text_is_data_or_an_error(
        record_type in (0u16..=263).prop_map(RecordType),
        text in prop_oneof![any::<String>(), "[-0-9a-zA-Z.:/=,\\\\\"() ]{0,60}"],
    ) {
        let origin = DomainName::root();
        if let Ok(wire) = data_from_text(RecordClass::IN, record_type, &text, Some(&origin)) {
            prop_assert!(wire.len() <= 65_535);
        }
    }
}
