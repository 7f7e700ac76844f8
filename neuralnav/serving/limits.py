"""What the scheduler of a server may use."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What the scheduler may use: tokens of KV cache, sequences and tokens per step. ValueError when vLLM refuses it.

    KV is paged in blocks of `block_tokens`; a last, broken block is of no use. With `async_scheduling` a step is
    planned while the one before it still runs, from what is known when that one begins. With `whole_prompt` a
    request waits until all that it has to compute fits beside the running ones; without, until its first chunk does,
    as before vLLM had `scheduler_reserve_full_isl` (pull request 37307, on by default since): long prompts then throw
    each other out over and over.
    """

    kv_capacity_tokens: int
    max_num_seqs: int = 256
    max_num_batched_tokens: int = 8192
    block_tokens: int = 16
    async_scheduling: bool = False
    whole_prompt: bool = True

    def __post_init__(self) -> None:
        for name in ("kv_capacity_tokens", "max_num_seqs", "block_tokens"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}: it must be at least 1")
        if self.max_num_batched_tokens < self.max_num_seqs:
            tokens, sequences = self.max_num_batched_tokens, self.max_num_seqs
            raise ValueError(f"{tokens} tokens per step are fewer than {sequences} sequences: vLLM refuses that")

    @property
    def blocks(self) -> int:
        """The whole blocks of KV cache."""
        return self.kv_capacity_tokens // self.block_tokens

    def holds(self, prompt_tokens: int, output_tokens: int) -> bool:
        """Tell whether one request could ever be served. The KV of its last token is never computed."""
        return -(-(prompt_tokens + output_tokens - 1) // self.block_tokens) <= self.blocks
