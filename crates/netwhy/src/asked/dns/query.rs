//! What a query says about itself: from options, and from the words that dig has for them.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;
use netwhy_report::plan::{DnsQueryOptions, EdnsRequest, RawEdnsOption};
use netwhy_report::untrusted::escape;

use crate::arguments::dns::QueryArguments;
use crate::failure::{Failure, did_you_mean};

/// The options of the query.
pub(crate) fn options(given: &QueryArguments) -> Result<DnsQueryOptions, Failure> {
    let defaults = EdnsRequest::default();
    let edns = EdnsRequest {
        udp_payload: given.edns_size.unwrap_or(defaults.udp_payload),
        version: given.edns_version.unwrap_or(defaults.version),
        dnssec_ok: given.dnssec,
        nsid: given.nsid,
        client_subnet: given.subnet.as_deref().map(subnet).transpose()?,
        cookie: given.cookie,
        padding: given.padding,
        extra_flags: defaults.extra_flags,
        options: given
            .edns_option
            .iter()
            .map(|text| raw_option(text))
            .collect::<Result<_, _>>()?,
    };
    Ok(DnsQueryOptions {
        recursion_desired: !given.no_rd,
        authentic_data: !given.no_ad,
        checking_disabled: given.cd,
        edns: (!given.no_edns).then_some(edns),
        ignore_truncation: given.ignore_truncation,
        mixed_case: given.mixed_case,
    })
}

/// dig's words that are understood.
const DIG_WORDS: [&str; 18] = [
    "short",
    "dnssec",
    "do",
    "tcp",
    "vc",
    "norecurse",
    "norec",
    "cdflag",
    "cd",
    "noadflag",
    "noad",
    "nsid",
    "subnet",
    "noedns",
    "bufsize",
    "ignore",
    "cookie",
    "search",
];

/// Applies one of dig's `+words`.
pub(crate) fn apply(
    word: &str,
    query: &mut QueryArguments,
    short: &mut bool,
    search: &mut bool,
) -> Result<(), Failure> {
    let (name, value) = match word.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (word, None),
    };
    match (name.to_ascii_lowercase().as_str(), value) {
        ("short", None) => *short = true,
        ("search", None) => *search = true,
        ("dnssec" | "do", None) => query.dnssec = true,
        ("tcp" | "vc", None) => query.tcp = true,
        ("norecurse" | "norec", None) => query.no_rd = true,
        ("cdflag" | "cd", None) => query.cd = true,
        ("noadflag" | "noad", None) => query.no_ad = true,
        ("nsid", None) => query.nsid = true,
        ("cookie", None) => query.cookie = true,
        ("ignore", None) => query.ignore_truncation = true,
        ("noedns", None) => query.no_edns = true,
        ("subnet", Some(network)) => query.subnet = Some(network.to_owned()),
        ("bufsize", Some(size)) => {
            let size = size.parse().map_err(|_| {
                Failure::usage(format!(
                    "\"+{}\" has no size; expected bytes up to 65535, such as +bufsize=1232",
                    escape(word)
                ))
            })?;
            query.edns_size = Some(size);
        }
        _ => {
            let hint = did_you_mean(name, DIG_WORDS.into_iter());
            return Err(Failure::usage(format!(
                "\"+{}\" is not one of dig's words that netwhy understands; expected one such as +short, +dnssec, +tcp \
                 or +subnet=192.0.2.0/24, or netwhy's own options (--help){hint}",
                escape(word)
            )));
        }
    }
    let sends_edns = query.dnssec
        || query.nsid
        || query.cookie
        || query.subnet.is_some()
        || query.edns_size.is_some();
    if query.no_edns && sends_edns {
        return Err(Failure::usage(
            "without EDNS nothing that EDNS carries can be sent; expected +noedns (--no-edns) or the others, not both",
        ));
    }
    Ok(())
}

/// A network, an address alone, or `0` for "do not tell anybody about me" ([RFC 7871 §7.1.2](https://www.rfc-editor.org/rfc/rfc7871#section-7.1.2)).
fn subnet(text: &str) -> Result<IpNet, Failure> {
    let nobody = IpNet::from(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    if text == "0" {
        return IpNet::new(nobody.addr(), 0).map_err(|error| Failure::Internal(error.to_string()));
    }
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| {
            Failure::usage(format!(
                "\"{}\" is not a network; expected one such as 192.0.2.0/24 or 2001:db8::/56, or 0 for nobody",
                escape(text)
            ))
        })
}

fn raw_option(text: &str) -> Result<RawEdnsOption, Failure> {
    let (code, hex) = text.split_once(':').unwrap_or((text, ""));
    let data = bytes(hex);
    match (code.parse(), data) {
        (Ok(code), Some(data)) => Ok(RawEdnsOption { code, data }),
        _ => Err(Failure::usage(format!(
            "\"{}\" is not an EDNS option; expected CODE or CODE:HEX, such as 65001:00ff",
            escape(text)
        ))),
    }
}

/// Pairs of hex digits as bytes.
fn bytes(hex: &str) -> Option<Vec<u8>> {
    if !hex.len().is_multiple_of(2) || !hex.is_ascii() {
        return None;
    }
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(words: &[&str]) -> Result<QueryArguments, Failure> {
        let (mut query, mut short, mut search) = (QueryArguments::default(), false, false);
        for word in words {
            apply(word, &mut query, &mut short, &mut search)?;
        }
        Ok(query)
    }

    #[test]
    fn digs_words_mean_what_they_mean_there() {
        let query = with(&["dnssec", "norec", "subnet=192.0.2.0/24", "bufsize=512"]).unwrap();
        let options = options(&query).unwrap();
        assert!(!options.recursion_desired);
        let edns = options.edns.unwrap();
        assert!(edns.dnssec_ok);
        assert_eq!(edns.udp_payload, 512);
        assert_eq!(edns.client_subnet, Some("192.0.2.0/24".parse().unwrap()));
    }

    #[test]
    fn an_unknown_word_suggests_the_nearest() {
        let said = with(&["dnsec"]).unwrap_err().to_string();
        assert!(said.contains("did you mean \"dnssec\""), "{said}");
        assert!(with(&["noedns", "nsid"]).is_err());
    }

    #[test]
    fn networks_and_options_are_checked() {
        assert_eq!(subnet("0").unwrap().to_string(), "0.0.0.0/0");
        assert_eq!(subnet("192.0.2.1").unwrap().to_string(), "192.0.2.1/32");
        assert!(subnet("192.0.2.0/33").is_err());
        assert_eq!(raw_option("65001:00fF").unwrap().data, [0, 255]);
        assert_eq!(raw_option("3").unwrap().data, [0; 0]);
        for bad in ["x", "70000", "3:0", "3:zz", "3:é"] {
            assert!(raw_option(bad).is_err(), "{bad}");
        }
    }
}
