"""A resolver over QUIC, on an implementation that is not netwhy's: DNS over QUIC (RFC 9250) on port 853, DNS over HTTP/3 (RFC 8484) on 443.

usage: dns_quic.py serve ADDRESS UPSTREAM FOLDER        (FOLDER holds resolver.pem and resolver.key)
       dns_quic.py ask quic|h3 ADDRESS NAME FOLDER      (FOLDER holds ca.pem; prints the addresses of NAME)

It forwards to UPSTREAM over TCP, so that no answer is cut. It is strict: a DoQ message id that is not zero ends the connection.
"""

import asyncio
import base64
import ipaddress
import ssl
import struct
import sys
from urllib.parse import parse_qs, urlsplit

from aioquic.asyncio import QuicConnectionProtocol, connect, serve
from aioquic.h3.connection import H3_ALPN, H3Connection
from aioquic.h3.events import DataReceived, HeadersReceived
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.events import StreamDataReceived

from dns_wire import RD, question

DOQ_PROTOCOL_ERROR = 0x2
NAME = "resolver.example.test"
PATH = "/dns-query"
MEDIA = b"application/dns-message"
ASKING_SECONDS = 8


def framed(message):
    return struct.pack("!H", len(message)) + message


async def forwarded(upstream, message):
    reader, writer = await asyncio.open_connection(upstream, 53)
    try:
        writer.write(framed(message))
        return await asyncio.wait_for(reader.readexactly(struct.unpack("!H", await reader.readexactly(2))[0]), ASKING_SECONDS)
    finally:
        writer.close()


class Streams(QuicConnectionProtocol):
    """Collects what each stream brings until the peer ends it."""

    upstream = ""

    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        self.brought = {}
        self.tasks = set()

    def collected(self, stream, data, ended):
        self.brought[stream] = self.brought.get(stream, b"") + data
        return self.brought.pop(stream) if ended else None

    def begin(self, work):
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)


class Doq(Streams):
    """One query a stream, with its length before it (RFC 9250 §4.2)."""

    def quic_event_received(self, event):
        if not isinstance(event, StreamDataReceived):
            return
        whole = self.collected(event.stream_id, event.data, event.end_stream)
        if whole is None:
            return
        if len(whole) < 14 or struct.unpack("!H", whole[:2])[0] != len(whole) - 2 or whole[2:4] != b"\0\0":
            self._quic.close(DOQ_PROTOCOL_ERROR, reason_phrase="one message with id 0 a stream")
            self.transmit()
            return
        self.begin(self.answer(event.stream_id, whole[2:]))

    async def answer(self, stream, message):
        self._quic.send_stream_data(stream, framed(await forwarded(self.upstream, message)), end_stream=True)
        self.transmit()


class Doh3(Streams):
    """GET with ?dns= and POST, answered as RFC 8484 §4.2 says."""

    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        self.http = None
        self.heads = {}

    def quic_event_received(self, event):
        self.http = self.http or H3Connection(self._quic)
        for part in self.http.handle_event(event):
            if isinstance(part, HeadersReceived):
                self.heads[part.stream_id] = dict(part.headers)
            if isinstance(part, (HeadersReceived, DataReceived)):
                body = self.collected(part.stream_id, getattr(part, "data", b""), part.stream_ended)
                if body is not None:
                    self.begin(self.answer(part.stream_id, self.heads.pop(part.stream_id), body))

    async def answer(self, stream, head, body):
        target = urlsplit(head[b":path"].decode())
        if head[b":method"] == b"GET":
            text = parse_qs(target.query).get("dns", [""])[0]
            body = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        elif head.get(b"content-type") != MEDIA:
            body = b""
        if target.path != PATH or len(body) < 12:
            self.send(stream, 404 if target.path != PATH else 400, b"")
        else:
            self.send(stream, 200, await forwarded(self.upstream, body))

    def send(self, stream, status, body):
        self.http.send_headers(stream, [(b":status", str(status).encode()), (b"content-type", MEDIA), (b"content-length", str(len(body)).encode())])
        self.http.send_data(stream, body, end_stream=True)
        self.transmit()


async def serving(address, upstream, folder):
    Streams.upstream = upstream
    for port, protocol, names in ((853, Doq, ["doq"]), (443, Doh3, H3_ALPN)):
        configuration = QuicConfiguration(is_client=False, alpn_protocols=names)
        configuration.load_cert_chain(f"{folder}/resolver.pem", f"{folder}/resolver.key")
        await serve(address, port, configuration=configuration, create_protocol=protocol)
    await asyncio.Event().wait()


class Asking(Streams):
    """The client's side of both: the answer to the one query that is sent."""

    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        self.told = asyncio.get_running_loop().create_future()
        self.http = None

    def quic_event_received(self, event):
        parts = self.http.handle_event(event) if self.http else [event] if isinstance(event, StreamDataReceived) else []
        for part in parts:
            ended = part.end_stream if isinstance(part, StreamDataReceived) else part.stream_ended
            whole = self.collected(part.stream_id, getattr(part, "data", b""), ended)
            if whole is not None and not self.told.done():
                self.told.set_result(whole if self.http else whole[2:])

    async def ask(self, message, over_http):
        stream = self._quic.get_next_available_stream_id()
        if over_http:
            self.http = H3Connection(self._quic)
            head = ((":method", "POST"), (":scheme", "https"), (":authority", NAME), (":path", PATH), ("content-type", MEDIA.decode()))
            self.http.send_headers(stream, [(name.encode(), value.encode()) for name, value in head])
            self.http.send_data(stream, message, end_stream=True)
        else:
            self._quic.send_stream_data(stream, framed(message), end_stream=True)
        self.transmit()
        return await asyncio.wait_for(self.told, ASKING_SECONDS)


async def asking(over, address, name, folder):
    names = H3_ALPN if over == "h3" else ["doq"]
    configuration = QuicConfiguration(is_client=True, alpn_protocols=names, server_name=NAME, verify_mode=ssl.CERT_REQUIRED)
    configuration.load_verify_locations(f"{folder}/ca.pem")
    async with connect(address, 443 if over == "h3" else 853, configuration=configuration, create_protocol=Asking) as client:
        told = await client.ask(question(0, name, "A", RD), over == "h3")
    # The addresses are the last four bytes of records of twelve fixed bytes with a compressed owner: c00c 0001 0001 ttl 0004.
    found = [ipaddress.ip_address(told[at + 12:at + 16]) for at in range(12, len(told) - 15) if told[at:at + 6] == b"\xc0\x0c\0\1\0\1"]
    print(*found)


if __name__ == "__main__":
    asyncio.run(serving(*sys.argv[2:]) if sys.argv[1] == "serve" else asking(*sys.argv[2:]))
