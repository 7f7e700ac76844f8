"""The catalogs: models, accelerators, use cases, quality scores and serving coefficients.

Every figure names a source of its file and says whether it was verified against it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from neuralnav.model.catalog.accelerators import (
    HOURS_PER_YEAR,
    Accelerator,
    AcceleratorCatalog,
    AcceleratorList,
    AcceleratorPrice,
    NodeLabel,
    Ownership,
    Price,
    PriceCatalog,
    PriceList,
)
from neuralnav.model.catalog.facts import (
    PRECISIONS,
    Arrival,
    Count,
    CountFact,
    Experience,
    FlagFact,
    Id,
    IdFact,
    ModalitiesFact,
    NumberFact,
    Positive,
    Precision,
    PrecisionsFact,
    PriceKind,
    Share,
    SnakeId,
    Source,
    Sourced,
    TokenFact,
)
from neuralnav.model.catalog.models import Architecture, Checkpoint, Model, ModelCatalog, ModelList
from neuralnav.model.catalog.quality import (
    ModelScores,
    PeerScores,
    QualityCatalog,
    QualityList,
    QuantisationLoss,
    SizeFallback,
)
from neuralnav.model.catalog.services import (
    ExperienceClass,
    SloTargets,
    TrafficProfile,
    UseCase,
    UseCaseCatalog,
    UseCaseList,
)
from neuralnav.model.catalog.serving import Coefficient, IntervalWidth, ServingCatalog, ServingList

__all__ = [
    "HOURS_PER_YEAR",
    "PRECISIONS",
    "Accelerator",
    "AcceleratorCatalog",
    "AcceleratorList",
    "AcceleratorPrice",
    "Architecture",
    "Arrival",
    "Catalog",
    "CatalogDocument",
    "Checkpoint",
    "Coefficient",
    "Count",
    "CountFact",
    "Experience",
    "ExperienceClass",
    "FlagFact",
    "Id",
    "IdFact",
    "IntervalWidth",
    "ModalitiesFact",
    "Model",
    "ModelCatalog",
    "ModelList",
    "ModelScores",
    "NodeLabel",
    "NumberFact",
    "Ownership",
    "PeerScores",
    "Positive",
    "Precision",
    "PrecisionsFact",
    "Price",
    "PriceCatalog",
    "PriceKind",
    "PriceList",
    "QualityCatalog",
    "QualityList",
    "QuantisationLoss",
    "ServingCatalog",
    "ServingList",
    "Share",
    "SizeFallback",
    "SloTargets",
    "SnakeId",
    "Source",
    "Sourced",
    "TokenFact",
    "TrafficProfile",
    "UseCase",
    "UseCaseCatalog",
    "UseCaseList",
]

CatalogDocument = ModelCatalog | AcceleratorCatalog | PriceCatalog | UseCaseCatalog | QualityCatalog | ServingCatalog


@dataclass(frozen=True, slots=True)
class Catalog:
    """Every catalog that a compile sees, indexed by id. Iteration order of each mapping is the id's order."""

    models: Mapping[str, Model]
    accelerators: Mapping[str, Accelerator]
    use_cases: Mapping[str, UseCase]
    profiles: Mapping[str, TrafficProfile]
    experiences: Mapping[str, ExperienceClass]
    scores: Mapping[str, ModelScores]
    quantisation: Mapping[str, QuantisationLoss]
    fallback: tuple[SizeFallback, ...]
    serving: ServingList
