"""pytest plugin: collects ``.hqt`` files, one item per case; ``--bless`` rewrites their expectations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .filetests import Case, Failure, TestFile, parse_file, run_file, run_test_case


class CaseFailed(Exception):
    """A case whose output is not what its file says."""

    def __init__(self, failures: list[Failure]) -> None:
        super().__init__("\n".join(map(str, failures)))


class CaseItem(pytest.Item):
    def __init__(self, *, file: TestFile, case: Case, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.file = file
        self.case = case

    def runtest(self) -> None:
        failures = run_test_case(self.file, self.case)
        if failures:
            raise CaseFailed(failures)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, CaseFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.case.line - 1, self.name


class HqtFile(pytest.File):
    def collect(self) -> Iterator[CaseItem]:
        if self.config.getoption("--bless"):
            run_file(self.path, bless=True)
        file = parse_file(self.path)
        for case in file.cases:
            yield CaseItem.from_parent(self, name=case.name, file=file, case=case)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("hqemu")
    group.addoption("--bless", action="store_true", help="write what .hqt cases give into their [out] sections")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> HqtFile | None:
    if file_path.suffix == ".hqt":
        found: HqtFile = HqtFile.from_parent(parent, path=file_path)
        return found
    return None
