"""Judges CreateJob requests, one JSON document a line, by botocore's own validator and by the limits of its model that the
validator leaves to the service (maximum, pattern, enum). Answers a JSON list of complaints a line. The first line that it reads is a
JSON schema; when jsonschema is there, each request comes with its job file, which is judged by that too."""
import json
import re
import sys

from botocore import session, validate

try:
    import jsonschema
except ImportError:
    jsonschema = None

model = session.get_session().get_service_model("s3control")
shape = model.operation_model("CreateJob").input_shape
validator = validate.ParamValidator()


def walk(value, shape, place, complaints):
    limits = shape.metadata
    kind = shape.type_name
    if kind == "structure":
        if limits.get("union") or getattr(shape, "is_tagged_union", False):
            if len(value) != 1:
                complaints.append(f"{place}: union of {len(value)}")
        for name, member in shape.members.items():
            if name in value:
                walk(value[name], member, f"{place}.{name}", complaints)
        return
    if kind == "list":
        size = len(value)
        for index, item in enumerate(value):
            walk(item, shape.member, f"{place}[{index}]", complaints)
    elif kind == "map":
        size = len(value)
        for key, item in value.items():
            walk(key, shape.key, f"{place} key", complaints)
            walk(item, shape.value, f"{place}.{key}", complaints)
    elif kind == "string":
        size = len(value)
        if getattr(shape, "enum", None) and value not in shape.enum:
            complaints.append(f"{place}: {value!r} is not in the enum")
        pattern = limits.get("pattern")
        if pattern and "\\p{" not in pattern and not re.search(f"^(?:{pattern.lstrip('^').rstrip('$')})\\Z", value):
            complaints.append(f"{place}: {value!r} against {pattern}")
    elif kind in ("integer", "long"):
        size = value
        bits = 31 if kind == "integer" else 63
        if not -(2**bits) <= value < 2**bits:
            complaints.append(f"{place}: {value} is no {kind}")
    else:
        return
    if "min" in limits and size < limits["min"]:
        complaints.append(f"{place}: {size} < {limits['min']}")
    if "max" in limits and size > limits["max"]:
        complaints.append(f"{place}: {size} > {limits['max']}")


def without_unicode_classes(node):
    """Python's re knows no \\p{L}; everything else of the schema stays."""
    if isinstance(node, list):
        return [without_unicode_classes(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        name: without_unicode_classes(item)
        for name, item in node.items()
        if not (name == "pattern" and isinstance(item, str) and "\\p{" in item)
    }


schema = without_unicode_classes(json.loads(sys.stdin.readline()))
strict = jsonschema.Draft7Validator(schema) if jsonschema else None
for line in sys.stdin:
    case = json.loads(line)
    report = validator.validate(case["request"], shape)
    complaints = [report.generate_report()] if report.has_errors() else []
    if not complaints:
        walk(case["request"], shape, "CreateJob", complaints)
    if strict is not None:
        complaints += [f"schema: {error.message}" for error in strict.iter_errors(case["file"])]
    print(json.dumps(complaints), flush=False)
