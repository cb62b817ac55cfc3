"""Rows: cryptographic AES, SHA-1 and SHA-256 instructions."""

from __future__ import annotations

from hqemu_core.isa.simd import crypto as lift
from hqemu_core.isa.table import Row

# fmt: off
ROWS = [
    Row("aes_round", "01001110 00 10100 0010 decrypt 10 rn:5 rd:5", lift.lift_aes_round, "decrypt", "v(rd) v(rn)", insn="aese v0.16b, v1.16b", feature="aes"),
    Row("aes_mix", "01001110 00 10100 0011 inverse 10 rn:5 rd:5", lift.lift_aes_mix, "inverse", "v(rd) v(rn)", insn="aesmc v0.16b, v1.16b", feature="aes"),
    Row("sha1c", "01011110 00 0 rm:5 0 000 00 rn:5 rd:5", lift.lift_sha1_rounds, "0", "v(rd) v(rn) v(rm)", insn="sha1c q0, s1, v2.4s", feature="sha1"),
    Row("sha1p", "01011110 00 0 rm:5 0 001 00 rn:5 rd:5", lift.lift_sha1_rounds, "1", "v(rd) v(rn) v(rm)", insn="sha1p q0, s1, v2.4s", feature="sha1"),
    Row("sha1m", "01011110 00 0 rm:5 0 010 00 rn:5 rd:5", lift.lift_sha1_rounds, "2", "v(rd) v(rn) v(rm)", insn="sha1m q0, s1, v2.4s", feature="sha1"),
    Row("sha1su0", "01011110 00 0 rm:5 0 011 00 rn:5 rd:5", lift.lift_sha1su0, "", "v(rd) v(rn) v(rm)", insn="sha1su0 v0.4s, v1.4s, v2.4s", feature="sha1"),
    Row("sha256h", "01011110 00 0 rm:5 0 10 second 00 rn:5 rd:5", lift.lift_sha256_rounds, "second", "v(rd) v(rn) v(rm)", insn="sha256h q0, q1, v2.4s", feature="sha2"),
    Row("sha256su1", "01011110 00 0 rm:5 0 110 00 rn:5 rd:5", lift.lift_sha256su1, "", "v(rd) v(rn) v(rm)", insn="sha256su1 v0.4s, v1.4s, v2.4s", feature="sha2"),
    Row("sha1h", "01011110 00 10100 00000 10 rn:5 rd:5", lift.lift_sha1h, "", "v(rd) v(rn)", insn="sha1h s0, s1", feature="sha1"),
    Row("sha1su1", "01011110 00 10100 00001 10 rn:5 rd:5", lift.lift_sha1su1, "", "v(rd) v(rn)", insn="sha1su1 v0.4s, v1.4s", feature="sha1"),
    Row("sha256su0", "01011110 00 10100 00010 10 rn:5 rd:5", lift.lift_sha256su0, "", "v(rd) v(rn)", insn="sha256su0 v0.4s, v1.4s", feature="sha2"),
]
