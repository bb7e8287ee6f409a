//! timeouts: Whose patience ended.

use super::Topic;

pub(super) static TOPIC: Topic = Topic {
    name: "timeouts",
    title: "Whose patience ended",
    text: "\
A time-out is never a cause; it is somebody's patience running out. Ask: whose timer, of what length, waiting for what?

Usual lengths:
  1, 3, 7 s     lost SYNs on older kernels (waits of 1, 2, 4 s); newer Linux pauses one second for each of the first tries
  5 s           the resolver's pause before it asks the next DNS server
  10, 30 s      client libraries; HAProxy examples; Heroku's router (30)
  60 s          nginx proxy_read_timeout, AWS ALB idle timeout, Apache Timeout
  75 s          nginx keepalive_timeout, nginx's limit for proxy_connect_timeout
  100 s         Cloudflare waiting for the origin (524)
  ~130 s        Linux gives up connect() with tcp_syn_retries = 6 (127 s before linear retries came)
  350 s         idle connections in AWS NLB and NAT gateways: dropped without a word
  2 h           TCP keepalive before the first probe: too late for most middleboxes

What was waited for tells the layer: no SYN-ACK (packets are dropped), no ServerHello (the application or a middlebox), no first byte
(the application thinks or hangs), gaps in the body (loss, trickle, a full window).

How to set them: give every wait a limit; let the limits fall from the edge inwards, so that the innermost gives up first and the
outer ones can still say why; connect short (1 to 3 s), read as long as the slowest honest answer; retry only what may be repeated, with
back-off and jitter, and with a budget: three layers with three tries each make 27 requests of one.

Idle is not hung: a keep-alive connection that a server closes after 60 s and a client reuses after 60.01 s gives a reset or a 502. The
side that sends requests must have the shorter idle timer.
",
    findings: &["tcp-filtered", "tcp-no-response", "http-gateway-timeout", "http-server-slow", "dns-timeout"],
};
