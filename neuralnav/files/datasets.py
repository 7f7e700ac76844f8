"""Where the rows of a dataset lie: a file, a folder or a bucket. None is read, and so no reader of Parquet loaded."""

from pathlib import Path
from typing import Any

import pyarrow as pa

from neuralnav.errors import input_error
from neuralnav.files.places import PROJECT_NAME, show


def dataset_files(dataset: str) -> list[tuple[Any, Any]]:
    """Return (filesystem, path) of a dataset's Parquet files: a file, a folder, or an object-store URI."""
    if "://" in dataset:
        from pyarrow import fs  # only a URI needs it, and it costs start-up time

        try:
            filesystem, base = fs.FileSystem.from_uri(dataset)
            listed = filesystem.get_file_info(fs.FileSelector(base, recursive=True))
        except (OSError, pa.ArrowException, ValueError) as error:
            raise input_error(dataset, f"the dataset cannot be listed: {str(error).splitlines()[0]}") from None
        paths = sorted(item.path for item in listed if item.path.endswith(".parquet"))
        if not paths:
            raise input_error(dataset, "no Parquet file is here", "check the bucket and the path")
        return [(filesystem, path) for path in paths]
    path = Path(dataset)
    files = [path] if path.is_file() else sorted(path.rglob("*.parquet"))
    if not files:
        raise input_error(show(path), "no Parquet file is here", f"the path counts from the folder of {PROJECT_NAME}")
    strange = [file for file in files if file.exists() and not file.is_file()]  # a device may have no end
    if strange:
        raise input_error(show(strange[0]), "this is not a file", "check the path")
    return [(None, file) for file in files]


def local_files(path: Path) -> list[Path]:
    """Return the files of a dataset on the local disk; none of one that is not there yet, or is empty."""
    if not path.exists() or (path.is_dir() and not any(path.rglob("*.parquet"))):
        return []
    return [file for _, file in dataset_files(str(path))]
