"""gzip, bzip2, xz: packing, unpacking, damaged input; and openssl."""

from __future__ import annotations

import bz2
import gzip
import lzma

from ..runner import FILES, Row

BIG = FILES["text"] * 12 + FILES["noise"]
PACKED = {
    "gzip": gzip.compress(BIG, mtime=0),
    "bzip2": bz2.compress(BIG),
    "xz": lzma.compress(BIG),
}
LEVELS = {"gzip": ("-n", "-1", "-9n"), "bzip2": ("-1", "-9"), "xz": ("-0", "-6", "--check=sha256", "-T2")}

PACKERS = [
    row
    for name, data in PACKED.items()
    for row in (
        *(Row(f"{name}{level}", (name, "-c", level, *(["-n"] if name == "gzip" else [])), BIG, block=n == 0)
          for n, level in enumerate(LEVELS[name])),
        Row(f"{name}-unpack", (name, "-dc"), data, block=name != "bzip2"),
        Row(f"{name}-test", (name, "-t", "-v"), data, stderr=False),
        Row(f"{name}-cut", (name, "-dc"), data[:5000]),
        Row(f"{name}-damaged", (name, "-dc"), data[:3000] + bytes(20) + data[3020:]),
        Row(f"{name}-no-magic", (name, "-dc"), b"hello"),
        Row(f"{name}-file", (name, "-k", "text")),
        Row(f"{name}-exists", (name, "sub")),
    )
]  # fmt: skip

KEY = ("-K", "000102030405060708090a0b0c0d0e0f", "-iv", "0f0e0d0c0b0a09080706050403020100")
KEY256 = ("-K", "00" * 31 + "7f", "-iv", "0f0e0d0c0b0a09080706050403020100")
DIGESTS = (
    "md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha512-256", "sha3-256", "sha3-512", "shake128",
    "blake2b512", "blake2s256", "ripemd160", "sm3",
)  # fmt: skip
CIPHERS = (
    "aes-128-cbc", "aes-128-ctr", "aes-128-ecb", "aes-128-cfb", "aes-128-ofb", "camellia-128-cbc", "sm4-cbc",
)  # fmt: skip
OPENSSL = [
    *(Row(f"openssl-{name}", ("openssl", "dgst", f"-{name}", "text", "noise"), block=name in ("sha256", "sha3-256"))
      for name in DIGESTS),
    *(Row(f"openssl-{name}", ("openssl", "enc", f"-{name}", *(KEY if "ecb" not in name else KEY[:2]), "-in", "noise"),
          block=name == "aes-128-cbc")
      for name in CIPHERS),
    Row("openssl-aes-256-ctr", ("openssl", "enc", "-aes-256-ctr", *KEY256, "-in", "noise")),
    Row("openssl-chacha20", ("openssl", "enc", "-chacha20", *KEY256, "-in", "noise"), block=True),
    Row("openssl-pbkdf2", ("openssl", "enc", "-aes-256-cbc", "-pbkdf2", "-k", "secret", "-S", "0102030405060708", "-a"),
        FILES["text"]),
    Row("openssl-decrypt-bad", ("openssl", "enc", "-d", "-aes-128-cbc", *KEY, "-in", "text"), stderr=False),
    Row("openssl-hmac", ("openssl", "dgst", "-sha256", "-hmac", "key", "text")),
    Row("openssl-mac", ("openssl", "mac", "-macopt", "hexkey:000102030405060708090a0b0c0d0e0f", "-macopt",
                        "cipher:aes-128-cbc", "-in", "noise", "CMAC")),
    Row("openssl-gmac", ("openssl", "mac", "-macopt", "hexkey:000102030405060708090a0b0c0d0e0f", "-macopt",
                         "hexiv:000102030405060708090a0b", "-macopt", "cipher:AES-128-GCM", "-in", "noise", "GMAC")),
    Row("openssl-poly1305", ("openssl", "mac", "-macopt", "hexkey:" + "0123456789abcdef" * 4, "-in", "noise", "Poly1305")),
    Row("openssl-prime", ("openssl", "prime", "170141183460469231731687303715884105727", "1000000007", "91")),
    Row("openssl-version", ("openssl", "version")),
    Row("openssl-base64", ("openssl", "base64"), FILES["noise"]),
    Row("openssl-kdf", ("openssl", "kdf", "-keylen", "32", "-kdfopt", "pass:pw", "-kdfopt", "salt:salt", "-kdfopt",
                        "n:1024", "-kdfopt", "r:8", "-kdfopt", "p:1", "SCRYPT")),
    Row("openssl-key", ("dash", "-c", "openssl genpkey -algorithm X25519 -out key && openssl pkey -in key -pubout >pub && "
                        "openssl genpkey -algorithm ED25519 >e && openssl pkeyutl -sign -inkey e -rawin -in text >sig && "
                        "openssl pkeyutl -verify -inkey e -rawin -in text -sigfile sig; openssl rsa -in none; "
                        "openssl ecparam -name prime256v1 -genkey -noout -out k && openssl dgst -sha256 -sign k -out s text && "
                        "openssl dgst -sha256 -prverify k -signature s text; rm -f key pub e sig k s"), stderr=False),
]  # fmt: skip

ROWS = PACKERS + OPENSSL
