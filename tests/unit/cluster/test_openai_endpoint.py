import pytest

from neuralnav.cluster.openai import Endpoint, endpoint_of, legible
from neuralnav.errors import InputError


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("http://host:8000", "http://host:8000"),
        ("http://host:8000/", "http://host:8000"),
        (" https://host/openai/v1/ ", "https://host/openai"),
        ("http://host/v1/chat/completions", "http://host"),
        ("http://[::1]:8000/v1", "http://[::1]:8000"),
    ],
)
def test_a_url_with_or_without_v1(url: str, base: str) -> None:
    assert endpoint_of(url).base == base


@pytest.mark.parametrize(
    "url", ["", "host:8000", "ftp://host", "http://", "http://h?x=1", "http://h#a", "http://h:99999"]
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(InputError, match=r"is no address of a server$"):
        endpoint_of(url)


def test_what_signs_in_is_not_shown() -> None:
    found = endpoint_of("https://user:pass@host/v1", key="secret-key")
    assert found.shown == "https://host"
    assert "secret-key" not in repr(found)
    assert "token" not in repr(Endpoint("http://h", headers={"authorization": "token"}))


def test_what_a_server_says_is_one_line_without_the_key() -> None:
    assert legible("a\n b \x1b[31m secret-key", "secret-key") == "a b \\x1b[31m ***"
    assert len(legible("x" * 900, "")) == 300
