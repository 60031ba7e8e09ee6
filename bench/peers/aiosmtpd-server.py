"""aiosmtpd with one of its own handlers, in one event loop as its documentation shows it.

Usage: /usr/bin/python3 aiosmtpd-server.py PORT discard|mailbox FOLDER
"""

import asyncio
import pathlib
import sys

from aiosmtpd.handlers import Mailbox, Sink
from aiosmtpd.smtp import SMTP

port, mode, folder = int(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])


def mailbox():
    # The standard library makes a maildir only where nothing is yet.
    for part in ("tmp", "new", "cur"):
        (folder / "maildir" / part).mkdir(parents=True)
    return Mailbox(folder / "maildir")


async def serve():
    handler = {"discard": Sink, "mailbox": mailbox}[mode]()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler), "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


asyncio.run(serve())
