//! DNS over TCP for the lab's authorities: two bytes of length before each message, in both directions.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// How long a client may stay silent.
const PATIENCE: Duration = Duration::from_secs(5);
/// Clients at a time; more wait to be accepted.
const CLIENTS: usize = 32;

/// Serves every client until dropped; `answer` makes a reply of a query.
pub(crate) async fn serve(
    listener: TcpListener,
    answer: impl Fn(&[u8]) -> Option<Vec<u8>> + Clone + Send + 'static,
) {
    let mut clients = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let answer = answer.clone();
        clients.spawn(async move {
            tokio::time::timeout(PATIENCE, converse(stream, answer))
                .await
                .ok();
        });
        while clients.len() >= CLIENTS {
            clients.join_next().await;
        }
        while clients.try_join_next().is_some() {}
    }
}

async fn converse(
    mut stream: TcpStream,
    answer: impl Fn(&[u8]) -> Option<Vec<u8>>,
) -> std::io::Result<()> {
    loop {
        let length = stream.read_u16().await?;
        let mut query = vec![0; usize::from(length)];
        stream.read_exact(&mut query).await?;
        let Some(reply) = answer(&query) else {
            return Ok(());
        };
        let Ok(length) = u16::try_from(reply.len()) else {
            return Ok(());
        };
        stream.write_u16(length).await?;
        stream.write_all(&reply).await?;
    }
}
