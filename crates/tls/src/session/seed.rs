//! The random generator's first use, which is slow: it must not fall into a handshake that is being timed.

use rustls::crypto::aws_lc_rs;
use tokio::sync::OnceCell;

static SEEDED: OnceCell<()> = OnceCell::const_new();

/// Seeds the random generator of this process, once. AWS-LC gathers CPU jitter for its first random number, 30 ms of one
/// core: whoever will shake hands later calls this early, and has it behind other waits. Later calls return at once.
///
/// # Panics
/// Outside a tokio runtime.
pub async fn seed_random_generator() {
    SEEDED
        .get_or_init(|| async {
            let seed = || {
                // A generator that fails now will fail in the handshake, where the failure is recorded.
                aws_lc_rs::default_provider()
                    .secure_random
                    .fill(&mut [0; 32])
                    .ok();
            };
            tokio::task::spawn_blocking(seed).await.ok();
        })
        .await;
}
