//! The random generator's first use, which can be slow: it must not fall into anything that is being timed.

use rustls::crypto::aws_lc_rs;

/// Seeds the random generator of this process, which DNS and TLS share. Blocks, once: in a build of AWS-LC that gathers CPU
/// jitter the first random number takes 30 ms of a core and more on a busy one, in a build without (`.cargo/config.toml`
/// of this workspace) 30 µs. Later calls take a microsecond.
pub fn seed_random_generator() {
    // A generator that fails now will fail again where a probe needs it, and the failure is recorded there.
    aws_lc_rs::default_provider()
        .secure_random
        .fill(&mut [0; 32])
        .ok();
}
