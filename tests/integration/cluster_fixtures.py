"""The cluster that tests share: started once, emptied for each test. tests/conftest.py makes these fixtures known."""

from collections.abc import Iterator

import pytest
from api_server import ApiServer, api_server, missing_part
from cluster_front import Front, fronted


@pytest.fixture(scope="session")
def custom_resources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    """Give the real API server; it is started once."""
    reason = missing_part()
    if reason:
        pytest.skip(reason)
    with api_server(tmp_path_factory.mktemp("apiserver")) as server:
        yield server


@pytest.fixture(scope="session")
def shared_front(custom_resources: ApiServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Give the front over the real API server."""
    with fronted(tmp_path_factory.mktemp("front"), custom_resources) as front:
        yield front


@pytest.fixture
def front(shared_front: Front) -> Front:
    """Give the cluster, empty: no namespace but those that a test adds."""
    shared_front.clear()
    return shared_front
