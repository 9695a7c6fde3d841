#!/bin/sh
# Starts the pollux command with the JDK's image beside it. POLLUX_JAVA_OPTS adds options for it.
unset CDPATH
self=$0
case $self in */*) ;; *) self=./$self ;; esac
while [ -h "$self" ]; do # not every macOS has readlink -f
  link=$(readlink "$self")
  case $link in /*) self=$link ;; *) self=${self%/*}/$link ;; esac
done
home=${self%/*}/..
jvm='-XX:+UseSerialGC -XX:-UsePerfData -Xlog:disable -Xlog:all=error:stderr'
case ${POLLUX_JAVA_OPTS:-} in *-XX:+Use*GC*) jvm=${jvm#-XX:+UseSerialGC } ;; esac
case ${1:-} in # --color may stand before the command
  --color) word=${3:-} ;;
  --color=*) word=${2:-} ;;
  *) word=${1:-} ;;
esac
case $word in echo | chat) jvm="$jvm -Xmn8m" ;; esac
# Without a locale, as in a bare container, Java takes names and arguments for ASCII.
case ${LC_ALL:-${LC_CTYPE:-${LANG:-}}} in
  '' | C | POSIX)
    LC_ALL=C.UTF-8
    [ ! -d /System/Library ] || LC_ALL=en_US.UTF-8 # macOS has no C.UTF-8
    export LC_ALL
    ;;
esac
# shellcheck disable=SC2086
exec "$home/runtime/bin/java" $jvm ${POLLUX_JAVA_OPTS:-} -jar "$home/lib/pollux-cli.jar" "$@"
