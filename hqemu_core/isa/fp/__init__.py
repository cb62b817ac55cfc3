"""Exact floating point with an Arm-like control register: NaN rules, flushing, flags. See :mod:`.env`."""
