"""The inputs of two plans, taken apart and mixed: what the search for a cause swaps from base to head. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from pydantic import BaseModel

from neuralnav.causes.catalogs import catalog_parts, mixed_catalog, price_parts
from neuralnav.causes.policies import mixed_governance, policy_parts
from neuralnav.causes.words import changed, edited
from neuralnav.diff.edits import Edit, document_edits, with_edits
from neuralnav.diff.search import Part, Swap
from neuralnav.enforce.bound import Governance
from neuralnav.model.catalog import Catalog
from neuralnav.model.diff import CauseKind, FieldEdit
from neuralnav.model.document import Parsed, Source, load, validate
from neuralnav.model.project import Project
from neuralnav.model.report import ReportedWhere
from neuralnav.model.workload import Workload

D = TypeVar("D", bound=BaseModel)
F = TypeVar("F")

PLACED: tuple[CauseKind, CauseKind] = ("prices", "catalog")
"""The inputs that do not know in which file they stand."""

NOT_SETTINGS = ("policies", "exemptions", "benchmarks", "outcomes", "prometheus", "catalogs", "templates")
"""What a project file says that is an input of its own, or none of a plan."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset of benchmarks or outcomes: where it is read from, and a key that is the same for the same rows."""

    location: str
    key: str


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that a workload is planned from on one side, beside the tool.

    `governance` is what that side is judged by. `datasets`, `outcomes` and `templates` (texts) are the repository's
    own, by the name under which they are shown. `places` names the file of an input that knows none itself: `prices`,
    `catalog`.
    """

    workload: Parsed[Workload]
    project: Parsed[Project]
    governance: Governance
    catalog: Catalog
    datasets: Mapping[str, Dataset] = field(default_factory=dict)
    outcomes: Mapping[str, Dataset] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[CauseKind, str] = field(default_factory=dict)


def no_project(name: str) -> Parsed[Project]:
    """Return the project file of a repository without one, under the name that it would have."""
    return load(Project, Source(name, "apiVersion: neuralnav.dev/v1alpha1\nkind: Project\n"))


@dataclass(frozen=True, slots=True)
class Pair:
    """The inputs of both sides, and in which parts they differ: what `attribute` takes."""

    base: Inputs
    head: Inputs
    parts: Mapping[CauseKind, tuple[Part, ...]]

    @classmethod
    def of(cls, base: Inputs, head: Inputs) -> "Pair":
        """Return the pair with the inputs that differ in what they say, each in the parts that can be swapped alone."""
        prices, catalog = (_somewhere(head, kind) for kind in PLACED)
        found: dict[CauseKind, tuple[Part, ...]] = {
            "workload": tuple(_field(edit, "") for edit in document_edits(base.workload, head.workload)),
            "settings": tuple(_field(edit, head.project.source.name) for edit in _settings_edits(base, head)),
            "policies": policy_parts(base.governance, head.governance),
            "benchmarks": _files("benchmarks", _keys(base.datasets), _keys(head.datasets)),
            "outcomes": _files("outcomes", _keys(base.outcomes), _keys(head.outcomes)),
            "catalog": catalog_parts(base.catalog, head.catalog, catalog),
            "prices": price_parts(base.catalog, head.catalog, prices),
            "templates": _files("template", base.templates, head.templates),
        }
        return cls(base, head, {kind: parts for kind, parts in found.items() if parts})

    def mixed(self, swap: Swap) -> Inputs:
        """Return the base's inputs with what a swap takes from the head.

        An input of which nothing is taken is the base's own object, and one of which all is taken the head's. Raises
        `InputError` when a workload or a project file is not valid with some of its edits only.
        """
        base, head = self.base, self.head
        catalog = mixed_catalog(
            base.catalog, head.catalog, entries=self._taken(swap, "catalog"), prices=self._taken(swap, "prices")
        )
        if self._whole(swap, "catalog") and self._whole(swap, "prices"):
            catalog = head.catalog
        policies = self._taken(swap, "policies")
        return replace(
            base,
            workload=self._document(Workload, swap, "workload", base.workload, head.workload),
            project=self._document(Project, swap, "settings", base.project, head.project),
            governance=(
                head.governance
                if policies and self._whole(swap, "policies")
                else mixed_governance(base.governance, head.governance, policies)
            ),
            catalog=catalog,
            datasets=_mixed_files(base.datasets, head.datasets, self._taken(swap, "benchmarks")),
            outcomes=_mixed_files(base.outcomes, head.outcomes, self._taken(swap, "outcomes")),
            templates=_mixed_files(base.templates, head.templates, self._taken(swap, "templates")),
        )

    def _taken(self, swap: Swap, kind: CauseKind) -> frozenset[str]:
        every = frozenset(part.name for part in self.parts.get(kind, ()))
        return every if kind in swap.whole else swap.of(kind)

    def _whole(self, swap: Swap, kind: CauseKind) -> bool:
        return len(self._taken(swap, kind)) == len(self.parts.get(kind, ()))

    def _document(self, of: type[D], swap: Swap, kind: CauseKind, base: Parsed[D], head: Parsed[D]) -> Parsed[D]:
        names = self._taken(swap, kind)
        if not names or self._whole(swap, kind):
            return head if names else base
        root = with_edits(base.root, head.root, [tuple(name.split(SEPARATOR)) for name in sorted(names)])
        return validate(of, root, head.source)


def _somewhere(head: Inputs, kind: CauseKind) -> ReportedWhere:
    return ReportedWhere(file=head.places.get(kind, ""), line=0, column=0)


def _settings_edits(base: Inputs, head: Inputs) -> Sequence[Edit]:
    edits = document_edits(base.project, head.project)
    return [edit for edit in edits if edit.path[0] == "spec" and edit.path[1:2] not in {(n,) for n in NOT_SETTINGS}]


def _field(edit: Edit, document: str) -> Part:
    return Part(SEPARATOR.join(edit.path), edited(edit.shown, document), (edit.shown,))


SEPARATOR = "\n"
"""What no key of a document holds, as a dot is in many a label's."""


def _keys(datasets: Mapping[str, Dataset]) -> Mapping[str, str]:
    return {name: dataset.key for name, dataset in datasets.items()}


def _files(noun: str, before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Part, ...]:
    """Return the named contents that differ."""
    found = []
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            state = changed(there=name in before, here=name in after)
            where = ReportedWhere(file=name, line=0, column=0)
            found.append(
                Part(name, f"{noun} {name} {state}", (FieldEdit(field=name, before="", after="", where=where),))
            )
    return tuple(found)


def _mixed_files(before: Mapping[str, F], after: Mapping[str, F], names: frozenset[str]) -> Mapping[str, F]:
    order = [*after, *(name for name in before if name not in after)]  # the later of two datasets has precedence
    found = {name: (after if name in names else before).get(name) for name in order}
    return {name: content for name, content in found.items() if content is not None}
