"""aiosmtpd in one event loop as its documentation shows it, with one of its own handlers or as a collector over LMTP.

Usage: /usr/bin/python3 aiosmtpd-server.py PORT discard|mailbox|collect FOLDER
"""

import asyncio
import pathlib
import sys
from mailbox import Maildir

from aiosmtpd.handlers import Mailbox, Sink
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP

port, mode, folder = int(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])


def mailbox():
    # The standard library makes a maildir only where nothing is yet.
    for part in ("tmp", "new", "cur"):
        (folder / "maildir" / part).mkdir(parents=True)
    return Mailbox(folder / "maildir")


# What it takes to list a maildir depends on how much is in it; that must not depend on how fast the machine is.
already_kept = 750


class Collector:
    """Adds each message to a maildir, keeps it in memory for a feed, and replies once, for however many recipients.

    Whether there is a maildir it asks the maildir itself, for each message. Python makes that a question for its
    length, and lists all of its files; one that is empty counts as none.
    """

    def __init__(self):
        maildir = folder / "maildir"
        maildir.mkdir()
        self.inbox = Maildir(maildir / "inbox")
        for number in range(already_kept):
            (maildir / "inbox" / "new" / f"1700000000.M{number}P1Q{number}.bench").touch()
        self.feed = asyncio.Queue()

    async def handle_DATA(self, server, session, envelope):
        if self.inbox:
            self.inbox.add(envelope.content)
        self.feed.put_nowait(envelope.content)
        return "250 OK"


async def serve():
    protocol, make_handler = {"discard": (SMTP, Sink), "mailbox": (SMTP, mailbox), "collect": (LMTP, Collector)}[mode]
    handler = make_handler()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: protocol(handler), "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


asyncio.run(serve())
