//! Findings that blame the tcp layer.

mod address_down;
mod blocking;
mod closed_after_accept;
mod filtered;
mod host_unreachable;
mod ipv6_broken;
mod no_response;
mod no_route;
mod refused;
mod rejected;
mod reset_after_accept;

use crate::finding::Declaration;

pub(super) static FINDINGS: &[&Declaration] = &[
    &rejected::FINDING,
    &refused::FINDING,
    &host_unreachable::FINDING,
    &filtered::FINDING,
    &no_route::FINDING,
    &reset_after_accept::FINDING,
    &closed_after_accept::FINDING,
    &no_response::FINDING,
    &ipv6_broken::FINDING,
    &address_down::FINDING,
];
