#!/bin/sh
# Rebuilds the guest programs that are kept in the tree: needs Debian's gcc-aarch64-linux-gnu, gcc-arm-linux-gnueabi,
# gcc-arm-linux-gnueabihf (and their libc6-dev).
# The result is the same, byte for byte, with the same compiler.
set -eu
cd "$(dirname "$0")/../.."
ARMEL=${CC_ARMEL:-arm-linux-gnueabi-gcc}
ARMHF=${CC_ARMHF:-arm-linux-gnueabihf-gcc}
CC=${CC_AARCH64:-aarch64-linux-gnu-gcc}
FLAGS="-O2 -static -s -Wall -Wextra -Werror -ffp-contract=off -fno-math-errno -Wl,--build-id=none -Wl,-z,max-page-size=4096"

demo=plugins/hqemu_aarch64/hqemu_aarch64/demo
for name in sha1 nbody mandel; do
    $CC $FLAGS -ffreestanding -nostdlib -fno-stack-protector -fno-asynchronous-unwind-tables -o $demo/$name.elf $demo/$name.c
done
$CC $FLAGS -o $demo/workers.elf $demo/workers.c

arm=plugins/hqemu_arm/hqemu_arm/demo
for name in sha1 nbody mandel; do
    set=-mthumb
    [ $name = mandel ] && set="-marm -mfpu=neon-vfpv4"
    $ARMHF $FLAGS $set -ffreestanding -nostdlib -fno-stack-protector -fno-asynchronous-unwind-tables -fno-unwind-tables \
        -o $arm/$name.elf $arm/$name.c -lgcc
done
$ARMEL $FLAGS -o $arm/workers.elf $arm/workers.c

regions=tests/programs/regions
for source in $regions/*.c; do
    $CC $FLAGS -ffreestanding -nostdlib -fno-stack-protector -fno-asynchronous-unwind-tables -o ${source%.c}.elf $source
done
ls -l $demo/*.elf $arm/*.elf $regions/*.elf
