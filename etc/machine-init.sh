#!/bin/busybox sh
# The first process of an emulated machine: etc/machine.sh packs it. Runs /pollux/run and ends the
# machine. On the last line stands what that ended with.
/bin/busybox --install -s /bin
export PATH=/bin:/usr/bin:/sbin:/usr/sbin HOME=/tmp CI=true LANG=C.UTF-8
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
mount -t tmpfs tmpfs /tmp
ip link set lo up
hostname machine
ulimit -Hn 1048576
ulimit -Sn 1024
page=$(sed -n "s/^KernelPageSize: *//p" /proc/self/smaps | head -n 1)
echo # the firmware has left its line open
echo "machine: $(uname -srm), pages of $page"
sh /pollux/run
echo "machine: ended with $?"
poweroff -f
