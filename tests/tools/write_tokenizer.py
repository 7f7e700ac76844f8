# ruff: noqa: T201  # a command that prints
"""Train the simulator's tokenizer on this repository's own texts and write its folder.

    uv venv /tmp/trained && uv pip install --python /tmp/trained/bin/python tokenizers
    /tmp/trained/bin/python tests/tools/write_tokenizer.py

It needs `tokenizers`, which is no dependency of ours: the folder is committed, and written again only on purpose, for
every count of a prompt changes with it (`tests/unit/simulator/test_simulator_tokens.py` holds samples).
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "simulator" / "neuralnav_simulator" / "tokenizer"
TEXTS = ("README.md", "docs/*.md", "tests/draft_eval/*.yaml", "tests/draft_held_out/*.yaml", "neuralnav/serving/*.py")
ENGLISH = ("README.md", "docs/*.md")
SIZE = 4096
SPECIALS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
LONGEST = 16
"""No token is longer, in bytes: a prompt of a megabyte is known to be too long without being encoded."""

# Python's `re` and the library's engine read this alike: ASCII classes only, whitespace spelled out.
SPLIT = r" ?[A-Za-z]{1,16}| ?[0-9]{1,3}| ?[^\x09-\x0d A-Za-z0-9]{1,16}|[\x09-\x0d ]{1,16}"
CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
SPACE = "\u0120"  # how a vocabulary spells a space
WORDS = 800
JARGON = "al cent config dev diff eval et id int itl llama ms neuralnav pp slo sqrt tp ttft uint usd"
OPENERS = (
    "After All An And As At Before Both But By Each Every For Here How If In It Many Most On Once One Our Some So That "
    "The Then There These They This We What When Where While With You"
)
"""Words that begin a sentence of an answer: fed to the training until each is a token, with and without its space."""


def main() -> None:
    """Write tokenizer.json, tokenizer_config.json and words.txt (of which answers are made)."""
    trained = _trained()
    _write("tokenizer.json", json.dumps(trained, ensure_ascii=False, separators=(",", ":")))
    _write("tokenizer_config.json", json.dumps(_config(), indent=2))
    words = _words(set(trained["model"]["vocab"]))
    _write("words.txt", "\n".join(words))
    print(f"{len(trained['model']['vocab'])} tokens, {len(words)} words")


def _trained() -> dict[str, Any]:
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers  # type: ignore

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(SPLIT), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=SIZE,
        special_tokens=list(SPECIALS),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        max_token_length=LONGEST,
        show_progress=False,
    )
    tokenizer.train_from_iterator([*_texts(TEXTS), *(f"{word}, {word}" for word in OPENERS.split() * 100)], trainer)
    trained: dict[str, Any] = json.loads(tokenizer.to_str())
    return trained


def _config() -> dict[str, Any]:
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": "<|endoftext|>",
        "pad_token": "<|endoftext|>",
        "additional_special_tokens": list(SPECIALS[1:]),
        "clean_up_tokenization_spaces": False,
        "model_max_length": 10**9,
        "chat_template": CHAT_TEMPLATE,
    }


def _words(vocabulary: set[str]) -> list[str]:
    """Return the commonest English words that are one token, in alphabetical order; openers have their capital."""
    seen = Counter(word for text in _texts(ENGLISH) for word in re.findall(r"(?<= )[a-z]{2,}(?=[ ,.\n])", text))
    common = [word for word, _ in seen.most_common() if f"{SPACE}{word}" in vocabulary and word not in JARGON.split()]
    missing = [word for word in OPENERS.split() if not {word, f"{SPACE}{word}"} <= vocabulary]
    if missing:
        raise SystemExit(f"no tokens of their own: {', '.join(missing)}")
    return sorted([*common[:WORDS], *OPENERS.split()], key=str.lower)


def _texts(patterns: tuple[str, ...]) -> Iterator[str]:
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            yield path.read_text(encoding="utf-8")


def _write(name: str, text: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
