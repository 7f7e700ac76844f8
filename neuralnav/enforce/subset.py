"""What the policy language has of CEL and what it leaves out, feature by feature, with an example of each."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A form of the language: how it is written, what it means, and an example of it."""

    form: str
    about: str
    example: str


TAKEN: tuple[Entry, ...] = (
    Entry(
        "types",
        "`bool`, `int`, `uint`, `double`, `string`, `bytes`, `null_type`, `list`, `map`, `type`",
        "type(1u) == uint && type(null) == null_type && type(int) == type",
    ),
    Entry(
        "literals",
        "all: hexadecimal, `u`, exponents, raw, triple-quoted, bytes, every escape; a comma at the end; `//` comments",
        "[0x1F, 31,] == [31, 31] && br'\\x' == b'\\\\x'",
    ),
    Entry(
        "operators",
        "`&&`, `||`, `!`, `?:`, `==`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `+`, `-`, `*`, `/`, `%`, `[]`, `.`",
        "2 + 3 * 4 == 14 && !(1 in [2, 3])",
    ),
    Entry(
        "absorption of errors",
        "in `&&`, `||`, `all` and `exists`, from either side",
        "(1 / 0 > 0 || true) && [0, 1].exists(i, 1 / i == 1)",
    ),
    Entry(
        "equality and order across numbers",
        "also inside lists and maps, in `in`, and as key of a map",
        "1 == 1.0 && 2u in [2.0] && {1: 'a'}[dyn(1.0)] == 'a'",
    ),
    Entry(
        "names",
        "a leading dot; names in backticks; a binding whose name has dots, the longest first",
        "{'gpu-type': 'L4'}.`gpu-type` == 'L4'",
    ),
    Entry(
        "macros",
        "`has`, `all`, `exists`, `exists_one` (or `existsOne`), `map` with two and three arguments, `filter`; of "
        "lists, and of maps by their keys",
        "{'a': 1}.all(key, key == 'a') && [1].existsOne(i, i == 1)",
    ),
    Entry(
        "standard functions",
        "`size`, `contains`, `startsWith`, `endsWith`, `matches`, `dyn`, `type`",
        "'qwen3'.matches('^qwen[0-9]$') && matches('L4', '4')",
    ),
    Entry("conversions", "`int`, `uint`, `double`, `string`, `bytes`, `bool`", "int('7') == 7 && string(1.5) == '1.5'"),
    Entry(
        "the strings extension",
        "`charAt`, `indexOf`, `lastIndexOf`, `join`, `lowerAscii`, `upperAscii`, `replace`, `split`, "
        "`substring`, `trim`, `reverse`, `format`, `strings.quote`",
        "'%s on %d'.format(['qwen3', 2]) == 'qwen3 on 2'",
    ),
    Entry(
        "of the math extension",
        "`math.greatest`, `math.least`, `math.abs`, `math.sign`, `math.ceil`, `math.floor`, "
        "`math.round`, `math.trunc`, `math.isNaN`, `math.isInf`, `math.isFinite`",
        "math.greatest(1, 2.5) == 2.5",
    ),
)

LEFT_OUT: tuple[Entry, ...] = (
    Entry(
        "protobuf: messages, enums, wrappers, `Any`",
        "nothing: a plan holds none",
        "google.protobuf.Int32Value{value: 1}",
    ),
    Entry("containers (a package that names are looked up in)", "names in full", "google.protobuf.Any"),
    Entry(
        "`timestamp`, `duration`, what reads and formats them",
        "no clock may change a plan; units are in the names of fields: `ms('1.5s')`",
        "duration('1s') > duration('500ms')",
    ),
    Entry(
        "optional types: `a.?b`, `a[?b]`, `{?a: b}`, `optional.of`, `optMap`",
        "`has()` and `onUnknown`",
        "{'a': 1}.?a.hasValue()",
    ),
    Entry("`cel.bind`, `cel.block`", "`variables` of a policy", "cel.bind(x, 2, x * x) == 4"),
    Entry(
        "macros with two variables, `transformList`, `transformMap`",
        "macros with one; maps by their keys",
        "[1, 2].all(i, v, v > i)",
    ),
    Entry("bit operations: `math.bitAnd` and the like", "nothing", "math.bitAnd(5, 4) == 4"),
    Entry("`math.sqrt`", "the square on the other side", "math.sqrt(4.0) == 2.0"),
    Entry(
        "the lists extension: `slice`, `flatten`, `sort`, `distinct`, `lists.range`, `first`, `last`",
        "macros",
        "[2, 1].sort() == [1, 2]",
    ),
    Entry("sets", "`all` and `in`", "sets.contains([1, 2], [1])"),
    Entry("encoders", "nothing", "base64.encode(b'a') == 'YQ=='"),
    Entry("the regex extension", "`matches`", "regex.extract('qwen3', '[0-9]') == '3'"),
    Entry("networks", "`startsWith`", "net.isIP('10.0.0.1')"),
    Entry(
        "Kubernetes' own: `quantity`, `url`, `find`, `findAll`, `isSorted`, `sum`",
        "`gib('80GiB')`",
        "quantity('1Gi').isGreaterThan(quantity('1Mi'))",
    ),
)

SUITE = """\
Its files by the tables above:

- in: `basic`, `fields`, `fp_math`, `integer_math`, `lists`, `logic`, `macros`, `plumbing`, `string`
- in, but for the cases that use protobuf, time, optional types, containers, bit operations or `math.sqrt`, and those
  that are checked and not run: `comparisons`, `conversions`, `math_ext`, `namespace`, `parse`, `string_ext`,
  `type_deductions`
- out: `bindings_ext`, `block_ext`, `dynamic`, `encoders_ext`, `enums`, `macros2`, `network_ext`, `optionals`, `proto2`,
  `proto2_ext`, `proto3`, `timestamps`, `unknowns`, `wrappers`

`uv run python -m tests.tools.cel_suite FILE` runs them, and says how many cases pass and why the others are out.
"""
