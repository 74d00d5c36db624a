"""Holds records against their schemas, with a validator that is not ours.

records.py FOLDER: the schemas are in FOLDER; standard input has an object a line:
{"record": .., "taken": whether our own readers take it, "what": what was done to it}, and "schema" where
that is another one than that of its type.
"""

import json
import pathlib
import sys

from jsonschema import Draft202012Validator, FormatChecker

folder = pathlib.Path(sys.argv[1])
formats = FormatChecker(["date-time", "date"])
assert "date-time" in formats.checkers, "rfc3339-validator is not there"


def validator(path):
    schema = json.loads(path.read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=formats)


schemas = {
    path.name.removesuffix(".schema.json"): validator(path)
    for path in folder.glob("*.schema.json")
}
for name, schema in schemas.items():
    for example in schema.schema.get("examples", []):
        schema.validate(example)

any_record = schemas["record"]
wrong = []
taken = refused = 0
types = set()
for line in sys.stdin:
    case = json.loads(line)
    record = case["record"]
    # A record without a type that is known is checked as any record is.
    kind = case["schema"] if "schema" in case else record.get("type")
    schema = schemas.get(kind, any_record) if isinstance(kind, str) else any_record
    errors = [f"/{'/'.join(map(str, error.path))}: {error.message}" for error in schema.iter_errors(record)]
    if case["taken"]:
        taken += 1
        types.add(kind)
    else:
        refused += 1
    if case["taken"] == bool(errors):
        wrong.append(f"{kind} {case.get('what', '')}: {errors[:1] or 'is taken by the schema alone'}")

for line in wrong[:40]:
    print(line, file=sys.stderr)
print(json.dumps({"schemas": len(schemas), "types": sorted(types), "taken": taken, "refused": refused, "wrong": len(wrong)}))
sys.exit(1 if wrong else 0)
