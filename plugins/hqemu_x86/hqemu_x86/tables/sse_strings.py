"""The string comparisons of SSE4.2."""

from __future__ import annotations

from functools import partial
from typing import Final

from ..lift import sse_strings as lift
from ..lift.bind import Op
from ..lift.vector import SSE, VEX

_NAMES: Final = (("60", "pcmpestrm", 1, 1), ("61", "pcmpestri", 1, 0), ("62", "pcmpistrm", 0, 1),
                 ("63", "pcmpistri", 0, 0))  # fmt: skip

ENCODINGS: Final = "\n".join(
    line for code, name, _, _ in _NAMES
    for line in (f"66 0F 3A {code} /r  {name} Vdq Wdq K @o", f"VEX L0 66 0F 3A {code} /r  v{name} Vdq Wdq K @o")
)  # fmt: skip
OPS: Final = {
    mark + name: Op(partial(lift.lift_compare, explicit, mask, encoding), "w", feature="avx" if mark else "sse4_2")
    for _, name, explicit, mask in _NAMES for mark, encoding in (("", SSE), ("v", VEX))
}  # fmt: skip
