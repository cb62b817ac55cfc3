"""Every helper that the floating-point rules call, by name; modules of lift functions offer them as ``HELPERS``."""

from __future__ import annotations

from typing import Final

from hqemu_core.isa.spec import Helper

from . import conversions, env, estimate, flushing, integers, nan, vector_integers

HELPERS: Final[dict[str, Helper]] = {
    helper.name: helper
    for module in (env, nan, flushing, conversions, integers, vector_integers, estimate)
    for helper in module.make_helpers()
}
