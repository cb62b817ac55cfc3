"""Each distribution alone: builds all wheels, installs each in a clean environment, and uses it as a user would.

``python tests/packaging/check.py FOLDER`` works in FOLDER. Run by ``tox -e plugins``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLUGINS = sorted(path.parent for path in (ROOT / "plugins").glob("*/pyproject.toml"))
LIBRARIES = {"hqemu-x86-64": ("hqemu-x86",)}
"""plugins that bring another one with them"""
TOY = ROOT / "tests" / "toy_isa"
NOT_COPIED = shutil.ignore_patterns(".*", "build", "dist", "*.egg-info", "__pycache__")


def run(*command: str | Path, status: int = 0, **environ: str) -> str:
    """The command's output; ends the check when it does not exit with ``status``."""
    words = [str(word) for word in command]
    clean = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "LLVM_MODE", "LLVM_CMD")}
    pipe, both = subprocess.PIPE, subprocess.STDOUT
    done = subprocess.run(words, env={**clean, **environ}, cwd="/", text=True, stdout=pipe, stderr=both)
    if done.returncode != status:
        sys.exit(f"{' '.join(words)}: status {done.returncode}\n{done.stdout}")
    return done.stdout


def require(good: bool, text: str) -> None:
    if not good:
        sys.exit(f"packaging: {text}")


def build_wheels(folder: Path) -> dict[str, Path]:
    """Distribution name: its wheel. Each is built by way of its sdist, from a copy without leftovers."""
    tree = folder / "tree"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT, tree, symlinks=True, ignore=NOT_COPIED)
    wheels = {}
    for source in (tree, *(tree / path.relative_to(ROOT) for path in (*PLUGINS, TOY))):
        run(sys.executable, "-m", "build", "-o", folder / "dist", source)
    for path in (folder / "dist").glob("*.whl"):
        wheels[path.name.partition("-")[0].replace("_", "-")] = path
    return wheels


def check_contents(wheels: dict[str, Path]) -> None:
    """Every source and data file of the tree is in its wheel, and nothing else is."""
    for name, wheel in wheels.items():
        package = name.replace("-", "_")
        folder = next(path for path in (ROOT, TOY, *PLUGINS) if (path / package).is_dir())
        listed = subprocess.run(["git", "ls-files", package], cwd=folder, capture_output=True, text=True)
        wanted = set(listed.stdout.split())
        require(listed.returncode == 0 and len(wanted) > 3, f"{folder}: not a git checkout")
        with zipfile.ZipFile(wheel) as archive:
            found = {entry for entry in archive.namelist() if ".dist-info/" not in entry}
        require(found == wanted, f"{wheel.name}: missing {sorted(wanted - found)}, extra {sorted(found - wanted)}")


def make_environment(folder: Path, *requirements: str | Path) -> Path:
    """The ``bin`` of a new virtual environment with these installed."""
    run(sys.executable, "-m", "virtualenv", "-q", folder)
    run(folder / "bin" / "python", "-m", "pip", "install", "-q", *requirements)
    return folder / "bin"


def check_core(folder: Path, wheels: dict[str, Path]) -> None:
    bin_ = make_environment(folder / "core", wheels["hqemu-core"])
    listing = run(bin_ / "hqemu", "--list-plugins").split("\n")
    require(listing[:2] == ["Guest ISAs", "Backends"], f"the core alone lists {listing}")
    text = run(bin_ / "hqemu", "--target", "toy-linux-user", "prog", status=2)
    require("unknown target 'toy-linux-user' (installed: none)" in text, text)


def isa_names() -> dict[str, str]:
    """Distribution: the ISA that it adds."""
    found = {}
    for path in (*PLUGINS, TOY):
        project = tomllib.loads((path / "pyproject.toml").read_text())["project"]
        (entry,) = project["entry-points"]["hqemu"]
        found[project["name"]] = entry.removeprefix("isa.")
    return found


def check_plugin(folder: Path, wheels: dict[str, Path], name: str, isas: dict[str, str]) -> None:
    """A plugin brings the core with it, its command works, and its demo programs run."""
    bin_ = make_environment(folder / name, "--find-links", folder / "dist", wheels[name])
    listing = run(bin_ / "hqemu", "--list-plugins").splitlines()
    found = [line.split()[0] for line in listing[1 : listing.index("Backends")]]
    wanted = sorted({isas[name], *(isas[other] for other in LIBRARIES.get(name, ()))})
    require(found == wanted, f"{name}: {listing}")
    isa = isas[name]
    target = f"{isa}-linux-user"
    help_ = run(bin_ / "hqemu", "--target", target, "-cpu", "help")
    if name == "hqemu-toy":
        return
    version = wheels["hqemu-core"].name.split("-")[1]
    require(wheels[name].name.split("-")[1] == version, f"{name} is not of version {version}")
    require(run(bin_ / f"hqemu-{isa}", "-cpu", "help") == help_, f"hqemu-{isa} is another command")
    print(run(bin_ / "hqemu", "--demo", XDG_CACHE_HOME=str(folder / "cache")))


def main() -> None:
    folder = Path(sys.argv[1]).resolve() / "packaging"
    wheels = build_wheels(folder)
    check_contents(wheels)
    check_core(folder, wheels)
    isas = isa_names()
    for name in sorted(set(wheels) - {"hqemu-core"}):
        check_plugin(folder, wheels, name, isas)
    print(f"packaging: {', '.join(sorted(wheels))} build, install alone and work")


if __name__ == "__main__":
    main()
