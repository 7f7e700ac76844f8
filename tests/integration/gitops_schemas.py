"""Strict JSON Schemas of the Flux and Argo CD kinds that the GitOps examples hold: their published fields, no others.

Flux: kustomize.toolkit.fluxcd.io/v1, source.toolkit.fluxcd.io/v1, helm.toolkit.fluxcd.io/v2 (docs at fluxcd.io).
Argo CD: argoproj.io/v1alpha1 (argo-cd.readthedocs.io, operator manual: Application, ApplicationSet, AppProject).
"""

from collections.abc import Mapping, Sequence

Schema = dict[str, object]

TEXT: Schema = {"type": "string", "minLength": 1}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
ANYTHING: Schema = {"type": "object"}
DURATION: Schema = {"type": "string", "pattern": r"^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$"}
NAME: Schema = {"type": "string", "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "maxLength": 63}
CRDS: Schema = {"enum": ["Skip", "Create", "CreateReplace"]}


def _map(required: Sequence[str] = (), **properties: Schema) -> Schema:
    """Return the schema of an object with these properties and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _texts(values: Schema | None = None) -> Schema:
    return {"type": "object", "additionalProperties": values or {"type": "string"}}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items, "minItems": 1}


METADATA = _map(["name"], name=NAME, namespace=NAME, labels=_texts(), annotations=_texts())
REFERENCE = _map(["name"], name=NAME, namespace=NAME)
SOURCE = _map(
    ["kind", "name"],
    kind={"enum": ["GitRepository", "OCIRepository", "Bucket", "HelmRepository"]},
    name=NAME,
    namespace=NAME,
)
OBJECT_REFERENCE = _map(["apiVersion", "kind", "name"], apiVersion=TEXT, kind=TEXT, name=NAME, namespace=NAME)
EXPRESSIONS = _map(
    ["apiVersion", "kind", "current"], apiVersion=TEXT, kind=TEXT, current=TEXT, failed=TEXT, inProgress=TEXT
)

FLUX_KUSTOMIZATION = _map(
    ["interval", "prune", "sourceRef"],
    dependsOn=_list(_map(["name"], name=NAME, namespace=NAME, readyExpr=TEXT)),
    interval=DURATION,
    retryInterval=DURATION,
    timeout=DURATION,
    sourceRef=SOURCE,
    path={"type": "string", "pattern": r"^\./"},
    prune=FLAG,
    wait=FLAG,
    suspend=FLAG,
    healthChecks=_list(OBJECT_REFERENCE),
    healthCheckExprs=_list(EXPRESSIONS),
)
GIT_REPOSITORY = _map(
    ["interval", "url"],
    interval=DURATION,
    url={"type": "string", "pattern": "^(https|ssh)://"},
    ref=_map(branch=TEXT, tag=TEXT, semver=TEXT, name=TEXT, commit=TEXT),
    secretRef=_map(["name"], name=NAME),
)
HELM_REPOSITORY = _map(
    ["url"], type={"enum": ["default", "oci"]}, interval=DURATION, url={"type": "string", "pattern": "^(https|oci)://"}
)
HELM_RELEASE = _map(
    ["interval", "chart"],
    interval=DURATION,
    timeout=DURATION,
    dependsOn=_list(REFERENCE),
    chart=_map(["spec"], spec=_map(["chart", "version", "sourceRef"], chart=NAME, version=TEXT, sourceRef=SOURCE)),
    install=_map(crds=CRDS),
    upgrade=_map(crds=CRDS),
    values=ANYTHING,
)

DESTINATION = _map(["server"], server=TEXT, namespace=TEXT)
HELM = _map(valuesObject=ANYTHING, releaseName=NAME)
ARGO_SOURCE = {
    **_map(["repoURL", "targetRevision"], repoURL=TEXT, targetRevision=TEXT, path=TEXT, chart=NAME, helm=HELM),
    "oneOf": [{"required": ["path"]}, {"required": ["chart"]}],
}
SYNC_OPTIONS: Schema = {
    "type": "array",
    "items": {"pattern": "^(CreateNamespace|ServerSideApply|PruneLast|RespectIgnoreDifferences)=true$"},
}
SYNC_POLICY = _map(
    ["automated", "syncOptions", "retry"],
    automated=_map(prune=FLAG, selfHeal=FLAG, allowEmpty=FLAG),
    syncOptions=SYNC_OPTIONS,
    retry=_map(["limit"], limit=COUNT, backoff=_map(duration=DURATION, factor=COUNT, maxDuration=DURATION)),
)
APPLICATION = {
    **_map(
        ["project", "destination"],
        project=NAME,
        source=ARGO_SOURCE,
        sources=_list(ARGO_SOURCE),
        destination=DESTINATION,
        syncPolicy=SYNC_POLICY,
    ),
    "oneOf": [{"required": ["source"]}, {"required": ["sources"]}],
}
TEMPLATE_METADATA = _map(["name"], name=TEXT, labels=_texts(), annotations=_texts())
GIT_GENERATOR = _map(
    ["repoURL", "revision", "directories"],
    repoURL=TEXT,
    revision=TEXT,
    directories=_list(_map(["path"], path=TEXT, exclude=FLAG)),
)
APPLICATION_SET = _map(
    ["generators", "template"],
    goTemplate=FLAG,
    goTemplateOptions=_list(TEXT),
    generators=_list(_map(["git"], git=GIT_GENERATOR)),
    template=_map(["metadata", "spec"], metadata=TEMPLATE_METADATA, spec=APPLICATION),
)
GROUP_KIND = _map(["group", "kind"], group={"type": "string"}, kind=TEXT)
APP_PROJECT = _map(
    ["sourceRepos", "destinations"],
    description=TEXT,
    sourceRepos=_list(TEXT),
    destinations=_list(DESTINATION),
    clusterResourceWhitelist=_list(GROUP_KIND),
    namespaceResourceWhitelist=_list(GROUP_KIND),
)


def _document(api_version: str, kind: str, spec: Schema) -> Schema:
    constants: Mapping[str, Schema] = {"apiVersion": {"const": api_version}, "kind": {"const": kind}}
    return _map(["apiVersion", "kind", "metadata", "spec"], **constants, metadata=METADATA, spec=spec)


SCHEMAS: Mapping[tuple[str, str], Schema] = {
    (api_version, kind): _document(api_version, kind, spec)
    for api_version, kind, spec in (
        ("kustomize.toolkit.fluxcd.io/v1", "Kustomization", FLUX_KUSTOMIZATION),
        ("source.toolkit.fluxcd.io/v1", "GitRepository", GIT_REPOSITORY),
        ("source.toolkit.fluxcd.io/v1", "HelmRepository", HELM_REPOSITORY),
        ("helm.toolkit.fluxcd.io/v2", "HelmRelease", HELM_RELEASE),
        ("argoproj.io/v1alpha1", "Application", APPLICATION),
        ("argoproj.io/v1alpha1", "ApplicationSet", APPLICATION_SET),
        ("argoproj.io/v1alpha1", "AppProject", APP_PROJECT),
    )
}
"""By API version and kind."""
