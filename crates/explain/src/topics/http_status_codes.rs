//! http-status-codes: What a status says about who failed.

use super::Topic;

pub(super) static TOPIC: Topic = Topic {
    name: "http-status-codes",
    title: "What a status says about who failed",
    text: "\
A status is proof that DNS, TCP and TLS work up to whoever sent it. The question is who that was: the application, or something
in front of it (CDN, load balancer, ingress, sidecar). Look at Server, Via and Proxy-Status (RFC 9209), and at the time: an answer
within two round trips was made at the edge.

  3xx  go elsewhere: 301 and 308 for good (cached!), 302, 303 and 307 for now; 308 and 307 keep method and body
  400  not understood: a broken header, plain HTTP on a TLS port, a missing client certificate (nginx)
  401  who are you? (WWW-Authenticate says how)      403  I know, and no
  404  nothing here: or the wrong virtual host        405  not with this method
  407  a proxy wants a login                          408  your request was too slow
  421  wrong connection for this name                 429  too much: wait for Retry-After

  500  the application failed
  502  the gateway got no usable answer: the backend is down, or closed the connection
  503  up, but does not serve: no healthy backend, overload, maintenance
  504  the gateway's patience ended: the backend is slow or hangs
  52x  Cloudflare about the origin: 521 refused, 522 no connect, 524 no answer in 100 s, 525 and 526 TLS

Rules of thumb: 502 at once -> look at the process; 502 now and then -> keep-alive timeouts that do not fit; 503 -> look at health
checks; 504 after a round time -> look for the timer of that length, then for what hangs; 4xx for everybody since a release -> a
route or a rule, not the network.
",
    findings: &["http-bad-gateway", "http-unavailable", "http-gateway-timeout", "http-server-error", "http-client-error", "http-rate-limited", "http-redirect-loop"],
};
