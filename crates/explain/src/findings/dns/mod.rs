//! Findings that blame the dns layer.

mod aliases;
mod answer_forged;
mod answer_rewritten;
mod answers_differ;
mod answers_vary;
mod apex_cname;
mod asked;
mod caa_blocks_issuer;
mod cname_chain_long;
mod cname_dangling;
mod cname_loop;
mod dnssec_algorithm_weak;
mod dnssec_denial_broken;
mod dnssec_ds_mismatch;
mod dnssec_expired;
mod dnssec_not_yet_valid;
mod dnssec_unsigned;
mod edns_broken;
mod edns_checked;
mod fragments_dropped;
mod glue_mismatch;
mod glue_missing;
mod hosts_override;
mod ipv6_broken;
mod lame_delegation;
mod mail_broken;
mod name_missing;
mod negative_cached;
mod no_address;
mod ns_mismatch;
mod refused;
mod resolver_down;
mod search_expanded;
mod serial_mismatch;
mod servfail;
mod single_server;
mod slow;
mod split_horizon;
mod stale_answer;
mod tcp_blocked;
mod timeout;
mod traced;
mod tries;
mod ttl_high;
mod ttl_low;
mod ttls;
mod unresolved;
mod wildcard;
mod zone_inconsistent;

use crate::finding::Declaration;

pub(super) static FINDINGS: &[&Declaration] = &[
    &hosts_override::FINDING,
    &apex_cname::FINDING,
    &glue_missing::FINDING,
    &glue_mismatch::FINDING,
    &lame_delegation::FINDING,
    &dnssec_ds_mismatch::FINDING,
    &dnssec_unsigned::FINDING,
    &dnssec_expired::FINDING,
    &dnssec_not_yet_valid::FINDING,
    &dnssec_denial_broken::FINDING,
    &tcp_blocked::FINDING,
    &edns_broken::FINDING,
    &fragments_dropped::FINDING,
    &cname_loop::FINDING,
    &cname_dangling::FINDING,
    &zone_inconsistent::FINDING,
    &serial_mismatch::FINDING,
    &stale_answer::FINDING,
    &negative_cached::FINDING,
    &answer_rewritten::FINDING,
    &answer_forged::FINDING,
    &timeout::FINDING,
    &refused::FINDING,
    &servfail::FINDING,
    &name_missing::FINDING,
    &no_address::FINDING,
    &resolver_down::FINDING,
    &answers_differ::FINDING,
    &ipv6_broken::FINDING,
    &search_expanded::FINDING,
    &slow::FINDING,
    &cname_chain_long::FINDING,
    &dnssec_algorithm_weak::FINDING,
    &split_horizon::FINDING,
    &answers_vary::FINDING,
    &ns_mismatch::FINDING,
    &single_server::FINDING,
    &mail_broken::FINDING,
    &caa_blocks_issuer::FINDING,
    &wildcard::FINDING,
    &ttl_low::FINDING,
    &ttl_high::FINDING,
];
