"""Publishes feedback as CloudEvents, and waits until each is in the log.

    publish.py SERVER TENANT SOURCE < messages.jsonl

Each line of the input is {"id": .., "data": {..}}; each line of the output a receipt. A message is
published again until its receipt is there: the same id is never recorded twice. It ends with 1 where the
broker refuses a subject: the user may not publish or not listen there.
"""

import asyncio
import json
import sys

import nats
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

AT_ONCE = 32
PATIENCE = 10


async def main(server, tenant, source):
    refused = asyncio.get_running_loop().create_future()

    # A refused subject is told here, and nowhere else: the call that waits for an answer gets none.
    async def complain(error):
        print(f"NATS: {error}", file=sys.stderr)
        if "permissions violation" in str(error).lower() and not refused.done():
            refused.set_result(str(error))

    connection = await nats.connect(
        server, error_cb=complain, max_reconnect_attempts=-1, reconnect_time_wait=0.2
    )
    jetstream = connection.jetstream(timeout=PATIENCE)
    receipts = f"redress.v1.{tenant}.receipt.{source}.python"
    waiting = {}

    async def receive(message):
        receipt = json.loads(message.data)
        arrived = waiting.get(receipt.get("id"))
        if arrived and not arrived.done():
            arrived.set_result(receipt)

    await connection.subscribe(receipts, cb=receive)

    async def publish(line, slots):
        message = json.loads(line)
        attributes = {
            "id": message["id"],
            "source": "/example/python",
            "type": "org.example.feedback",
            "datacontenttype": "application/json",
        }
        event = JSONFormat().write(CloudEvent(attributes, message["data"]))
        headers = {"Content-Type": "application/cloudevents+json", "Redress-Receipt-To": receipts}
        async with slots:
            arrived = waiting.setdefault(message["id"], asyncio.get_running_loop().create_future())
            # Asked each time: a call that ends just now may swallow that it was cancelled.
            while not refused.done():
                try:
                    # The broker has it once this returns.
                    subject = f"redress.v1.{tenant}.inbox.{source}"
                    await jetstream.publish(subject, event, headers=headers)
                    # And once the receipt is there, the log has it.
                    await asyncio.wait_for(asyncio.shield(arrived), PATIENCE)
                    break
                except Exception as error:
                    print(f"{message['id']} is published again: {error!r}", file=sys.stderr)
                    await asyncio.sleep(0.5)
        if arrived.done():
            print(json.dumps(arrived.result()), flush=True)

    slots = asyncio.Semaphore(AT_ONCE)
    lines = [line for line in sys.stdin if line.strip()]
    all_of_them = asyncio.gather(*(publish(line, slots) for line in lines))
    await asyncio.wait({all_of_them, refused}, return_when=asyncio.FIRST_COMPLETED)
    if refused.done():
        all_of_them.cancel()
        await asyncio.gather(all_of_them, return_exceptions=True)
        sys.exit("given up: another attempt would be refused, too")
    await all_of_them
    await connection.close()


asyncio.run(main(*sys.argv[1:4]))
