"""What lockstep against Unicorn leaves out; the reasons stand with the rules of streams."""

from __future__ import annotations

from hqemu_aarch64.streams import EXCLUDE, skip

__all__ = ["COMPARE_FAULTS", "EXCLUDE", "skip"]

COMPARE_FAULTS = False
"""Unicorn does not check the alignment of ordered and atomic accesses."""
