"""What a lock brings to a fleet, read from a few of its lines: the same as of one that is read whole."""

import pytest
from builders import lock, with_deployment

from neuralnav.enforce.fleet import member_of
from neuralnav.files.members import member_in
from neuralnav.model.lock import END, dump

CHAT = with_deployment(lock(), name="chat", labels={"env": "prod", "team": "x"}, accelerator="h100")
CHAT = CHAT.model_copy(update={"workload": "chat"})


@pytest.mark.parametrize(
    "labels", [{}, {"team": "x"}, {"team": "on", "env": "1e3", "tier": "null"}, {"acme.example/cost-centre": "0042"}]
)
def test_the_few_lines_say_what_the_whole_lock_says(labels: dict[str, str]) -> None:
    found = with_deployment(CHAT, labels=labels)
    assert member_in(dump(found)) == member_of(found)
    assert member_of(found) is not None


@pytest.mark.parametrize("name", ["workload", "use_case", "accelerator", "labels"])
def test_a_lock_without_one_of_them_says_nothing(name: str) -> None:
    lines = dump(CHAT).splitlines(keepends=True)
    assert member_in("".join(lines)) is not None
    assert member_in("".join(line for line in lines if not line.lstrip().startswith(f"{name}:"))) is None


def test_a_lock_without_its_own_choice_or_cut_short_or_in_conflict_says_nothing() -> None:
    text = dump(CHAT)
    assert member_in("") is None
    assert member_in(text.removesuffix(END)) is None
    assert member_in(f"<<<<<<< ours\n{text}") is None
    assert member_in(text.replace(f"  candidate: {CHAT.choice.candidate}", "  candidate: nothing")) is None
    assert member_in(text.replace("workload: chat", "workload: [chat")) is None


def test_numbers_of_another_candidate_are_not_taken() -> None:
    chosen = CHAT.choice.candidate
    text = dump(CHAT)
    entry = text.partition(f"  - id: {chosen}\n")[2].partition("\n  - id: ")[0]
    assert member_in(text.replace(entry, "    gpus: 3")) is None
