from probe_builders import answer, lost

from neuralnav.cli.probe_live import line_of
from neuralnav.cluster.probing import Board


def test_how_a_probe_is_coming_along() -> None:
    board = Board(20, doing="warming up")
    assert line_of(board, 2.4) == "probe: warming up, 2 s"
    board.doing, board.sent = "", 4
    assert line_of(board, 3.0) == "probe: 0 of 20 answered, 4 in flight, 3 s"
    board.answers = [answer(), answer(1, due_s=1.0, ttft_ms=43.0), lost(2)]
    assert line_of(board, 4.0) == ("probe: 2 of 20 answered, TTFT 38.0 ms, E2E 1.0 s, 1 failed, 1 in flight, 4 s")
    board.total = 0
    assert line_of(board, 4.0).startswith("probe: 2 answered, ")
