//! Ports that do not behave.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use socket2::{Domain, Socket, Type};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

use crate::LabError;

/// A listener whose queue of one is full, so that the kernel drops every further SYN.
pub(super) fn full_queue(address: IpAddr, held: &mut Vec<Socket>) -> Result<u16, LabError> {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    listener.bind(&SocketAddr::new(address, 0).into())?;
    listener.listen(0)?;
    let bound = listener.local_addr()?;
    held.push(listener);
    for _ in 0..4 {
        let filler = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        filler.set_nonblocking(true)?;
        // In progress, or dropped: either way the queue is full after the first two.
        filler.connect(&bound).ok();
        held.push(filler);
    }
    Ok(bound.as_socket().map_or(0, |bound| bound.port()))
}

/// Resets at once.
pub(super) async fn reset(stream: TcpStream) {
    // Lingering for zero seconds makes the close a reset.
    socket2::SockRef::from(&stream)
        .set_linger(Some(Duration::ZERO))
        .ok();
}

/// Closes in good order once the client has spoken: closing with unread data would reset.
pub(super) async fn close(mut stream: TcpStream) {
    let mut buffer = [0; 4096];
    let _length = stream.read(&mut buffer).await;
}

/// Reads for ever and says nothing.
pub(super) async fn mute(mut stream: TcpStream) {
    let mut buffer = [0; 4096];
    while stream
        .read(&mut buffer)
        .await
        .is_ok_and(|length| length > 0)
    {}
}
