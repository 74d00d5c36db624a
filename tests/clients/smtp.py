"""A server of mail that keeps what it takes. What it says hangs on whom a message is for:

full@    refuses for good
later@   refuses twice, and then takes it
slow@    takes it, and does not say so the first time before the file `go` is there

    python smtp.py FOLDER

The port stands on standard output, what was taken in FOLDER/taken.jsonl, one message a line.
"""

import asyncio
import email
import email.policy
import json
import pathlib
import sys

from aiosmtpd.smtp import SMTP

folder = pathlib.Path(sys.argv[1])


class Mailbox:
    def __init__(self):
        self.refused = 0
        self.slow = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("full@"):
            return f"552 the mailbox of {address} is full"
        if address.startswith("later@") and self.refused < 2:
            self.refused += 1
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        taken = {
            "to": envelope.rcpt_tos,
            "from": message["From"],
            "message_id": message["Message-ID"],
            "subject": message["Subject"],
            "text": message.get_content(),
        }
        with open(folder / "taken.jsonl", "a", encoding="utf-8") as lines:
            lines.write(json.dumps(taken) + "\n")
        if envelope.rcpt_tos[0].startswith("slow@"):
            self.slow += 1
            while self.slow == 1 and not (folder / "go").exists():
                await asyncio.sleep(0.05)
        return "250 taken"


async def serve():
    mailbox = Mailbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(mailbox), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(serve())
