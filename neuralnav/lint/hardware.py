"""Checks of accelerators and their prices."""

from collections.abc import Iterator, Sequence
from datetime import date

from neuralnav.lint.entries import Entries
from neuralnav.lint.findings import Finding, finding
from neuralnav.model.catalog import Accelerator, NumberFact, Price

NARROW_PEAK = 2.05
"""FP8 and INT8 units are at most twice the 16-bit ones, dense; the sparse peak is four times."""

FP4_OVER_FP8 = 3.3
"""FP4 units are twice the FP8 ones, and three times on B300; the sparse peak is four times or more."""

LEAST_USD_PER_KWH = 0.02
"""A bound that finds slips of the decimal point, no tariff."""


def check_accelerators(entries: Entries, as_of: date) -> Iterator[Finding]:
    """Yield what is inconsistent, stale or missing in accelerators and prices."""
    used = {c.precision for model in entries.catalog.models.values() for c in model.checkpoints}
    for chip in entries.catalog.accelerators.values():
        entry = f"accelerators/{chip.id}"
        yield from _peaks(entries, chip)
        if chip.memory_gib.value.is_integer():
            message = f"{chip.memory_gib.value:g} GiB is a whole number, as on the box"
            yield finding("memory-marketing", entry, message, entries.where("accelerators", chip.id, "memoryGib"))
        for precision in chip.supports.value if used else ():
            if precision not in used:
                message = f"supports {precision}, of which no model has a checkpoint"
                where = entries.where("accelerators", chip.id, "supports")
                yield finding("supports-unused", entry, message, where, figure=precision)
        if chip.node_label is None:
            message = "no node label: its manifests select nodes by the resource alone"
            yield finding("label-missing", entry, message, entries.where("accelerators", chip.id))
        if not chip.prices:
            message = "no price: its cost is unknown, so it is never considered"
            yield finding("price-missing", entry, message, entries.where("accelerators", chip.id))
        yield from _prices(entries, chip, as_of)


def _peaks(entries: Entries, chip: Accelerator) -> Iterator[Finding]:
    wide, fp8 = chip.bf16_tflops.value, chip.fp8_tflops
    limits: Sequence[tuple[str, NumberFact | None, float]] = (
        ("fp8Tflops", fp8, NARROW_PEAK * wide),
        ("int8Tops", chip.int8_tops, NARROW_PEAK * wide),
        ("fp4Tflops", chip.fp4_tflops, FP4_OVER_FP8 * (fp8.value if fp8 is not None else 2 * wide)),
    )
    for name, peak, most in limits:
        if peak is not None and peak.value > most:
            message = f"{name} {peak.value:g} is {peak.value / wide:.1f} times the bf16 peak of {wide:g}"
            where = entries.where("accelerators", chip.id, name)
            yield finding("peak-sparse", f"accelerators/{chip.id}", message, where, figure=name)


def _prices(entries: Entries, chip: Accelerator, as_of: date) -> Iterator[Finding]:
    seen: set[tuple[str, str, date]] = set()
    for price in chip.prices:
        entry, figure = f"accelerators/{chip.id}", f"prices.{price.provider}.{price.kind}"
        where = entries.where_price(chip.id, price)
        if price.valid_until < as_of:
            days = (as_of - price.valid_until).days
            message = f"{price.provider} {price.kind} was valid until {price.valid_until}, {days} days ago"
            yield finding("price-expired", entry, message, where, figure=figure)
        if price.recorded > as_of:
            message = f"{price.provider} {price.kind} was recorded on {price.recorded}, which is yet to come"
            yield finding("price-in-the-future", entry, message, where, figure=figure)
        if (price.provider, price.kind, price.recorded) in seen:
            message = f"{price.provider} {price.kind} has two prices recorded on {price.recorded}"
            yield finding("price-repeated", entry, message, where, figure=figure)
        seen.add((price.provider, price.kind, price.recorded))
        for message in (*_dearer(chip, price), *_owned(chip, price)):
            code = "owned-odd" if price.kind == "owned" else "price-order"
            yield finding(code, entry, message, where, figure=figure)


def _dearer(chip: Accelerator, price: Price) -> Iterator[str]:
    """Yield why a spot or reserved price is odd: the provider's newest on-demand price is below it."""
    others = [p for p in chip.prices if p.provider == price.provider and p.kind == "on-demand"]
    newest = max(others, key=lambda p: p.recorded, default=None)
    if price.kind in ("spot", "reserved") and newest is not None and price.hourly_usd > newest.hourly_usd:
        yield f"{price.provider} {price.kind} at ${price.hourly_usd:.2f} is above on demand at ${newest.hourly_usd:.2f}"


def _owned(chip: Accelerator, price: Price) -> Iterator[str]:
    """Yield why a price of one's own hardware is odd: it pays less power than the accelerator draws."""
    draw = chip.power_w.value if chip.power_w is not None else 0.0
    if price.owned is not None and price.owned.power_w < draw:
        yield f"powerW {price.owned.power_w:g} is below the {draw:g} W of the accelerator, without its server"
    elif price.kind == "owned" and price.owned is None and price.hourly_usd < draw / 1000 * LEAST_USD_PER_KWH:
        yield f"${price.hourly_usd:g} an hour does not pay the {draw:g} W that it draws"
