// Publishes feedback as CloudEvents, and waits until each is in the log.
//
//     node publish.mjs SERVER TENANT SOURCE < messages.jsonl
//
// Each line of the input is {"id": .., "data": {..}}; each line of the output a receipt. A message is
// published again until its receipt is there: the same id is never recorded twice. It ends with 1 where
// the broker refuses a subject: the user may not publish or not listen there.

import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(import.meta.url);
const { CloudEvent } = require("cloudevents");
const { connect, headers } = require("@nats-io/transport-node");
const { jetstream } = require("@nats-io/jetstream");

const AT_ONCE = 32;
const PATIENCE = 10_000;

const [server, tenant, source] = process.argv.slice(2);
const connection = await connect({ servers: server, maxReconnectAttempts: -1, reconnectTimeWait: 200 });
const broker = jetstream(connection, { timeout: PATIENCE });
const receipts = `redress.v1.${tenant}.receipt.${source}.node`;
const arrived = new Map();
const waiting = new Map();

// A refused subject is told here: a call that waits for an answer may get none, and another attempt
// would be refused, too.
(async () => {
  for await (const { type, error } of connection.status()) {
    if (type !== "error") continue;
    console.error(`NATS: ${error.message}`);
    if (error.name === "PermissionViolationError") process.exit(1);
  }
})();

connection.subscribe(receipts, {
  callback: (error, message) => {
    if (error) {
      console.error(`no receipts: ${error.message}`);
      return;
    }
    const receipt = message.json();
    arrived.set(receipt.id, receipt);
    waiting.get(receipt.id)?.forEach((resolve) => resolve());
    waiting.delete(receipt.id);
  },
});

const sleep = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

async function receipt(id) {
  if (arrived.has(id)) return;
  let timer;
  await new Promise((resolve, reject) => {
    waiting.set(id, [...(waiting.get(id) ?? []), resolve]);
    timer = setTimeout(() => reject(new Error("no receipt")), PATIENCE);
  }).finally(() => clearTimeout(timer));
}

async function publish({ id, data }) {
  const event = new CloudEvent({ id, source: "/example/node", type: "org.example.feedback", data });
  const given = headers();
  given.set("Content-Type", "application/cloudevents+json");
  given.set("Redress-Receipt-To", receipts);
  for (;;) {
    try {
      // The broker has it once this returns.
      const subject = `redress.v1.${tenant}.inbox.${source}`;
      await broker.publish(subject, JSON.stringify(event), { headers: given });
      // And once the receipt is there, the log has it.
      await receipt(id);
      break;
    } catch (error) {
      console.error(`${id} is published again: ${error}`);
      await sleep(500);
    }
  }
  console.log(JSON.stringify(arrived.get(id)));
}

const lines = [];
for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim()) lines.push(JSON.parse(line));
}
async function next() {
  for (let message = lines.shift(); message; message = lines.shift()) await publish(message);
}
await Promise.all(Array.from({ length: AT_ONCE }, next));
await connection.close();
