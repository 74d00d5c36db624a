// Reads the AsyncAPI document FILE with AsyncAPI's own parser, references and examples included.

const fs = require("fs");
const { Parser } = require("@asyncapi/parser");

async function main() {
  const file = process.argv[2];
  const text = fs.readFileSync(file, "utf8");
  const { document, diagnostics } = await new Parser().parse(text, { source: file });
  const severities = ["error", "warning"];
  const told = diagnostics.filter((it) => it.severity < severities.length);
  for (const { severity, path, message } of told.slice(0, 20)) {
    console.error(`${severities[severity]} at ${path.join("/")}: ${message}`);
  }
  const count = (all) => (document ? all().length : 0);
  console.log(
    JSON.stringify({
      errors: told.filter((it) => it.severity === 0).length,
      warnings: told.filter((it) => it.severity === 1).length,
      channels: count(() => document.channels().all()),
      operations: count(() => document.operations().all()),
      sends: count(() => document.operations().filterBySend()),
      messages: count(() => document.components().messages().all()),
      addresses: document ? document.channels().all().map((it) => it.address()) : [],
    })
  );
}

main();
