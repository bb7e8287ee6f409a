"""A link emulator: moves Ethernet frames between two interfaces, each direction with its own queue and delay.

usage: relay.py LEFT RIGHT DELAY_MS     (delay of one direction; frames keep their order)
"""

import heapq
import select
import socket
import sys
import time

ETH_P_ALL = 3
PACKET_OUTGOING = 4
QUEUE_FRAMES = 20_000


def opened(interface):
    raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
    raw.bind((interface, 0))
    raw.setblocking(False)
    return raw


def main():
    left, right, delay = opened(sys.argv[1]), opened(sys.argv[2]), float(sys.argv[3]) / 1000
    other = {left: right, right: left}
    queue, order = [], 0
    print("ready", flush=True)
    while True:
        now = time.monotonic()
        while queue and queue[0][0] <= now:
            _, _, out, frame = heapq.heappop(queue)
            try:
                out.send(frame)
            except OSError:
                pass  # a full device queue drops, as a real link does
        wait = max(0.0, queue[0][0] - time.monotonic()) if queue else 1.0
        for source in select.select([left, right], [], [], wait)[0]:
            while True:
                try:
                    frame, address = source.recvfrom(65535)
                except BlockingIOError:
                    break
                if address[2] == PACKET_OUTGOING or len(queue) >= QUEUE_FRAMES:
                    continue
                order += 1
                heapq.heappush(queue, (time.monotonic() + delay, order, other[source], frame))


main()
