//! The ground behind the findings about DNS.

mod delegation;
mod dnssec;
mod encrypted;
mod load_balancing;
mod message_size;
mod negative_caching;
mod records;
mod resolution;
mod search_list;
mod split_horizon;
mod ttl;

use super::Topic;

pub(super) static TOPICS: &[&Topic] = &[
    &resolution::TOPIC,
    &records::TOPIC,
    &ttl::TOPIC,
    &negative_caching::TOPIC,
    &load_balancing::TOPIC,
    &delegation::TOPIC,
    &message_size::TOPIC,
    &dnssec::TOPIC,
    &encrypted::TOPIC,
    &split_horizon::TOPIC,
    &search_list::TOPIC,
];
