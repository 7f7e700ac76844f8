"""What the checker refuses, each expression with all that is wrong drawn under it, and what it makes of the rest."""

import pytest
from policy_scope import SCOPE, checked, drawn, told

from neuralnav.policy.check import check
from neuralnav.policy.faults import ExpressionError
from neuralnav.policy.parse import DEEPEST, parse
from neuralnav.policy.tree import Comprehension, Name, Select, children
from neuralnav.policy.types import (
    BOOL,
    DOUBLE,
    DYN,
    INT,
    STRING,
    ListType,
    MapType,
    Scope,
    Type,
    Variable,
    type_text,
)

REFUSED = r"""
candidate.ttft_p95_ms < '150ms'
                      ^ cannot compare double with string; write ms('150ms')

candidate.cost_monthly_usd < '5k'
                           ^ cannot compare double with string; write usd('5k')

accelerator.memory_gib >= '80GiB'
                       ^^ cannot compare double with string; write gib('80GiB')

candidate.cost_monthly_usd < '5m'
                           ^ cannot compare double with string; write usd('5m')

candidate.gpus == '4'
               ^^ cannot compare int with string; write 4

candidate.cost_monthly_usd < '500'
                           ^ cannot compare double with string; write 500.0

candidate.gpus < 'many'
               ^ cannot compare int with string; candidate.gpus is a number

model.name == 5
           ^^ cannot compare string with int; write '5'

accelerator.owned == 'true'
                  ^^ cannot compare bool with string; write true

accelerator.owned == 1
                  ^^ cannot compare bool with int

model.name == ['a', 'b']
           ^^ cannot compare string with list<string>; write model.name in ['a', 'b']

model.name in 'abc'
           ^^ in takes a list or a map on the right, here is string; write 'abc'.contains(model.name)

candidate.gpus * 1.5 < 4.0
               ^ no int * double; write double(candidate.gpus)

candidate.cost_monthly_usd * 2 < 4.0
                           ^ no double * int; write 2.0

candidate.cost_monthly_usd / candidate.gpus < 4.0
                           ^ no double / int; write double(candidate.gpus)

candidate.gpus + 1u < 2
               ^ no int + uint; write 1

'x' + candidate.gpus == 'x4'
    ^ no string + int; write string(candidate.gpus)

model.tags + 'x' == []
           ^ no list<string> + string; write ['x']

candidate.score == null
                ^^ candidate.score is absent, never null; write !has(candidate.score)

candidate.score != null
                ^^ candidate.score is absent, never null; write has(candidate.score)

null == candidate.score
     ^^ candidate.score is absent, never null; write !has(candidate.score)

candidate.score < null
                ^ candidate.score is absent, never null; write has(candidate.score)

candidate == model
          ^^ objects are not compared; compare their fields

candidate == 1
          ^^ objects are not compared; compare their fields

candidate in [1]
          ^^ objects are not compared; compare their fields

candidate
^^^^^^^^^ candidate is no value; read one of its fields; such as candidate.ttft_p95_ms

candidate['gpus'] == 1
          ^^^^^^ candidate has fields, no keys; write candidate.gpus

candidate.name == 'x'
          ^^^^ candidate has no field name; accelerator.name and model.name exist

candidate.ttft_p95 < 1.0
          ^^^^^^^^ candidate has no field ttft_p95; did you mean ttft_p95_ms?

candidates.gpus < 1
^^^^^^^^^^ unknown name "candidates"; did you mean candidate?

gpus < 4
^^^^ unknown name "gpus"; write candidate.gpus or plan.gpus

ttft_p95_ms < 100.0
^^^^^^^^^^^ unknown name "ttft_p95_ms"; write candidate.ttft_p95_ms

foo(1)
^^^ unknown function foo

startswith(model.name, 'a')
^^^^^^^^^^ unknown function startswith; did you mean startsWith?

startsWith(model.name, 'a')
^^^^^^^^^^ startsWith() is a member of a value; write model.name.startsWith('a')

model.name.startswith('a')
           ^^^^^^^^^^ unknown function startswith; did you mean startsWith?

model.name.size > 1
           ^^^^ string has no fields; write model.name.size()

model.name.int() == 1
           ^^^ int() is no member of a value; write int(model.name)

ceil(1.0) == 1.0
^^^^ unknown function ceil; did you mean math.ceil?

math.ceiling(1.0) == 1.0
     ^^^^^^^ unknown function math.ceiling; did you mean math.ceil?

math.foo
^^^^ unknown name "math"; functions have it in front; such as math.ceil(1.0) == 1.0

ms(candidate.ttft_p95_ms) < 150.0
^^ ms() takes string, here is double; candidate.ttft_p95_ms is already in ms

candidate.ttft_p95_ms < ms(150)
                        ^^ ms() takes string, here is int; a number stands for ms as it is: 150

usd(5000) > candidate.cost_monthly_usd
^^^ usd() takes string, here is int; a number stands for USD as it is: 5000

model.name.contains(5)
           ^^^^^^^^ contains() takes string, here is int; write '5'

model.name.replace('a')
           ^^^^^^^ replace() takes 2 or 3 arguments, here is 1; such as 'a-b-c'.replace('-', '.') == 'a.b.c'

candidate.gpus
^^^^^^^^^^^^^^ a rule's expression must be bool; this is int; compare it with something

candidate.gpus && true
               ^^ && takes bool, here is int; compare it, such as candidate.gpus != 0

candidate.price_kind == 'spot' || 'owned'
                               ^^ || takes bool, here is string; write candidate.price_kind in ['spot', 'owned']

candidate.price_kind == 'a' && model.name
                            ^^ && takes bool, here is string; compare it, such as model.name != ''

!candidate.gpus
^ ! takes bool, here is int; compare it, such as candidate.gpus == 0

-model.name == 'a'
^ no -string

model.tags.exists(t, t)
                     ^ the condition of exists() must be bool; here is string; compare it, such as t != ''

model.name.exists(t, t == 'a')
           ^^^^^^ exists() is for list or map, here is string

model.tags.exists(t, t == 1)
                       ^^ cannot compare string with int; write '1'

candidate.gpus > 1 ? 'a' : 1
                           ^ the branches of ?: differ: string and int

candidate.gpus ? true : false
^^^^^^^^^^^^^^ the condition of ?: must be bool; here is int; compare it, such as candidate.gpus != 0

candidate.gpus > 1 ? 1 : 2.0
                         ^^^ the branches of ?: differ: int and double; write 1.0

has(candidate.nme)
              ^^^ candidate has no field nme; one of cost_monthly_usd, gpus, price_kind, score, ttft_p95_ms

has(candidate.gpus.x)
                   ^ int has no fields

params.cap > 'x' && params.kap < 1.0
           ^ cannot compare double with string; params.cap is a number
                           ^^^ params has no field kap; did you mean cap?

params.by_team[1] > 1.0
               ^ map<string, double> is indexed by string, not int

model.tags['x'] == 'a'
           ^^^ list<string> is indexed by int, not string

model.name[0] == 'a'
           ^ string cannot be indexed; write model.name.charAt(0)

model.tags.name == 'a'
           ^^^^ list<string> has no fields

variables.x > 1
          ^ there is no variable x; the policy has no variables

candidate.gpus % 2.0 == 0
               ^ no int % double; % is for whole numbers: write int(x)

math.ceil(candidate.gpus) > 1.0
     ^^^^ math.ceil() takes double, here is int; write double(candidate.gpus)

math.ceil(3) > 1.0
     ^^^^ math.ceil() takes double, here is int; write 3.0

math.greatest('a', 1) > 1
     ^^^^^^^^ math.greatest() takes numbers or one list of numbers, here is string

math.greatest() > 1
     ^^^^^^^^ math.greatest() takes at least one number, here is none

math.greatest([]) > 1
     ^^^^^^^^ math.greatest() takes numbers or one list of numbers, here is an empty list

model.name.matches('(a')
                   ^^^^ '(a' is no pattern of RE2: missing ): (a

matches(model.name, '[z-a]')
                    ^^^^^^^ '[z-a]' is no pattern of RE2: invalid character class range: z-a

{1.5: 1} == {}
 ^^^ a map's key must be bool, int, uint or string; here is double

size(candidate.gpus) > 1
^^^^ size() takes string, bytes, list or map, here is int

model.name == 'a' ? true : 'b'
                           ^^^ the branches of ?: differ: bool and string

candidate.gpus == 1 == 2
                    ^^ cannot compare bool with int

1 < candidate.gpus < 4
                   ^ cannot compare bool with int; write 1 < candidate.gpus && candidate.gpus < 4

int(model.name, 2) == 1
^^^ int() takes 1 argument, here are 2; such as int(2.9) == 2

model.size('x') == 1
^^^^^ model is no value; read one of its fields; such as model.name
      ^^^^ size() takes no arguments, here is 1; such as 'abc'.size() == 3

model.tags != 'a'
           ^^ cannot compare list<string> with string; write !('a' in model.tags)

candidate.gpus < 'x' || candidate.gpus > 'y'
               ^ cannot compare int with string; candidate.gpus is a number
                                       ^ cannot compare int with string; candidate.gpus is a number

notes.text == 'a'
      ^^^^ list<note> has no fields; its items have: write notes.exists(x, x.text ...)

notes[0].txt == 'a'
         ^^^ note has no field txt; did you mean text?

notes[0] == notes[0]
         ^^ objects are not compared; compare their fields

notes.exists(n, n.text == 1)
                       ^^ cannot compare string with int; write '1'

notes == notes
      ^^ objects are not compared; compare their fields

-(1u) == 1u
^ no -uint; write -int(1u)

1u + candidate.gpus > 1
   ^ no uint + int; write 1

candidate.gpus - 1.0 > 0.0
               ^ no int - double; write double(candidate.gpus)

candidate.score == 0.5 && dyn(null) < null
                                    ^ null_type has no order

candidate.gpus == 1 ? null : null
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ a rule's expression must be bool; this is null_type; compare it with something

has(model.x) && !has(plan.gpu)
          ^ model has no field x; one of name, tags
                          ^^^ plan has no field gpu; did you mean gpus?

accelerator.owned ? 1 : '1'
                        ^^^ the branches of ?: differ: int and string

model.tags.map(t, t + 1) == []
                    ^ no string + int; write string(1)

model.tags.map(t, t, t) == []
                  ^ the condition of map() must be bool; here is string; compare it, such as t != ''

model.tags.filter(t, 1) == []
                     ^ the condition of filter() must be bool; here is int; compare it, such as 1 != 0

model.tags.exists_one(t, candidate)
                         ^^^^^^^^^ candidate is no value; read one of its fields; such as candidate.ttft_p95_ms

model.tags.all(t, t == 'a').x
                            ^ bool has no fields

[1, 2] + ['a'] == [] && b'a' + 'b' == b'ab'
       ^ no list<int> + list<string>
                             ^ no bytes + string

{'a': 1} < {'a': 2}
         ^ map<string, int> has no order

true + false == true
     ^ no bool + bool

'a' - 'b' == 'a'
    ^ no string - string

'a' * 2 == 'aa'
    ^ no string * int

null + 1 == 1
     ^ no null_type + int

-true
^ no -bool

!null
^ ! takes bool, here is null_type

candidate.gpus in ['1']
               ^^ cannot compare int with items of list<string>

1 in ['1']
  ^^ cannot compare int with items of list<string>; write '1'

candidate.gpus in params.by_team
               ^^ cannot compare int with keys of map<string, double>

model.name in candidate
           ^^ in takes a list or a map on the right, here is candidate

int('x') == 1 && ms('5k') > 1.0 && bool('yes')
    ^^^ 'x' is not an int; write digits only, such as '42'
                    ^^^^ "5k" is not a duration; write it like 150ms, 1.5s or 2min
                                        ^^^^^ 'yes' is not a bool; write 'true' or 'false'

usd('-') == gib('80')
    ^^^ "-" is not an amount of US dollars; write it like 5k, $6000 or 6000 USD
                ^^^^ "80" is not a size; write it like 80GiB, 80GB or 1.5TiB

.candidates == 1
^^^^^^^^^^^ unknown name "candidates"; did you mean candidate?

model.tags.all(model, .model.nme == model)
                             ^^^ model has no field nme; did you mean name?

math.greatest(['a']) > 1
     ^^^^^^^^ math.greatest() takes numbers or one list of numbers, here is list<string>

'%d'.format(1) == ''
     ^^^^^^ format() takes list, here is int

lower(model.name) == ''
^^^^^ unknown function lower; did you mean lowerAscii?
"""

STORIES = REFUSED.strip().split("\n\n")


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.partition("\n")[0])
def test_refused(story: str) -> None:
    assert told(story.partition("\n")[0], expected=BOOL) == story


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1", "int"),
        ("candidate.gpus", "int"),
        ("candidate.gpus * 2", "int"),
        ("candidate.cost_monthly_usd / 2.0", "double"),
        ("candidate.gpus < 1.5", "bool"),
        ("candidate.gpus == 2.0 && 1u <= candidate.gpus", "bool"),
        ("candidate.gpus in [1.0, 2.0]", "bool"),
        ("2.0 in {1: 'a'}", "bool"),
        ("has(candidate.score) && has(params.by_team.core)", "bool"),
        ("has(variables.x) || true", "refused"),
        ("params.by_team['core']", "double"),
        ("params.by_team.core", "double"),
        ("params.by_team.map(team, params.by_team[team])", "list<double>"),
        ("params.by_team.filter(team, team != 'core')", "list<string>"),
        ("model.tags.map(tag, tag.startsWith('a'), size(tag))", "list<int>"),
        ("model.tags.exists_one(tag, tag == 'a')", "bool"),
        ("notes.exists(note, note.text == 'a')", "bool"),
        ("notes[0].text", "string"),
        ("[]", "list<dyn>"),
        ("{}", "map<dyn, dyn>"),
        ("[[], [1]]", "list<list<int>>"),
        ("[1, 'a']", "list<dyn>"),
        ("[1, null]", "list<dyn>"),
        ("{'a': 1, 2: 2}", "map<dyn, int>"),
        ("{'a': 1, 'b': 'c'}", "map<string, dyn>"),
        ("[] + [1]", "list<int>"),
        ("[].map(x, x + 1)", "list<int>"),
        ("[].map(x, x < 1.0, x)", "list<double>"),
        ("[1] == [] && [] == ['a']", "bool"),
        ("candidate.gpus > 1 ? [] : ['a']", "list<string>"),
        ("candidate.gpus > 1 ? dyn(1) : 2", "dyn"),
        ("dyn(1) + 1", "int"),
        ("dyn(1)[0]", "dyn"),
        ("dyn(1) == 'a' && dyn(model.name) == null", "bool"),
        ("dyn([1]).map(x, x)", "list<dyn>"),
        ("-dyn(1)", "dyn"),
        ("math.greatest(1, 2)", "int"),
        ("math.greatest(1, 2.0)", "dyn"),
        ("math.least([1.5, 2.5])", "double"),
        ("math.abs(dyn(1))", "dyn"),
        ("type(1) == int && int != string", "bool"),
        ("type(1)", "type"),
        ("ms('1.5s')", "double"),
        ("'%d GPUs'.format([candidate.gpus])", "string"),
        ("model.tags.all(candidate, candidate == 'a' && .candidate.gpus == 1)", "bool"),
    ],
)
def test_the_type_of_an_expression(text: str, kind: str) -> None:
    try:
        found = type_text(checked(text).type)
    except ExpressionError:
        found = "refused"

    assert found == kind


def test_every_node_has_a_type_but_what_leads_to_a_name() -> None:
    text = "math.ceil(candidate.cost_monthly_usd) > 1.0 && model.tags.map(t, {t: [1]})[0]['a'][0] == 1"
    found = checked(text)
    waiting = [found.root]
    untyped = []
    while waiting:
        node = waiting.pop()
        waiting += children(node)
        if node not in found.types:
            untyped.append(text[node.span.start : node.span.end])

    assert untyped == ["math"]
    assert found.text == text
    assert found.scope is SCOPE


def test_an_empty_list_is_told_by_what_it_meets() -> None:
    found = checked("[] == [1]")

    assert [type_text(found.types[node]) for node in children(found.root)] == ["list<int>", "list<int>"]


@pytest.mark.parametrize(
    ("text", "expected", "drawing"),
    [
        ("candidate.gpus", BOOL, "a rule's expression must be bool; this is int; compare it with something"),
        ("candidate.gpus", STRING, "a message must be string; this is int; write string(candidate.gpus)"),
        ("model.tags", STRING, "a message must be string; this is list<string>"),
        ("model.name", (INT, DOUBLE), "a limit must be int or double; this is string"),
        ("model.name", INT, "a limit must be int; this is string"),
        ("model.name", ListType(STRING), "this must be list<string>; it is string"),
    ],
)
def test_the_whole_is_not_what_it_must_be(text: str, expected: Type | tuple[Type, ...], drawing: str) -> None:
    assert told(text, expected=expected) == f"{text}\n{'^' * len(text)} {drawing}"


@pytest.mark.parametrize("expected", [BOOL, STRING, (INT, DOUBLE), ListType(INT), MapType(STRING, INT)])
def test_dyn_can_be_anything(expected: Type | tuple[Type, ...]) -> None:
    assert checked("dyn(1)", expected=expected).type == DYN


def test_a_limit_is_one_of_two_types() -> None:
    assert checked("plan.gpus * 2", expected=(INT, DOUBLE)).type == INT
    assert checked("params.cap", expected=(INT, DOUBLE)).type == DOUBLE


def test_what_is_wrong_is_told_once() -> None:
    text = "(candidate.nope + 1) * 2 < ms(candidate.nope) && (nope ? 1 : nope).all(x, x.y == 'a')"

    with pytest.raises(ExpressionError) as caught:
        checked(text)

    field = "^^^^ candidate has no field nope; one of cost_monthly_usd, gpus, price_kind, score, ttft_p95_ms"
    name = '^^^^ unknown name "nope"; did you mean notes?'
    assert drawn(text, caught.value.faults).splitlines()[1:] == [
        f"{' ' * 11}{field}", f"{' ' * 40}{field}", f"{' ' * 50}{name}", f"{' ' * 61}{name}",
    ]  # fmt: skip
    assert [fault.kind for fault in caught.value.faults] == ["undeclared"] * 4


def test_a_name_with_dots_wins_over_a_field() -> None:
    scope = Scope({**SCOPE.variables, "model.name": Variable(INT, "")})
    text = "model.name == 1 && model.tags == [] && ['a'].all(model, model.name == 'x')"

    with pytest.raises(ExpressionError) as caught:
        check(text, parse(text), scope)

    assert drawn(text, caught.value.faults) == f"{text}\n{' ' * 62}^^^^ string has no fields"


def test_a_macro_variable_ends_with_its_macro() -> None:
    text = "model.tags.all(t, t == 'a') && t == 'a'"
    inner = "model.tags.all(t, [1].all(t, t == 1) && t == 'a')"

    assert told(text).splitlines()[1].strip().startswith('^ unknown name "t"; one of accelerator, ')
    assert checked(inner).type == BOOL


def test_the_faults_have_kinds() -> None:
    text = "nope == 1 && int('x') == 1 && model.name.matches('(') && model.name == 1"

    with pytest.raises(ExpressionError) as caught:
        checked(text)

    assert [fault.kind for fault in caught.value.faults] == ["undeclared", "conversion", "invalid_argument", "type"]


def test_a_pattern_that_is_no_text_written_out_is_left_to_the_row() -> None:
    assert checked("model.name.matches(model.name + '(')").type == BOOL


def test_the_deepest_tree_is_checked() -> None:
    inner = "1"
    for _ in range(DEEPEST - 2):
        inner = f"[{inner}]"

    assert checked(f"{inner} == []").depth == DEEPEST


def test_a_long_chain_is_checked() -> None:
    text = " && ".join(["plan.gpus == 1"] * 800)

    assert checked(text, expected=BOOL).depth == 13
    assert told(f"{text} && 1").splitlines()[1].strip() == "^^ && takes bool, here is int; compare it, such as 1 != 0"


def test_a_macro_is_pointed_at_wherever_its_name_stands() -> None:
    text = "(model.name)\n  . existsOne (t, true)"

    assert told(text) == f"{text}\n{' ' * 17}^^^^^^^^^ exists_one() is for list or map, here is string"


def test_the_tree_is_left_as_it_was() -> None:
    root = parse("model.tags.all(t, t == 'a')")
    found = check("model.tags.all(t, t == 'a')", root, SCOPE)

    assert found.root is root
    assert isinstance(root, Comprehension)
    assert isinstance(root.over, Select)
    assert isinstance(root.over.operand, Name)
    assert found.types[root.over] == ListType(STRING)
