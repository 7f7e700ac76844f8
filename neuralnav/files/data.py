"""The benchmark tables: which files hold a shape, and what they are known by."""

import re
from collections.abc import Collection, Sequence
from pathlib import Path

import pyarrow as pa

from neuralnav.errors import Diagnostic, InputError, Where
from neuralnav.files.cache import content_key, file_digest
from neuralnav.files.catalogs import data_folder
from neuralnav.files.datasets import dataset_files
from neuralnav.model.spec import candidate_id
from neuralnav.model.tables import distinct, once, repeated


def packaged_tables() -> Path:
    """Return the folder of the packaged benchmark tables.

    What lies beside it in a checkout, as the `benchmarks/measured` that imports write, is no packaged evidence.
    """
    return data_folder("benchmarks/simulated")


_SHAPE_NAME = re.compile(r"[0-9]+x[0-9]+")


class Tables:
    """The benchmark datasets of a repository: the packaged one, then the user's in rising precedence.

    Files are opened when a shape first needs them; a user's file is checked whole, whatever it is opened for.
    Packaged rows of the candidates in `stale` are left out: an overlay changed the facts behind them.
    """

    def __init__(self, datasets: Sequence[str], stale: Collection[str] = ()) -> None:
        self._stale = frozenset(stale)
        self._packaged = tuple(sorted(packaged_tables().rglob("*.parquet")))
        self._datasets = tuple(datasets)
        self._loaded: dict[str, pa.Table] = {}

    def of_shape(self, prompt_tokens: int, output_tokens: int) -> tuple[pa.Table, ...]:
        """Return the datasets that may hold rows of a shape, one table each, in rising precedence.

        Raises `InputError` for a file that cannot be used.
        """
        from neuralnav.files.parquet import read_packaged  # 30 ms that only curves that are not kept need

        shape = (prompt_tokens, output_tokens)
        found = (read_packaged(path, shape) for path in _of_shape(self._packaged, shape))
        packaged = [table for table in found if table is not None]
        own = [self._current(pa.concat_tables(packaged))] if packaged else []
        return (*own, *(self._dataset(name) for name in self._datasets))

    def key(self, prompt_tokens: int, output_tokens: int) -> str | None:
        """Return the digest of everything that `of_shape` returns, or None for datasets beyond the local disk."""
        if any("://" in name for name in self._datasets):
            return None
        shape = (prompt_tokens, output_tokens)
        packaged = _of_shape(self._packaged, shape)
        try:
            groups = [packaged, *([path for _, path in dataset_files(name)] for name in self._datasets)]
            bodies = [file_digest(path) for group in groups for path in group]
        except OSError:
            return None
        names = [[path.name for path in group] for group in groups]  # a dataset is one whole, so its limits count
        return content_key([repr((shape, sorted(self._stale), names)).encode(), *bodies])

    def measured(self) -> pa.Table | None:
        """Return the measured rows of the user's datasets, each once whatever its evidence ids, or None without any.

        Raises `InputError` for a file that cannot be used.
        """
        import pyarrow.compute as pc  # as above

        parts = [table.filter(pc.equal(table["source"], "measured")) for table in map(self._dataset, self._datasets)]
        whole = once(pa.concat_tables(parts)) if parts else None
        return whole if whole is not None and whole.num_rows else None

    def may_be_measured(self) -> bool:
        """Tell whether the user's datasets may hold measured rows, which is known long before they are checked."""
        if not self._datasets:
            return False
        from neuralnav.files.parquet import may_hold_source  # as above

        files = (file for name in self._datasets for file in dataset_files(name))
        return any(may_hold_source(path, "measured", filesystem) for filesystem, path in files)

    def own_key(self) -> str | None:
        """Return the digest of the user's datasets, or None where one lies beyond the local disk, or cannot be read."""
        if any("://" in name for name in self._datasets):
            return None
        try:
            bodies = [file_digest(path) for name in self._datasets for _, path in dataset_files(name)]
        except OSError:
            return None
        return content_key(bodies)

    def _current(self, rows: pa.Table) -> pa.Table:
        if not self._stale:
            return rows
        keys = zip(*(rows[name].to_pylist() for name in ("model", "precision", "accelerator", "tp", "pp")), strict=True)
        return rows.filter(pa.array([candidate_id(*key) not in self._stale for key in keys], pa.bool_()))

    def _dataset(self, name: str) -> pa.Table:
        from neuralnav.files.parquet import read_table  # as above

        if name not in self._loaded:
            parts = [read_table(path, filesystem) for filesystem, path in dataset_files(name)]
            whole = distinct(pa.concat_tables(parts))
            faults = list(repeated(whole))
            if faults:
                raise InputError([Diagnostic(Where(name), fault.message, fault.hint) for fault in faults])
            self._loaded[name] = whole
        return self._loaded[name]


def _of_shape(files: Sequence[Path], shape: tuple[int, int]) -> list[Path]:
    """Return the packaged files that may hold rows of a shape: one named like a shape holds that shape alone."""
    name = "{}x{}".format(*shape)
    return [path for path in files if path.stem == name or not _SHAPE_NAME.fullmatch(path.stem)]
