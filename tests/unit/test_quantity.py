import pytest

from neuralnav.model.quantity import (
    count,
    duration_ms,
    format_ms,
    format_usd,
    gib,
    rate_per_s,
    usd,
    usd_per_month,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("150ms", 150.0), ("1.5s", 1500.0), (" 7 s ", 7000.0), ("2min", 120_000.0), ("2m", 120_000.0), ("0.1ms", 0.1)],
)
def test_a_duration_is_read_as_milliseconds(text: str, expected: float) -> None:
    assert duration_ms(text) == expected


@pytest.mark.parametrize(
    "text", ["150", "ms", "-1s", "1h", "1e3ms", "1,5s", "150 msec", "", "1.ms", ".5s", "1s 2s", "150ms\nx", 150, None]
)
def test_what_is_not_a_duration_is_refused_with_an_example(text: object) -> None:
    with pytest.raises(ValueError, match=r"is not a duration; write it like 150ms, 1.5s or 2min"):
        duration_ms(text)


def test_a_duration_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match=r'^"0ms" is not a duration above zero; write it like 150ms, 1.5s or 2min$'):
        duration_ms("0ms")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12 req/s", 12.0), ("12/s", 12.0), ("1 request/min", 1 / 60), ("720 req/min", 12.0),
        ("3600 requests / hour", 1.0), ("1.5M req/day", 1.5e6 / 86_400), ("10k req/s", 10_000.0),
        ("10K req/s", 10_000.0), ("2m req/d", 2e6 / 86_400),
    ],
)  # fmt: skip
def test_a_rate_is_read_as_requests_per_second_with_its_scale(text: str, expected: float) -> None:
    assert rate_per_s(text) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("text", ["12", "12 req", "12 req/fortnight", "12 qps", "k req/s", "10 k k req/s", 12, True])
def test_what_is_not_a_rate_is_refused_with_an_example(text: object) -> None:
    with pytest.raises(ValueError, match=r"is not a request rate; write it like 12 req/s, 720 req/min or 1.5M req/day"):
        rate_per_s(text)


def test_a_rate_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match=r"is not a request rate above zero"):
        rate_per_s("0 req/s")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("6000 USD/month", 6000.0), ("$6k/month", 6000.0), ("$ 6000 / mo", 6000.0), ("8.50 USD/hour", 8.5 * 730),
        ("120 USD/year", 10.0), ("24 USD/day", 730.0), ("1.5M USD/month", 1.5e6), ("$5 USD/h", 5 * 730.0),
    ],
)  # fmt: skip
def test_money_is_read_as_dollars_a_month_of_730_hours(text: str, expected: float) -> None:
    assert usd_per_month(text) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("text", ["6000", "6000/month", "6000 USD", "$6000", "6,000 USD/month", "6000 USD/week", 6000])
def test_what_is_not_money_over_time_is_refused_with_an_example(text: object) -> None:
    with pytest.raises(ValueError, match=r"is not a budget; write it like 6000 USD/month"):
        usd_per_month(text)


@pytest.mark.parametrize("text", ["6000 EUR/month", "$6000 EUR/month"])
def test_another_currency_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not in USD; prices in the catalogs are"):
        usd_per_month(text)


def test_a_budget_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match=r"is not a budget above zero"):
        usd_per_month("$0/month")


def test_a_message_quotes_at_most_sixty_characters_of_the_input() -> None:
    with pytest.raises(ValueError, match=r"is not a duration") as caught:
        duration_ms("x" * 1000)
    assert len(str(caught.value)) < 130


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (14.84, "14.8 ms"), (96.0, "96.0 ms"), (150.0, "150 ms"), (999.4, "999 ms"), (1000.0, "1.0 s"),
        (3940.0, "3.9 s"), (99_949.0, "99.9 s"), (120_000.0, "120 s"),
    ],
)  # fmt: skip
def test_milliseconds_are_written_in_the_unit_that_people_read(value: float, expected: str) -> None:
    assert format_ms(value) == expected


@pytest.mark.parametrize(("value", "expected"), [(999.96, "1.0 s"), (99.96, "100 ms"), (99_999.0, "100 s")])
def test_a_duration_that_rounds_up_to_the_next_unit_is_written_in_it(value: float, expected: str) -> None:
    assert format_ms(value) == expected


def test_money_is_written_in_whole_dollars_with_thousands_apart() -> None:
    assert format_usd(6570.4) == "$6,570"


def test_digits_of_other_scripts_are_not_numbers() -> None:
    with pytest.raises(ValueError, match=r"is not a duration"):
        duration_ms("\u0661\u0665\u0660ms")


@pytest.mark.parametrize(
    ("text", "expected"), [("10k", 10_000), ("10K", 10_000), ("2M", 2_000_000), ("1.5m", 1_500_000), (" 7 ", 7)]
)
def test_a_count_of_people_is_read_with_its_scale(text: str, expected: int) -> None:
    assert count(text) == expected


@pytest.mark.parametrize("value", [5000, 1.5, True, None, "many", "10 k", "2 million", "-1k", "10kk"])
def test_what_is_no_scaled_number_is_left_to_its_type(value: object) -> None:
    assert count(value) is value


def test_a_part_of_a_person_is_refused() -> None:
    with pytest.raises(ValueError, match=r'^"1.2345k" is not a whole number; write it like 5000, 10k or 2M$'):
        count("1.2345k")


def test_a_count_beyond_floats_is_refused_as_input() -> None:
    with pytest.raises(ValueError, match=r"whole number|range"):
        count("9" * 400)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("5k", 5000.0), ("$6000", 6000.0), ("$ 1.5k", 1500.0), ("6000 USD", 6000.0), ("2M USD", 2e6), (" 0 ", 0.0)],
)
def test_an_amount_is_read_as_us_dollars(text: str, expected: float) -> None:
    assert usd(text) == expected


@pytest.mark.parametrize("text", ["", "5k EUR", "USD", "-5", "5,000", "5k/month", "5kk", "1e3", 5000, None])
def test_what_is_no_amount_is_refused_with_an_example(text: object) -> None:
    with pytest.raises(ValueError, match=r"is not an amount of US dollars; write it like 5k, \$6000 or 6000 USD$"):
        usd(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("80GiB", 80.0), ("80 GB", 80e9 / 2**30), ("1.5TiB", 1536.0), ("512MiB", 0.5), ("1TB", 1e12 / 2**30),
     ("1048576 KiB", 1.0), ("1073741824B", 1.0)],
)  # fmt: skip
def test_a_size_is_read_as_gib(text: str, expected: float) -> None:
    assert gib(text) == expected


@pytest.mark.parametrize("text", ["", "80", "80G", "80 gib", "80Gi", "-1GiB", "GiB", "1e3GiB", 80, None])
def test_what_is_no_size_is_refused_with_an_example(text: object) -> None:
    with pytest.raises(ValueError, match=r"is not a size; write it like 80GiB, 80GB or 1.5TiB$"):
        gib(text)
