#!/bin/sh
# For `tox -e system`: qemu-user and the cross compilers from apt-get, and a sysroot of the Debian architecture
# $HQEMU_SYSTEM_ARCH (arm64 unless set) in $1/$HQEMU_SYSTEM_ARCH made from packages that a private apt state finds, so that this machine's dpkg learns of no foreign architecture. Without $1 it
# goes where the tests look for it: $HQEMU_SYSROOTS, or a folder of the user's cache.
set -eu
out=${1:-${HQEMU_SYSROOTS:-$HOME/.cache/hqemu-system}}
arch=${HQEMU_SYSTEM_ARCH:-arm64}
case $arch in
arm64) qemu=qemu-aarch64 cross=aarch64-linux-gnu ;;
armhf) qemu=qemu-arm cross=arm-linux-gnueabihf ;;
armel) qemu=qemu-arm cross=arm-linux-gnueabi ;;
*) echo "setup.sh: no architecture $arch" >&2; exit 1 ;;
esac
root=$out/$arch
debs=$out/debs/$arch
[ -e "$root/.done" ] && exit 0
for tool in $qemu $cross-gcc $cross-g++ gcc; do
    command -v $tool >/dev/null || need=yes
done
if [ "${need:-no}" = yes ]; then
    apt-get update -q >/dev/null
    apt-get install -y -q qemu-user gcc libc6-dev g++-$cross "libc6-dev-$arch-cross" >/dev/null
fi

mkdir -p "$root" "$debs"
apt=$(mktemp -d)
trap 'rm -rf "$apt"' EXIT
mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial"
: >"$apt/state/status"
cat >"$apt/conf" <<EOF
Dir::State "$apt/state";
Dir::State::status "$apt/state/status";
Dir::Cache "$apt/cache";
APT::Architecture "$arch";
APT::Architectures { "$arch"; };
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "3";
EOF
export APT_CONFIG="$apt/conf"
apt-get update -q >/dev/null
programs="busybox-static dash bash coreutils grep sed findutils file gawk perl-base lua5.4 luajit sqlite3 bzip2 xz-utils
 gzip openssl python3"
[ "$arch" != arm64 ] || programs="$programs musl-dev"
apt-get install -y -q --no-install-recommends --download-only -o Dir::Cache::archives="$debs" $programs >/dev/null
unset APT_CONFIG
for deb in "$debs"/*.deb; do
    dpkg -x "$deb" "$root"
done
# usr-merged, as an installed Debian is: programs and libraries are looked for in both places
for name in bin sbin lib; do
    if [ -d "$root/$name" ] && [ ! -L "$root/$name" ]; then
        mkdir -p "$root/usr/$name"
        cp -a "$root/$name/." "$root/usr/$name/"
        rm -rf "${root:?}/$name"
        ln -s "usr/$name" "$root/$name"
    fi
done
mkdir -p "$root/dev" "$root/proc" "$root/tmp"
touch "$root/.done"
echo "sysroot: $(ls "$debs"/*.deb | wc -l) packages in $root"
