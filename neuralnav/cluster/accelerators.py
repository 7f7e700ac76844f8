"""Whether the nodes of a cluster carry the accelerators that a plan was made for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from neuralnav.cluster.api import Object
from neuralnav.cluster.shapes import LONGEST_NUMBER
from neuralnav.model.lock import Deployment
from neuralnav.model.plain_text import counted

PRODUCT_LABELS = ("nvidia.com/gpu.product", "amd.com/gpu.product-name")
"""The node labels by which vendors name their accelerators; a plan's own comes before them."""

REGION = "topology.kubernetes.io/region"
RESOURCE_SUFFIX = "/gpu"
UNNAMED = "without a product label"
DISCOVERY = "nodes without the label need the vendor's feature discovery, which sets it"


@dataclass(frozen=True, slots=True)
class Need:
    """What the pods of a plan ask of nodes: a label, and so many of a resource on one node for each of the pods."""

    label_key: str
    label_value: str
    resource: str
    each: int
    pods: int
    regions: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return it in words."""
        name = self.label_value or self.resource
        return f"{self.each}x {name} on one node"


@dataclass(frozen=True, slots=True)
class Fit:
    """What stands against a plan's pods: `refusal` where no node can hold one, `note` where not all fit at once.

    `hint` says what else may be amiss with the nodes.
    """

    refusal: str = ""
    note: str = ""
    hint: str = ""


def need_of(deployment: Deployment) -> Need | None:
    """Return what a plan asks of nodes; None for the simulator, which needs no accelerator."""
    if deployment.mode == "simulator":
        return None
    return Need(
        deployment.node_label_key,
        deployment.node_label_value,
        deployment.resource_name,
        deployment.tensor_parallel,
        pods_of(deployment),
        deployment.regions,
    )


def pods_of(deployment: Deployment) -> int:
    """Return how many pods a plan has at least: those of the replicas that no autoscaler takes away."""
    replicas = deployment.replicas
    count = replicas.planned if deployment.scaling.autoscaler == "none" else replicas.min
    return count if deployment.mode == "simulator" else count * deployment.pipeline_parallel


def fit(need: Need, nodes: Sequence[Object]) -> Fit:
    """Return whether nodes can hold the pods of a plan."""
    labelled = [node for node in nodes if _matches(need, node)]
    able = [node for node in labelled if _amount(node, need.resource) >= need.each]
    if not able:
        unnamed = any(UNNAMED in item for item in inventory(nodes, need))
        return Fit(_refusal(need, nodes, labelled), hint=DISCOVERY if unnamed and need.label_key else "")
    room = sum(_amount(node, need.resource) // need.each for node in able)
    if room < need.pods:
        have = f"{counted(len(able), 'node')} for {counted(room, 'such pod')}"
        return Fit(note=f"{counted(need.pods, 'pod')} of {need} are planned; this cluster has {have}")
    return Fit()


def _refusal(need: Need, nodes: Sequence[Object], labelled: Sequence[Object]) -> str:
    has = f"this cluster has {', '.join(inventory(nodes, need)) or 'no accelerator'}"
    most = max((_amount(node, need.resource) for node in labelled), default=0)
    if most:
        return f"each pod needs {need}, and no such node has more than {most} {need.resource}; {has}"
    region = f" in {' or '.join(need.regions)}" if need.regions else ""
    return f"the lock is for {need}{region}; {has}"


def inventory(nodes: Iterable[Object], need: Need) -> list[str]:
    """Return the accelerators of nodes by their name, most first: `4x NVIDIA-L4 (2 nodes)`."""
    totals: dict[str, tuple[int, int]] = {}
    for node in nodes:
        for name, amount in _accelerators(node, need):
            count, of = totals.get(name, (0, 0))
            totals[name] = (count + amount, of + 1)
    ordered = sorted(totals.items(), key=lambda item: (-item[1][0], item[0]))
    return [f"{amount}x {name} ({counted(of, 'node')})" for name, (amount, of) in ordered]


def _accelerators(node: Object, need: Need) -> Iterator[tuple[str, int]]:
    labels = _labels(node)
    product = next((labels[key] for key in (need.label_key, *PRODUCT_LABELS) if labels.get(key)), "")
    region = f" in {labels[REGION]}" if need.regions and REGION in labels else ""
    for resource in _allocatable(node):
        amount = _amount(node, resource)
        if amount and (resource == need.resource or resource.endswith(RESOURCE_SUFFIX)):
            yield (product or f"{resource} {UNNAMED}") + region, amount


def _matches(need: Need, node: Object) -> bool:
    labels = _labels(node)
    here = not need.regions or labels.get(REGION) in need.regions
    return here and (not need.label_key or labels.get(need.label_key) == need.label_value)


def _labels(node: Object) -> Mapping[str, str]:
    return (node.get("metadata") or {}).get("labels") or {}


def _allocatable(node: Object) -> Mapping[str, str]:
    return (node.get("status") or {}).get("allocatable") or {}


def _amount(node: Object, resource: str) -> int:
    text = str(_allocatable(node).get(resource, "0"))
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else 0
