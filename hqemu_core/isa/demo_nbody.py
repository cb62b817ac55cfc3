"""The demo ``nbody.c`` in Python: IEEE doubles rounded after every operation, in the same order."""

from __future__ import annotations

import math

_DT = 0.01
_MASS = 4 * 3.141592653589793 * 3.141592653589793
_YEAR = 365.24

# position, velocity per day, mass in suns
_BODIES = (
    ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 1.0),
    (
        (4.84143144246472090e00, -1.16032004402742839e00, -1.03622044471123109e-01),
        (1.66007664274403694e-03, 7.69901118419740425e-03, -6.90460016972063023e-05),
        9.54791938424326609e-04,
    ),
    (
        (8.34336671824457987e00, 4.12479856412430479e00, -4.03523417114321381e-01),
        (-2.76742510726411899e-03, 4.99852801234917238e-03, 2.30417297573763929e-05),
        2.85885980666130812e-04,
    ),
    (
        (1.28943695621391310e01, -1.51111514016986312e01, -2.23307578892655734e-01),
        (2.96460137564761618e-03, 2.37847173959480950e-03, -2.96589568540237556e-05),
        4.36624404335156298e-05,
    ),
    (
        (1.53796971148509165e01, -2.59193146099879641e01, 1.79258772950371181e-01),
        (2.68067772490389322e-03, 1.62824170038242295e-03, -9.51592254519715870e-05),
        5.15138902046611451e-05,
    ),
)


def energy(steps: int) -> float:
    """Total energy after ``steps`` steps."""
    x = [list(body[0]) for body in _BODIES]
    v = [[speed * _YEAR for speed in body[1]] for body in _BODIES]
    m = [body[2] * _MASS for body in _BODIES]
    pairs = [(i, j) for i in range(5) for j in range(i + 1, 5)]
    for _ in range(steps):
        for i, j in pairs:
            dx, dy, dz = (a - b for a, b in zip(x[i], x[j], strict=True))
            d2 = dx * dx + dy * dy + dz * dz
            mag = _DT / (d2 * math.sqrt(d2))
            mi, mj = m[i] * mag, m[j] * mag
            for k, d in enumerate((dx, dy, dz)):
                v[i][k] -= d * mj
                v[j][k] += d * mi
        for position, speed in zip(x, v, strict=True):
            for k in range(3):
                position[k] += _DT * speed[k]
    total = 0.0
    for i in range(5):
        total += 0.5 * m[i] * (v[i][0] * v[i][0] + v[i][1] * v[i][1] + v[i][2] * v[i][2])
        for j in range(i + 1, 5):
            dx, dy, dz = (a - b for a, b in zip(x[i], x[j], strict=True))
            total -= m[i] * m[j] / math.sqrt(dx * dx + dy * dy + dz * dz)
    return total
