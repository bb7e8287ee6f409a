//! tcp-handshake: SYN, SYN-ACK, ACK: what a connect tells.

use super::Topic;

pub(super) static TOPIC: Topic = Topic {
    name: "tcp-handshake",
    title: "SYN, SYN-ACK, ACK: what a connect tells",
    text: "\
connect() sends a SYN; the peer's kernel answers SYN-ACK; ours answers ACK (RFC 9293 section 3.5). It takes one round
trip, so the connect time is the best cheap measure of distance.

What comes back instead, and what it means:
- RST (\"connection refused\", at once): packets pass, nothing listens on that port, or a firewall rejects with reset;
- ICMP prohibited or unreachable (\"no route to host\"): a device says no; its address names the offender;
- nothing (\"timed out\"): dropped on the way out or back, or the host is gone. Filters that drop are silent by design.

A lost SYN is sent again, first after one second, then after growing pauses. A connect that takes almost exactly 1 or 3 seconds was
not slow: it lost one or more packets.

The kernel completes the handshake, not the application. listen(2) has a backlog: connections are established and wait in the
accept queue until the program calls accept(). An open port proves that a socket listens, not that anybody is at
home. On the server, `ss -ltn` shows the queue (Recv-Q) and its limit (Send-Q) for listeners; when it is full, Linux drops the
final ACK and further SYNs, so clients see time-outs and retransmissions, not refusals.

After the accept:
- FIN at once: a program decided to close (a proxy without a backend, an access list);
- RST: a crash, a closed socket with unread data, or a device in between;
- silence: the program hangs, or does not read.
",
    findings: &["tcp-refused", "tcp-filtered", "tcp-rejected", "tcp-closed-after-accept", "tcp-no-response"],
};
