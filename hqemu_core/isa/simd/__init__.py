"""Lane-wise integer operations that several ISAs' vector instructions share, as functions on values."""
