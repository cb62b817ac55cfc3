/* SHA-1 (FIPS 180-4) of a buffer filled by a formula, hashed ROUNDS times in a row. */
#include "start.h"

#define SIZE 65536
#define ROUNDS 32

static u8 buffer[SIZE];
static u32 h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};

static u32 rol(u32 x, int n) { return x << n | x >> (32 - n); }

static void block(const u8 *p)
{
    u32 w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
    for (int i = 0; i < 16; i++)
        w[i] = (u32)p[4 * i] << 24 | p[4 * i + 1] << 16 | p[4 * i + 2] << 8 | p[4 * i + 3];
    for (int i = 16; i < 80; i++)
        w[i] = rol(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    for (int i = 0; i < 80; i++) {
        u32 f, k;
        if (i < 20)
            f = (b & c) | (~b & d), k = 0x5a827999;
        else if (i < 40)
            f = b ^ c ^ d, k = 0x6ed9eba1;
        else if (i < 60)
            f = (b & c) | (b & d) | (c & d), k = 0x8f1bbcdc;
        else
            f = b ^ c ^ d, k = 0xca62c1d6;
        u32 t = rol(a, 5) + f + e + k + w[i];
        e = d, d = c, c = rol(b, 30), b = a, a = t;
    }
    h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
}

void run(void)
{
    u8 tail[64] = {0x80};
    for (u32 i = 0; i < SIZE; i++)
        buffer[i] = i * 7 + (i >> 8);
    for (int r = 0; r < ROUNDS; r++)
        for (u32 i = 0; i < SIZE; i += 64)
            block(buffer + i);
    u64 bits = (u64)SIZE * ROUNDS * 8;
    for (int i = 0; i < 8; i++)
        tail[56 + i] = bits >> (56 - 8 * i);
    block(tail);
    char text[48] = "SHA1=";
    for (int i = 0; i < 40; i++)
        text[5 + i] = "0123456789abcdef"[h[i / 8] >> (28 - i % 8 * 4) & 15];
    text[45] = '\n';
    print(text);
}
