"""The front-end files that are not ours: fetched once with npm, kept byte for byte, checked.

A folder of such files holds `vendor.json` (package, exact version, licence, which files), the
files, and `vendor.lock.json` (the SHA-384 of each). A plant needs neither Node nor the network.

    python -m ebr.web.vendoring update [FOLDER]    fetch anew (for developers, needs npm)
    python -m ebr.web.vendoring check [FOLDER]     do the bytes match the lock? (offline)
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "static" / "vendor"
SPEC, LOCK = "vendor.json", "vendor.lock.json"


def integrity(content: bytes) -> str:
    """The form in which browsers compare a file with what was promised (SRI)."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode("ascii")


def findings(folder: Path = FOLDER) -> list[str]:
    """Everything in which the folder differs from its lock; empty when all is as released."""
    spec, lock = _load(folder / SPEC), _load(folder / LOCK)
    promised = {name: digest for entry in lock.values() for name, digest in entry["files"].items()}
    found = []
    for name, digest in promised.items():
        path = folder / name
        if not path.is_file():
            found.append(f"missing: {name}")
        elif integrity(path.read_bytes()) != digest:
            found.append(f"changed: {name}")
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in promised and name not in (SPEC, LOCK):
            found.append(f"not in the lock: {name}")
    found.extend(
        f"list and lock differ: {name}"
        for name in sorted(spec.keys() | lock.keys())
        if spec.get(name, {}).get("version") != lock.get(name, {}).get("version")
    )
    return found


def update(folder: Path = FOLDER) -> None:
    """Fetch every package anew, check it against the registry's digest, write files and lock."""
    lock = {}
    for name, package in sorted(_load(folder / SPEC).items()):
        tarball, digest = _packed(f"{package['npm']}@{package['version']}")
        files = _unpacked(tarball, package, folder / name)
        lock[name] = {
            "npm": package["npm"],
            "version": package["version"],
            "license": package["license"],
            "tarball": digest,
            "files": {f"{name}/{file}": integrity(content) for file, content in files.items()},
        }
    (folder / LOCK).write_text(json.dumps(lock, indent=1) + "\n", encoding="utf-8")


def _load(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


def _packed(package: str) -> tuple[bytes, str]:
    """The tarball of one package as npm delivers it, equal to the registry's own digest."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is not installed; fetching needs it, checking does not.")
    with tempfile.TemporaryDirectory() as folder:
        answer = subprocess.run(
            [npm, "pack", package, "--json", "--pack-destination", folder],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        told = json.loads(answer)
        told = told[0] if isinstance(told, list) else next(iter(told.values()))
        content = next(Path(folder).glob("*.tgz")).read_bytes()
    algorithm, _, promised = str(told["integrity"]).partition("-")
    found = base64.b64encode(hashlib.new(algorithm, content).digest()).decode("ascii")
    if found != promised:
        raise SystemExit(f"{package}: the tarball is not the one the registry describes.")
    return content, str(told["integrity"])


def _unpacked(tarball: bytes, package: dict[str, Any], folder: Path) -> dict[str, bytes]:
    wanted = dict(package["files"])
    for icon in package.get("icons", ()):
        wanted[f"package/icons/{icon}.svg"] = f"icons/{icon}.svg"
    shutil.rmtree(folder, ignore_errors=True)
    files = {}
    with tempfile.TemporaryFile() as held:
        held.write(tarball)
        held.seek(0)
        with tarfile.open(fileobj=held) as archive:
            for source, target in wanted.items():
                member = archive.extractfile(source)
                if member is None:
                    raise SystemExit(f"{package['npm']}: {source} is not a file.")
                content = member.read()
                if target.endswith(".js"):
                    # A map that is not shipped would only be a missing page in every log.
                    content = content.replace(b"\n//# sourceMappingURL=", b"\n// map: ")
                path = folder / target
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
                files[target] = content
    return files


def main(arguments: list[str]) -> int:
    """`update` or `check`, on the product's folder unless another is named."""
    verb, *rest = arguments or ["check"]
    folder = Path(rest[0]) if rest else FOLDER
    if verb == "update":
        update(folder)
    found = findings(folder)
    sys.stdout.write("\n".join(found) + "\n" if found else "All vendored files match the lock.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
