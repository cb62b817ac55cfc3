"""Every helper that the floating-point rules call, for IsaSpec.helpers."""

from __future__ import annotations

from typing import Final

from hqemu_core.isa.spec import Helper

from . import fp_conversions, fp_env, fp_estimate, fp_integers, fp_nan

HELPERS: Final[dict[str, Helper]] = {
    **fp_env.make_helpers(),
    **fp_nan.make_helpers(),
    **fp_conversions.make_helpers(),
    **fp_integers.make_helpers(),
    **fp_estimate.make_helpers(),
}
