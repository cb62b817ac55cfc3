"""``.hqt`` filetests: text in, text out.

::

    test run                      what to do with each case; the words after the kind are its options
    # a comment
    [case wraps around]
    set 2048 i64 -1
    ...
    [out]
    ...

A file with several ``test`` lines has a section ``[out <kind> <options>]`` for each in every case.
``--bless`` (here and as an option of the pytest plugin) writes what came out into the file.

A kind is a function ``(input text, options) -> output text``; :data:`KINDS` maps names to them, or to
``"module:function"``, imported at first use.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

Kind = Callable[[str, tuple[str, ...]], str]

KINDS: Final[dict[str, Kind | str]] = {
    "run": "hqemu_core.testing.ir_kinds:run_case",
    "print": "hqemu_core.testing.ir_kinds:print_case",
    "verify": "hqemu_core.testing.ir_kinds:verify_case",
    "fold": "hqemu_core.testing.ir_kinds:fold_case",
    "opt": "hqemu_core.testing.ir_kinds:opt_case",
}


def find_kind(name: str) -> Kind:
    """Raises ValueError for an unknown kind."""
    kind = KINDS.get(name)
    if kind is None:
        raise ValueError(f"unknown kind of test {name!r}; known: {', '.join(sorted(KINDS))}")
    if isinstance(kind, str):
        module, _, function = kind.partition(":")
        found: Kind = getattr(importlib.import_module(module), function)
        kind = KINDS[name] = found
    return kind


@dataclass
class Case:
    name: str
    line: int
    """where its header stands, from 1"""
    text: str = ""
    out: dict[str, str] = field(default_factory=dict)
    """by test line ("" when the file has one)"""


@dataclass
class TestFile:
    path: Path
    head: str
    tests: list[tuple[str, tuple[str, ...]]]
    cases: list[Case]

    __test__ = False

    def label(self, index: int) -> str:
        """The name of the out section of a test line."""
        if len(self.tests) == 1:
            return ""
        name, options = self.tests[index]
        return " ".join((name, *options))

    def format(self) -> str:
        """The file's text with the cases' current expectations."""
        parts = [self.head]
        for case in self.cases:
            parts.append(f"[case {case.name}]\n{case.text}")
            for label, out in case.out.items():
                parts.append(f"[out{' ' + label if label else ''}]\n{out}")
            parts.append("\n")
        return "".join(parts).rstrip("\n") + "\n"


def parse_file(path: Path) -> TestFile:
    """Raises ValueError naming file and line."""
    head: list[str] = []
    tests: list[tuple[str, tuple[str, ...]]] = []
    cases: list[Case] = []
    section = ""
    for number, line in enumerate(path.read_text().splitlines(keepends=True), 1):
        word = line.strip()
        if word.startswith("[case ") and word.endswith("]"):
            cases.append(Case(word[6:-1], number))
            section = "case"
        elif word.startswith("[out") and word.endswith("]") and cases:
            section = word[1:-1]
            cases[-1].out[section[4:]] = ""
        elif not cases:
            head.append(line)
            if word.startswith("test "):
                name, *options = word.split()[1:]
                tests.append((name, tuple(options)))
            elif word and not word.startswith("#"):
                raise ValueError(f"{path}:{number}: expected a test line, a comment or a case")
        elif section == "case":
            cases[-1].text += line
        else:
            cases[-1].out[section[4:]] += line
    if not tests or not cases:
        raise ValueError(f"{path}: needs a test line and a case")
    for case in cases:
        case.text = case.text.rstrip() + "\n"
        case.out = {label: out.rstrip() + "\n" if out.strip() else "" for label, out in case.out.items()}
    return TestFile(path, "".join(head), tests, cases)


@dataclass
class Failure:
    file: TestFile
    case: Case
    label: str
    got: str

    def __str__(self) -> str:
        want = self.case.out.get(self.label)
        where = f"{self.file.path}:{self.case.line}: case {self.case.name}"
        if want is None:
            return f"{where}: no [out] section; came out:\n{self.got}"
        return f"{where}\n--- expected\n{want}--- came out\n{self.got}"


def run_test_case(file: TestFile, case: Case) -> list[Failure]:
    """Run one case under each test line of its file."""
    failures = []
    for index, (name, options) in enumerate(file.tests):
        got = find_kind(name)(case.text, options)
        label = file.label(index)
        if case.out.get(label) != got:
            failures.append(Failure(file, case, label, got))
    return failures


def run_file(path: Path, bless: bool = False) -> list[Failure]:
    """The failures; none after a bless, which rewrites the file when something changed."""
    file = parse_file(path)
    failures = [failure for case in file.cases for failure in run_test_case(file, case)]
    if not bless:
        return failures
    labels = [file.label(index) for index in range(len(file.tests))]
    for failure in failures:
        failure.case.out[failure.label] = failure.got
    for case in file.cases:
        case.out = {label: case.out[label] for label in labels}
    text = file.format()
    if text != path.read_text():
        path.write_text(text)
    return []


def find_files(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(path.rglob("*.hqt"))
        else:
            yield path


def main(argv: list[str] | None = None) -> int:
    """``python -m hqemu_core.testing.filetests [--bless] PATH...``; 1 when a case fails."""
    parser = argparse.ArgumentParser(prog="python -m hqemu_core.testing.filetests")
    parser.add_argument("--bless", action="store_true", help="write the outputs into the files")
    parser.add_argument("paths", nargs="+", type=Path)
    arguments = parser.parse_args(argv)
    failures = []
    count = 0
    try:
        for path in find_files(arguments.paths):
            count += 1
            failures += run_file(path, arguments.bless)
    except (OSError, ValueError) as error:
        print(f"filetests: {error}", file=sys.stderr)
        return 2
    for failure in failures:
        print(failure)
    print(f"{count} files, {len(failures)} failures")
    return 1 if failures or not count else 0


if __name__ == "__main__":
    sys.exit(main())
