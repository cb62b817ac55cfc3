/* Vector double precision: the Mandelbrot set, two points at a time. */
#include "start.h"

#define WIDTH 64
#define HEIGHT 24
#define LIMIT 500

typedef double pair __attribute__((vector_size(16)));
typedef long long mask __attribute__((vector_size(16)));

static mask escape(pair cx, pair cy)
{
    pair x = {0, 0}, y = {0, 0};
    mask count = {0, 0};
    for (int n = 0; n < LIMIT; n++) {
        pair xx = x * x, yy = y * y;
        mask inside = xx + yy <= 4.0;
        if (!(inside[0] | inside[1]))
            break;
        count -= inside;
        y = 2 * (x * y) + cy;
        x = xx - yy + cx;
    }
    return count;
}

void run(void)
{
    u64 sum = 0;
    char line[WIDTH + 2];
    for (int row = 0; row < HEIGHT; row++) {
        for (int column = 0; column < WIDTH; column += 2) {
            pair at = {column, column + 1};
            mask n = escape(at * 0.046875 - 2.25, (pair){1, 1} * (row * 0.09375 - 1.125));
            for (int k = 0; k < 2; k++) {
                line[column + k] = n[k] == LIMIT ? '#' : " .:-=+*%"[n[k] & 7];
                sum = sum * 31 + n[k];
            }
        }
        line[WIDTH] = '\n';
        line[WIDTH + 1] = 0;
        print(line);
    }
    print("checksum ");
    print_number(sum & 0x7fffffffffffffff);
    print("\n");
}
