//! A healthy HTTP/2 server.

use std::convert::Infallible;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

/// Serves one connection.
pub(super) async fn serve(stream: TcpStream, acceptor: TlsAcceptor) {
    let Ok(stream) = acceptor.accept(stream).await else {
        return;
    };
    let answer = service_fn(|_: Request<Incoming>| async {
        let mut response = Response::new(Full::new(Bytes::from_static(b"lab\n")));
        let server = hyper::header::HeaderValue::from_static("lab");
        response.headers_mut().insert(hyper::header::SERVER, server);
        Ok::<_, Infallible>(response)
    });
    // A client that goes away ends its own connection only.
    hyper::server::conn::http2::Builder::new(TokioExecutor::new())
        .serve_connection(TokioIo::new(stream), answer)
        .await
        .ok();
}
