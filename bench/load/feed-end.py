# One end of a feed, with the reference's own client. Usage: feed-end.py ACTION PORT IDENT SECRET COUNT SIZE
#   publish  COUNT messages of SIZE bytes; publish-json  the same as records with sha256 and msg
#   receive  says "subscribed", then how many seconds lay between the first and the last of COUNT messages
#   stall    says "subscribed", then reads nothing until its standard input ends
import asyncio
import hashlib
import json
import sys
import time

from hpfeeds.asyncio.protocol import ClientProtocol
from hpfeeds.protocol import msgpublish

action, port, ident, secret, count, size = sys.argv[1:]
channel = "spam.mails"
line = b"The same line again and again, as long as a line of a message usually is.\r\n"
message = (line * (int(size) // len(line) + 1))[: int(size)]


def payload():
    if action == "publish":
        return message
    return json.dumps({"sha256": hashlib.sha256(message).hexdigest(), "msg": message.decode()}).encode()


class End(ClientProtocol):
    """The client of the reference, without the queue of its session: nothing but what the protocol itself costs."""

    def __init__(self):
        super().__init__(ident, secret)
        self.received = 0
        self.first = None
        self.done = asyncio.get_running_loop().create_future()
        self.ready = asyncio.get_running_loop().create_future()

    def connection_ready(self):
        self.ready.set_result(None)

    def connection_lost(self, reason):
        if not self.done.done():
            self.done.set_result(None)

    def on_publish(self, ident, chan, data):
        self.received += 1
        self.first = self.first or time.perf_counter()
        if self.received == int(count):
            print(time.perf_counter() - self.first, flush=True)
            self.done.set_result(None)


async def publish(end):
    together = 16
    # The same bytes again cost nothing to make; a record is made anew each time, as somebody who publishes mail has to.
    same = msgpublish(ident, channel, message) * together if action == "publish" else None
    for _ in range(int(count) // together):
        if same:
            end.transport.write(same)
        else:
            for _ in range(together):
                end.publish(ident, channel, payload())
        # It has no way to wait for room.
        await asyncio.sleep(0)
        while end.transport.get_write_buffer_size() > 2**20:
            await asyncio.sleep(0.0002)
    while end.transport.get_write_buffer_size() > 0:
        await asyncio.sleep(0.01)


async def receive(end):
    end.subscribe(ident, channel)
    await asyncio.sleep(0.3)
    print("subscribed", flush=True)
    await end.done


async def stall(end):
    end.subscribe(ident, channel)
    await asyncio.sleep(0.3)
    end.transport.pause_reading()
    print("subscribed", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


async def main():
    loop = asyncio.get_running_loop()
    _, end = await loop.create_connection(End, "127.0.0.1", int(port))
    await end.ready
    await {"receive": receive, "stall": stall}.get(action, publish)(end)
    end.transport.close()


asyncio.run(main())
