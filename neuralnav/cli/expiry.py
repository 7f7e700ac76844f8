"""What has run out by a day: prices, and exemptions from policies. Compile never asks; `check` and `diff` may."""

from collections.abc import Iterator
from datetime import date

from neuralnav.model.catalog import Catalog
from neuralnav.model.report import ReportedChoice
from neuralnav.model.spec import ResolvedSpec, parts_of


def expired_price(choice: ReportedChoice, spec: ResolvedSpec, catalog: Catalog, as_of: date) -> Iterator[str]:
    """Yield a note where the price of a choice is no longer valid: it is still the newest that is known."""
    accelerator = catalog.accelerators[parts_of(choice.candidate)[2]]
    own = [price for price in accelerator.prices if (price.provider, price.kind) == (spec.provider, spec.price_kind)]
    newest = max(reversed(own), key=lambda price: price.recorded, default=None)
    if newest is not None and newest.valid_until < as_of:
        price = f"the {spec.price_kind} price of {accelerator.name} ({spec.provider})"
        yield f"{price} was valid until {newest.valid_until}; look it up again, and set recorded and validUntil"
