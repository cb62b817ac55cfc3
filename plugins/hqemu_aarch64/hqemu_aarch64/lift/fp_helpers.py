"""Every helper that the floating-point rules call, by name; modules of lift functions offer them as ``HELPERS``."""

from __future__ import annotations

from typing import Final

from hqemu_core.isa.spec import Helper

from . import fp_conversions, fp_env, fp_estimate, fp_integers, fp_nan

HELPERS: Final[dict[str, Helper]] = {
    helper.name: helper
    for module in (fp_env, fp_nan, fp_conversions, fp_integers, fp_estimate)
    for helper in module.make_helpers()
}
