"""Whether the API document is one, and answers are as it says: `openapi_story.py DOCUMENT ANSWERS`.

ANSWERS is a list of {"operation", "status", "body"}. Prints OK, or every answer that differs, with status 1.
"""

import json
import sys

from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

document, answers = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:3])
validate(document)
operations = {
    operation["operationId"]: operation for item in document["paths"].values() for operation in item.values()
}


def resolve(schema):
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def unknown(schema, value, at=""):
    """The keys of a value that its schema does not name."""
    schema = resolve(schema)
    for choices in ("oneOf", "anyOf"):
        if choices in schema:
            fitting = [one for one in schema[choices] if valid(one, value)]
            return min((unknown(one, value, at) for one in fitting), key=len, default=[f"{at}: fits nothing"])
    if isinstance(value, list):
        return [key for n, one in enumerate(value) for key in unknown(schema.get("items", {}), one, f"{at}[{n}]")]
    if isinstance(value, dict) and "properties" in schema and "additionalProperties" not in schema:
        named = schema["properties"]
        strange = [f"{at}.{key} is not described" for key in value if key not in named]
        return strange + [key for name, one in value.items() if name in named
                          for key in unknown(named[name], one, f"{at}.{name}")]
    return []


def errors(schema, value):
    whole = {**schema, "components": document["components"]}
    return [f"{one.json_path}: {one.message}" for one in Draft202012Validator(whole).iter_errors(value)]


def valid(schema, value):
    return not errors(schema, value)


wrong, looked_at = [], 0
for answer in answers:
    name = f"{answer['operation']} {answer['status']}"
    described = operations[answer["operation"]]["responses"].get(str(answer["status"]))
    if described is None:
        wrong.append(f"{name} is not described")
        continue
    schemas = [content["schema"] for media, content in described.get("content", {}).items() if "json" in media and "ndjson" not in media]
    if not schemas:
        continue
    looked_at += 1
    found = errors(schemas[0], answer["body"]) or unknown(schemas[0], answer["body"])
    wrong += [f"{name}: {one}" for one in found]
assert looked_at > 25, f"only {looked_at} answers could be looked at"
print("\n".join(wrong) or "OK")
sys.exit(bool(wrong))
