// Holds records against the JSON Schema of the CloudEvents specification, as the CloudEvents SDK carries it.
//
// Standard input has an object a line: {"record": ..}. The SDK's check stands behind no export, so it is
// loaded by its path.

const path = require("path");
const readline = require("readline");

const sdk = path.dirname(require.resolve("cloudevents"));
const validate = require(path.join(sdk, "schema", "v1.js"));
const { CloudEvent } = require("cloudevents");

async function main() {
  let records = 0;
  const refused = [];
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { record } = JSON.parse(line);
    records += 1;
    if (!validate(record)) {
      refused.push(`${record.type}: ${JSON.stringify(validate.errors[0])}`);
    } else {
      // Names of extensions have rules that the schema does not know.
      new CloudEvent(record, true);
    }
  }
  const { specversion, ...bare } = { specversion: "1.0", id: "1", source: "/x", type: "y" };
  const strict = !validate(bare) && !validate({ ...bare, specversion, time: "yesterday" });
  refused.slice(0, 20).forEach((line) => console.error(line));
  console.log(JSON.stringify({ records, refused: refused.length, strict }));
  process.exit(refused.length === 0 && strict ? 0 : 1);
}

main();
