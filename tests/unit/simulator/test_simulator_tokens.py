import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from neuralnav_simulator import tokens
from neuralnav_simulator.tokens import FOLDER, load_tokenizer, read_tokenizer

TOKENIZER = load_tokenizer()

# What the library `tokenizers` gives; `test_the_library_counts_alike` asks it where it is installed.
SAMPLES = {
    "": [],
    "The plan is locked.": [482, 727, 339, 1155, 311, 16],
    "Hello, world! 12345": [42, 796, 291, 14, 1466, 479, 3, 1199, 21, 2931],
    "  two\tspaces\r\n": [259, 3670, 200, 2046, 1605, 204, 201],
    "caf\u00e9 \u6f22\u5b57 \U0001f642": [69, 67, 72, 784, 223, 165, 123, 98, 3067, 248, 223, 175, 256, 250, 227],
    "def f(x):\n    return x + 1\n": [598, 288, 10, 90, 938, 261, 618, 790, 502, 336, 201],
    "<|im_start|>user\nHi<|im_end|>\n": [1, 312, 262, 201, 42, 75, 2, 201],
}


@pytest.mark.parametrize("text", SAMPLES)
def test_samples_have_the_tokens_that_the_library_gives(text: str) -> None:
    assert TOKENIZER.encode(text) == SAMPLES[text]


def test_the_library_counts_alike() -> None:
    library: Any = pytest.importorskip("tokenizers", reason="the library is no dependency: the samples stand for it")
    theirs = library.Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    for path in sorted(Path(__file__).parents[3].glob("docs/*.md")):
        text = path.read_text(encoding="utf-8")
        assert TOKENIZER.encode(text) == theirs.encode(text, add_special_tokens=False).ids


@given(st.text(max_size=50))
@settings(max_examples=60)
@example("<|endoftext|><|im_start|")
@example("\u0085\u2028\u3000\x1c\x00")
def test_any_text_is_what_its_tokens_say(text: str) -> None:
    encoded = TOKENIZER.encode(text)
    assert TOKENIZER.decode(encoded) == text
    assert "".join(TOKENIZER.pieces(encoded)) == text
    assert len(TOKENIZER.pieces(encoded)) == len(encoded)


def test_half_a_surrogate_pair_is_no_character() -> None:
    encoded = TOKENIZER.encode("a\ud800b")
    assert len(encoded) == 5
    assert TOKENIZER.decode(encoded) == "a\ufffd\ufffd\ufffdb"


def test_a_character_comes_with_the_last_of_its_bytes() -> None:
    encoded = TOKENIZER.encode("\u6f22")
    assert len(encoded) == 3
    assert TOKENIZER.pieces(encoded) == ("", "", "\u6f22")
    assert TOKENIZER.pieces(encoded[:2]) == ("", "")
    assert [TOKENIZER.piece(token) for token in encoded] == ["\ufffd"] * 3


def test_words_and_openers_are_encoded_to_themselves() -> None:
    assert (len(TOKENIZER.words), len(TOKENIZER.openers), TOKENIZER.size) == (800, 40, 4096)
    text = TOKENIZER.decode(TOKENIZER.words)
    assert re.fullmatch(r"(?: [a-z]{2,})+", text)
    assert TOKENIZER.encode(text) == list(TOKENIZER.words)
    for bare, spaced in TOKENIZER.openers:
        assert TOKENIZER.piece(spaced) == f" {TOKENIZER.piece(bare)}"
        assert TOKENIZER.encode(TOKENIZER.piece(bare)) == [bare]
        assert TOKENIZER.encode(TOKENIZER.piece(spaced)) == [spaced]


def test_no_token_is_longer_than_said() -> None:
    special = set(TOKENIZER.special.values())
    longest = max(len(TOKENIZER.piece(token)) for token in range(TOKENIZER.size) if token not in special)
    assert longest <= TOKENIZER.longest == 15


def test_no_more_is_encoded_than_asked_for() -> None:
    text = "plan <|endoftext|>" * 200_000
    assert TOKENIZER.encode(text, most=3) == TOKENIZER.encode("plan <|endoftext|>plan ", most=3)[:4]
    assert len(TOKENIZER.encode("a b" * 100_000, most=10)) in range(11, 27)
    assert TOKENIZER.encode("The plan", most=2) == TOKENIZER.encode("The plan")


def test_pieces_that_were_seen_once_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "PIECES_KEPT", 3)
    forgetful, text = read_tokenizer(FOLDER), "The plan is locked, and so on."
    assert forgetful.encode(text) == TOKENIZER.encode(text)
    assert 0 < len(forgetful._known) <= 3


def test_one_long_word_is_cut() -> None:
    assert len(TOKENIZER.encode("q" * 1_000_000)) == 1_000_000
    assert len(TOKENIZER.encode("q" * 1_000_000, most=100)) in range(101, 120)


def test_the_folder_says_how_to_load_it() -> None:
    config = json.loads((FOLDER / "tokenizer_config.json").read_text(encoding="utf-8"))
    assert config["tokenizer_class"] == "PreTrainedTokenizerFast"
    assert config["clean_up_tokenization_spaces"] is False
    assert {config["eos_token"], *config["additional_special_tokens"]} == set(TOKENIZER.special)
    told = json.loads((FOLDER / "tokenizer.json").read_text(encoding="utf-8"))
    ranks = [told["model"]["vocab"][left + right] for left, right in told["model"]["merges"]]
    assert all(one < other for one, other in pairwise(ranks))
    assert (FOLDER / "tokenizer.json").stat().st_size < 250_000
