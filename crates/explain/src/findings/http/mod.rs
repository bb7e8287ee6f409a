//! Findings that blame the http layer.

mod answer;
mod bad_gateway;
mod client_error;
mod gateway_timeout;
mod malformed;
mod rate_limited;
mod redirect_downgrade;
mod redirect_loop;
mod server_error;
mod server_slow;
mod truncated;
mod unavailable;

use crate::finding::Declaration;

pub(super) static FINDINGS: &[&Declaration] = &[
    &malformed::FINDING,
    &truncated::FINDING,
    &redirect_loop::FINDING,
    &redirect_downgrade::FINDING,
    &bad_gateway::FINDING,
    &unavailable::FINDING,
    &gateway_timeout::FINDING,
    &server_error::FINDING,
    &client_error::FINDING,
    &rate_limited::FINDING,
    &server_slow::FINDING,
];
