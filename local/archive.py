"""What a function's deployed archive holds, so that this machine runs exactly that.

Terraform packs the same files by the same rule, which a test proves: `main.py` and
`requirements.txt` at the root, beside the package of the step and the shared one.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

from local.pipeline import load_pipeline

FUNCTIONS = Path(__file__).resolve().parent.parent / "functions"
SHARED = "commit_counts"
AT_ROOT = ("main.py", "requirements.txt")


def archive_files(step: str) -> Mapping[str, Path]:
    """The archive of a step: path inside it, and the file that goes there."""
    files = {name: FUNCTIONS / step / name for name in AT_ROOT}
    for package in (SHARED, step):
        folder = FUNCTIONS / package
        for suffix in load_pipeline().archive_suffixes:
            for file in sorted(folder.rglob(f"*.{suffix}")):
                inside = file.relative_to(folder)
                if str(inside) not in AT_ROOT:
                    files[f"{package}/{inside}"] = file
    return files


def unpack_archive(step: str, folder: Path) -> None:
    """Lay the content of a step's archive out in `folder`, anew."""
    shutil.rmtree(folder, ignore_errors=True)
    for inside, file in archive_files(step).items():
        target = folder / inside
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
