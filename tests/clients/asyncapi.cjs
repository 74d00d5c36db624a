// Reads the AsyncAPI document FILE with AsyncAPI's own parser, references included. The parser does not look at
// the examples of messages, so each is held against the schema of its message here.

const fs = require("fs");
const { Parser } = require("@asyncapi/parser");
const Ajv = require("ajv/dist/2020");
const formats = require("ajv-formats");

function wrongExamples(message) {
  // Several messages have the same schema, and a validator takes its name only once.
  const validator = formats(new Ajv({ strict: false }));
  const fits = validator.compile(message.payload().json());
  const examples = message.examples().all();
  const wrong = examples.filter((it) => !fits(it.payload()));
  return { examples: examples.length, wrong: wrong.map((it) => `${message.id()}: ${it.name()}`) };
}

async function main() {
  const file = process.argv[2];
  const text = fs.readFileSync(file, "utf8");
  const { document, diagnostics } = await new Parser().parse(text, { source: file });
  const severities = ["error", "warning"];
  const told = diagnostics.filter((it) => it.severity < severities.length);
  for (const { severity, path, message } of told.slice(0, 20)) {
    console.error(`${severities[severity]} at ${path.join("/")}: ${message}`);
  }
  const checked = document ? document.components().messages().all().map(wrongExamples) : [];
  const count = (all) => (document ? all().length : 0);
  console.log(
    JSON.stringify({
      errors: told.filter((it) => it.severity === 0).length,
      warnings: told.filter((it) => it.severity === 1).length,
      examples: checked.reduce((sum, it) => sum + it.examples, 0),
      wrong_examples: checked.flatMap((it) => it.wrong),
      channels: count(() => document.channels().all()),
      operations: count(() => document.operations().all()),
      sends: count(() => document.operations().filterBySend()),
      messages: count(() => document.components().messages().all()),
      addresses: document ? document.channels().all().map((it) => it.address()) : [],
    })
  );
}

main();
