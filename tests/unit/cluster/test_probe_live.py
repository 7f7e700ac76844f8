from probe_builders import answer, lost

from neuralnav.cli.probe_live import line_of
from neuralnav.cluster.openai import Answer
from neuralnav.cluster.probing import Board, Load, connections_of


def test_how_a_probe_is_coming_along() -> None:
    board = Board(20, doing="warming up")
    assert line_of(board, 2.4) == "probe: warming up, 2 s"
    board.doing, board.sent = "", 4
    assert line_of(board, 3.0) == "probe: 0 of 20 answered, 4 in flight, 3 s"
    board.answers = [answer(), answer(1, due_s=1.0, ttft_ms=43.0), lost(2)]
    assert line_of(board, 4.0) == ("probe: 2 of 20 answered, TTFT 38.0 ms, E2E 1.0 s, 1 failed, 1 in flight, 4 s")
    board.total = 0
    assert line_of(board, 4.0).startswith("probe: 2 answered, ")


def test_connections_are_opened_for_twice_what_will_be_in_flight() -> None:
    """A first token after 40 ms and a gap of 10 ms: one of 96 tokens takes a second."""
    warm_up = Answer(0, 0.0, 3, sent_s=0.0, stamps_s=[0.04, 0.05, 0.06])
    assert connections_of(Load(100, 60.0, 0, 512, 96, rate_rps=3.0), warm_up) == 6
    assert connections_of(Load(100, 60.0, 0, 512, 96, rate_rps=90.0), warm_up) == 64
    assert connections_of(Load(4, 60.0, 0, 512, 96, rate_rps=3.0), warm_up) == 4
    assert connections_of(Load(100, 60.0, 0, 512, 96, in_flight=7), warm_up) == 7
