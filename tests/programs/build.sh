#!/bin/sh
# Rebuilds the guest programs that are kept in the tree: needs Debian's gcc, gcc-aarch64-linux-gnu, gcc-arm-linux-gnueabi,
# gcc-arm-linux-gnueabihf, gcc-i686-linux-gnu (and their libc6-dev).
# The result is the same, byte for byte, with the same compiler.
set -eu
cd "$(dirname "$0")/../.."
ARMEL=${CC_ARMEL:-arm-linux-gnueabi-gcc}
ARMHF=${CC_ARMHF:-arm-linux-gnueabihf-gcc}
CC=${CC_AARCH64:-aarch64-linux-gnu-gcc}
FLAGS="-O2 -static -s -Wall -Wextra -Werror -ffp-contract=off -fno-math-errno -Wl,--build-id=none -Wl,-z,max-page-size=4096"

BARE="-ffreestanding -nostdlib -fno-stack-protector -fno-asynchronous-unwind-tables"
X86_64=${CC_X86_64:-gcc}
I386=${CC_I386:-i686-linux-gnu-gcc}
demo=tests/programs/demo
into() { echo plugins/hqemu_$1/hqemu_$1/demo; }

for name in sha1 nbody mandel; do
    $CC $FLAGS $BARE -o $(into aarch64)/$name.elf $demo/$name.c
    set=-mthumb
    [ $name = mandel ] && set="-marm -mfpu=neon-vfpv4"
    $ARMHF $FLAGS $set $BARE -fno-unwind-tables -o $(into arm)/$name.elf $demo/$name.c -lgcc
    # without SSE results would be rounded to 64 bits of fraction, where the others have 53
    $I386 $FLAGS -march=i686 -msse2 -mfpmath=sse -fno-pic -no-pie $BARE -o $(into x86)/$name.elf $demo/$name.c -lgcc
    $X86_64 $FLAGS -fno-pic -no-pie -fcf-protection=none $BARE -o $(into x86_64)/$name.elf $demo/$name.c
done
$CC $FLAGS -o $(into aarch64)/workers.elf $demo/workers.c
$ARMEL $FLAGS -o $(into arm)/workers.elf $demo/workers.c
$I386 $FLAGS -o $(into x86)/workers.elf $demo/workers.c
$X86_64 $FLAGS -o $(into x86_64)/workers.elf $demo/workers.c

regions=tests/programs/regions
for source in $regions/*.c; do
    $CC $FLAGS $BARE -o ${source%.c}.elf $source
done
ls -l plugins/*/*/demo/*.elf $regions/*.elf
