"""Which blocks a prefix cache has room for."""

from neuralnav.serving.prefixes import Prefixes


def test_a_prefix_outlives_what_continues_it() -> None:
    held = Prefixes(3)
    held.keep([1, 2])
    held.keep([1, 3, 4])
    assert [held.found(blocks) for blocks in ([1, 3, 4], [1, 2], [3])] == [3, 1, 1]
    held.keep([5])
    assert [held.found(blocks) for blocks in ([1, 3, 4], [5])] == [2, 1]


def test_to_find_a_block_is_not_to_use_it() -> None:
    held = Prefixes(2)
    held.keep([1])
    held.keep([2])
    assert held.found([1]) == 1
    held.keep([3])
    assert [held.found([block]) for block in (1, 2, 3)] == [0, 1, 1]
