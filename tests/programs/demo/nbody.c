/* Scalar double precision: five planets, symplectic integration; prints the total energy in units of 1e-12. */
#include "start.h"

#define STEPS 4000
#define DT 0.01
#define MASS (4 * 3.141592653589793 * 3.141592653589793)
#define YEAR 365.24

static double x[5][3] = {
    {0, 0, 0},
    {4.84143144246472090e+00, -1.16032004402742839e+00, -1.03622044471123109e-01},
    {8.34336671824457987e+00, 4.12479856412430479e+00, -4.03523417114321381e-01},
    {1.28943695621391310e+01, -1.51111514016986312e+01, -2.23307578892655734e-01},
    {1.53796971148509165e+01, -2.59193146099879641e+01, 1.79258772950371181e-01},
};
static double v[5][3] = {
    {0, 0, 0},
    {1.66007664274403694e-03 * YEAR, 7.69901118419740425e-03 * YEAR, -6.90460016972063023e-05 * YEAR},
    {-2.76742510726411899e-03 * YEAR, 4.99852801234917238e-03 * YEAR, 2.30417297573763929e-05 * YEAR},
    {2.96460137564761618e-03 * YEAR, 2.37847173959480950e-03 * YEAR, -2.96589568540237556e-05 * YEAR},
    {2.68067772490389322e-03 * YEAR, 1.62824170038242295e-03 * YEAR, -9.51592254519715870e-05 * YEAR},
};
static double m[5] = {
    MASS,
    9.54791938424326609e-04 * MASS,
    2.85885980666130812e-04 * MASS,
    4.36624404335156298e-05 * MASS,
    5.15138902046611451e-05 * MASS,
};

static void step(void)
{
    for (int i = 0; i < 5; i++)
        for (int j = i + 1; j < 5; j++) {
            double dx = x[i][0] - x[j][0], dy = x[i][1] - x[j][1], dz = x[i][2] - x[j][2];
            double d2 = dx * dx + dy * dy + dz * dz;
            double mag = DT / (d2 * __builtin_sqrt(d2));
            double mi = m[i] * mag, mj = m[j] * mag;
            v[i][0] -= dx * mj, v[i][1] -= dy * mj, v[i][2] -= dz * mj;
            v[j][0] += dx * mi, v[j][1] += dy * mi, v[j][2] += dz * mi;
        }
    for (int i = 0; i < 5; i++)
        for (int k = 0; k < 3; k++)
            x[i][k] += DT * v[i][k];
}

void run(void)
{
    double e = 0;
    for (int n = 0; n < STEPS; n++)
        step();
    for (int i = 0; i < 5; i++) {
        e += 0.5 * m[i] * (v[i][0] * v[i][0] + v[i][1] * v[i][1] + v[i][2] * v[i][2]);
        for (int j = i + 1; j < 5; j++) {
            double dx = x[i][0] - x[j][0], dy = x[i][1] - x[j][1], dz = x[i][2] - x[j][2];
            e -= m[i] * m[j] / __builtin_sqrt(dx * dx + dy * dy + dz * dz);
        }
    }
    print("energy ");
    print_number((long long)(e * 1e12));
    print("e-12\n");
}
