"""Publishes one message to the inbox as a stranger would, and prints what came back for it.

    python publish.py nats://127.0.0.1:4222 <file with the password>
"""

import asyncio
import json
import sys

import nats

SUBJECT = "redress.v1.default.inbox.shop"
RECEIPTS = "redress.v1.default.receipt.shop"


async def main(server: str, file: str) -> None:
    with open(file, encoding="ascii") as text:
        password = text.read().strip()
    client = await nats.connect(server, user="shop", password=password)
    receipts = await client.subscribe(f"{RECEIPTS}.>")
    event = {
        "specversion": "1.0",
        "id": "order-7-returned",
        "source": "/shop/returns",
        "type": "example.shop.returned",
        "datacontenttype": "application/json",
        "data": {"kind": "complaint", "channel": "web", "product": "Toaster"},
    }
    headers = {
        "Content-Type": "application/cloudevents+json",
        "Redress-Receipt-To": f"{RECEIPTS}.one",
    }
    acknowledged = await client.jetstream().publish(
        SUBJECT, json.dumps(event).encode(), headers=headers
    )
    receipt = await receipts.next_msg(timeout=60)
    await client.close()
    print(json.dumps({"stream": acknowledged.stream, "receipt": json.loads(receipt.data)}))


asyncio.run(main(*sys.argv[1:]))
