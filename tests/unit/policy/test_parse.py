from neuralnav.policy.parse import parse
from neuralnav.policy.tree import Binary, Name


def test_and_binds_closer_than_or() -> None:
    found = parse("a || b && c")

    assert isinstance(found, Binary)
    assert found.operator == "||"
    assert isinstance(found.left, Name)
    assert isinstance(found.right, Binary)
    assert found.right.operator == "&&"
