//! A mail server that greets in clear and begins TLS after STARTTLS ([RFC 3207](https://www.rfc-editor.org/rfc/rfc3207)).

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufStream};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

/// Commands answered on one connection at most.
const COMMANDS: usize = 16;

/// Serves one connection.
pub(super) async fn serve(stream: TcpStream, acceptor: TlsAcceptor) {
    let mut stream = BufStream::new(stream);
    let greeted = say(&mut stream, "220 mail.lab.test ESMTP lab\r\n").await;
    if !greeted || !converse(&mut stream, true).await {
        return;
    }
    if let Ok(secured) = acceptor.accept(stream.into_inner()).await {
        converse(&mut BufStream::new(secured), false).await;
    }
}

/// Answers commands; `true` once the client wants TLS, which is offered only in clear.
async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufStream<S>,
    in_clear: bool,
) -> bool {
    for _ in 0..COMMANDS {
        let mut line = Vec::new();
        match stream.read_until(b'\n', &mut line).await {
            // Whoever begins with a TLS hello hears no more than the greeting.
            Ok(_) if line.first().is_some_and(u8::is_ascii_alphabetic) => {}
            _ => return false,
        }
        let command = String::from_utf8_lossy(&line).to_ascii_uppercase();
        let (reply, ends) = match command.trim_end() {
            "STARTTLS" if in_clear => ("220 go ahead\r\n", true),
            "QUIT" => ("221 bye\r\n", true),
            command if command.starts_with("EHLO") && in_clear => {
                ("250-mail.lab.test\r\n250 STARTTLS\r\n", false)
            }
            command if command.starts_with("EHLO") || command.starts_with("HELO") => {
                ("250 mail.lab.test\r\n", false)
            }
            _ => ("502 this is a lab\r\n", false),
        };
        if !say(stream, reply).await {
            return false;
        }
        if ends {
            return command.starts_with("STARTTLS");
        }
    }
    false
}

async fn say<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufStream<S>, text: &str) -> bool {
    stream.write_all(text.as_bytes()).await.is_ok() && stream.flush().await.is_ok()
}
