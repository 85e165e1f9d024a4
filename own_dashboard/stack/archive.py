"""What a function's deployed archive holds, so that this machine runs exactly that.

Terraform packs the same files by the same rule, which a test proves: `main.py` and
`requirements.txt` at the root, beside the package of the step and the shared one.
"""

import shutil
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from commit_counts.errors import NeverWorks
from own_dashboard.stack.pipeline import load_pipeline

SHARED = "commit_counts"
AT_ROOT = ("main.py", "requirements.txt")


def package_folder(name: str) -> Path:
    """Where a package of the functions lies: in the checkout, or where it was installed."""
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise NeverWorks(f"the package {name} is not installed; install own-dashboard anew")
    return Path(spec.submodule_search_locations[0])


def archive_files(step: str) -> Mapping[str, Path]:
    """The archive of a step: path inside it, and the file that goes there."""
    files = {name: package_folder(step) / name for name in AT_ROOT}
    for package in (SHARED, step):
        folder = package_folder(package)
        for suffix in load_pipeline().archive_suffixes:
            for file in sorted(folder.rglob(f"*.{suffix}")):
                inside = file.relative_to(folder)
                if str(inside) not in AT_ROOT:
                    files[f"{package}/{inside}"] = file
    return files


def unpack_archive(step: str, folder: Path) -> None:
    """Let `folder` hold the content of a step's archive, and no more. OSError where it cannot.

    Where it holds just that, what Python has compiled of it stays too.
    """
    files = archive_files(step)
    if _holds(folder, files):
        return
    if folder.exists():
        shutil.rmtree(folder)
    for inside, file in files.items():
        target = folder / inside
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)


def _holds(folder: Path, files: Mapping[str, Path]) -> bool:
    """Whether just these files lie there, whole, beside what is compiled of them."""
    found = {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and path.parent.name != "__pycache__"
    }
    return found == files.keys() and all(
        file.read_bytes() == (folder / inside).read_bytes() for inside, file in files.items()
    )
