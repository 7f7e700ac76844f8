"""Run CEL's own conformance suite through `neuralnav.policy.evaluate`: what passes, what fails, what is no part.

python -m tests.tools.cel_suite FILE

FILE is the suite as one JSON tree of `suites` and `tests`, as the npm package @bufbuild/cel-spec exports it:
node -e "process.stdout.write(JSON.stringify(require('@bufbuild/cel-spec/testdata/conformance.js').tests))" > FILE
Exits 1 when a case inside the documented subset (neuralnav/enforce/subset.py) fails.
"""

import base64
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from neuralnav.policy import EvaluationError, ExpressionError, evaluate
from neuralnav.policy.tree import UInt

Case = Mapping[str, Any]
"""A case of the suite, as its JSON has it."""

WHOLE_FILES: Mapping[str, str] = {
    "proto2": "protobuf", "proto2_ext": "protobuf", "proto3": "protobuf", "enums": "protobuf", "wrappers": "protobuf",
    "dynamic": "protobuf", "timestamps": "timestamp, duration", "optionals": "optional types",
    "macros2": "macros with two variables", "bindings_ext": "cel.bind, cel.block", "block_ext": "cel.bind, cel.block",
    "encoders_ext": "encoders", "network_ext": "networks", "unknowns": "unknown values",
}  # fmt: skip
PARTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("protobuf", re.compile(r"TestAllTypes|google\.|cel\.\s*expr|// @\ncel\.")),
    ("timestamp, duration", re.compile(r"\b(timestamp|duration)\(")),
    ("optional types", re.compile(r"optional|\.\?|\[\?|\{\?")),
    ("bit operations", re.compile(r"math\.bit")),
    ("math.sqrt", re.compile(r"math\.sqrt")),
)
"""What is out of the other files, told by what a case is written with."""

DOUBLES = {"Infinity": "inf", "-Infinity": "-inf", "NaN": "nan"}
ERROR = object()


def main(path: str) -> int:
    """Run the cases of a file and print what became of them."""
    passed, out = 0, Counter[str]()
    failed: list[str] = []
    for names, case in cases(json.loads(Path(path).read_text(encoding="utf-8")), ()):
        reason = why_out(names[0], case)
        if reason:
            out[reason] += 1
        elif (found := outcome(case)) is None:
            passed += 1
        else:
            failed.append(f"{'/'.join(names)}/{case['name']}: {case['expr']}\n  {found}")
    lines = [
        *failed,
        f"{passed:,} of {passed + len(failed):,} cases inside the subset pass; {out.total():,} are outside:",
    ]
    lines += [f"  {count:>5,}  {reason}" for reason, count in sorted(out.items(), key=lambda item: (-item[1], item[0]))]
    sys.stdout.write("\n".join(lines) + "\n")
    return bool(failed)


def cases(suite: Case, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Case]]:
    """Yield every case with the names of the suites around it, the file's first."""
    for item in suite.get("tests", ()):
        yield names, item["original"]
    for item in suite.get("suites", ()):
        yield from cases(item, (*names, item["name"]))


def why_out(file: str, case: Case) -> str:
    """Return what the case needs that the language leaves out, or nothing."""
    if file in WHOLE_FILES:
        return WHOLE_FILES[file]
    text = case["expr"] + json.dumps([case.get(key) for key in ("bindings", "typeEnv", "value")])
    for reason, pattern in PARTS:
        if pattern.search(text):
            return reason
    if case.get("container"):
        return "containers"
    if case.get("checkOnly") or ("typedResult" in case and "result" not in case["typedResult"]):
        return "checked and not run"
    return ""


def outcome(case: Case) -> str | None:
    """Return None where the case gives what the suite demands, else what it gave."""
    bindings = {name: plain(item["value"], bound=True) for name, item in case.get("bindings", {}).items()}
    wanted: object = ERROR
    if "evalError" not in case and "anyEvalErrors" not in case:
        given = case.get("typedResult", {}).get("result", case.get("value"))
        wanted = True if given is None else plain(given, bound=False)
    try:
        found = evaluate(case["expr"], bindings)
    except (ExpressionError, EvaluationError) as error:
        return None if wanted is ERROR else f"wanted {wanted!r}, not the error {error}"
    if wanted is ERROR:
        return f"wanted an error, not {found!r}"
    return None if same(found, wanted) else f"wanted {wanted!r}, not {found!r}"


def plain(value: Case, *, bound: bool) -> object:
    """Return a value of the suite as plain Python data; a uint that is bound stays one."""
    ((kind, data),) = value.items()
    match kind:
        case "int64Value":
            return int(data)
        case "uint64Value":
            return UInt(int(data)) if bound else int(data)
        case "doubleValue":
            text = str(data)
            return float(DOUBLES.get(text, text))
        case "bytesValue":
            return base64.b64decode(data)
        case "nullValue":
            return None
        case "listValue":
            return [plain(item, bound=bound) for item in data.get("values", ())]
        case "mapValue":
            return {plain(i["key"], bound=bound): plain(i["value"], bound=bound) for i in data.get("entries", ())}
        case "stringValue" | "boolValue" | "typeValue":
            return data
        case _:
            raise ValueError(f"no rule for {kind}")


def same(found: object, wanted: object) -> bool:
    """Compare plain data: of one class, and NaN is itself."""
    if type(found) is not type(wanted):
        return False
    if isinstance(found, list) and isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(same, found, wanted))
    if isinstance(found, dict) and isinstance(wanted, dict):
        return found.keys() == wanted.keys() and all(same(item, wanted[key]) for key, item in found.items())
    return found == wanted or (found != found and wanted != wanted)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
