# Sourced by ./pollux and ./dev when there is something to build. Needs root, jdk and find-jdk.sh.

. "$root/etc/progress.sh"

# Runs Maven on the whole tree with the JDK found.
maven() {
  JAVA_HOME=$jdk mvn -B -ntp -Dstyle.color=never -f "$root/pom.xml" "$@" </dev/null
}

# One build at a time: waits until no other ./pollux or ./dev builds in this tree. The lock is kept
# until unlock or the end of the process, and is not taken again by commands started from here.
lock() {
  [ -z "${POLLUX_BUILD_LOCKED:-}" ] || return 0
  if [ ! -w "$root" ]; then
    echo "pollux: cannot build in $root: it is not writable; build as its owner first" >&2
    exit 2
  fi
  if command -v flock >/dev/null; then
    exec 9>"$root/.build.lock"
    flock -n 9 || { say_waiting && flock 9; }
    return
  fi
  lock_with "$root/.build.lock.d"
}

# Where there is no flock, as on macOS and FreeBSD: makes folder $1, with our number in it. An owner
# that is gone is inherited from; one without a number has just begun, or ended while it began.
lock_with() {
  rounds='' seen=
  until mkdir "$1" 2>/dev/null; do
    owner=
    read -r owner 2>/dev/null <"$1/owner" || :
    [ -n "$rounds" ] || say_waiting "${owner:+, process $owner}"
    [ "$owner" = "$seen" ] || rounds=0
    rounds=$((${rounds:-0} + 1)) seen=$owner
    if [ -n "$owner" ] && runs "$owner"; then
      rounds=0
    elif [ -n "$owner" ] || [ "$rounds" -gt 25 ]; then
      ! inherit "$1" || break
    fi
    sleep 0.2
  done
  echo $$ >"$1/owner"
  lock_folder=$1
  clean_up_at_end
}

# Whether there is a process $1, also one of another user.
runs() {
  kill -0 "$1" 2>/dev/null || ps -p "$1" >/dev/null 2>&1
}

# One of those who wait takes folder $1 over from $owner, after looking again: by now it may be the
# folder of another. An heir that has not come to its end in 5 seconds never will.
inherit() {
  [ "$rounds" -le 25 ] || rmdir "$1/heir" 2>/dev/null || :
  mkdir "$1/heir" 2>/dev/null || return 1
  again=
  read -r again 2>/dev/null <"$1/owner" || :
  [ "$again" != "$owner" ] || { echo $$ >"$1/owner"; } 2>/dev/null || again=gone
  rmdir "$1/heir" 2>/dev/null || :
  [ "$again" = "$owner" ]
}

# Makes folder $1 for scratch work, whose path is in $work; all of them go at the end.
work_in() {
  if [ -z "${scratch:-}" ]; then
    scratch=$(mktemp -d "${TMPDIR:-/tmp}/pollux.XXXXXX")
    clean_up_at_end
  fi
  work=$scratch/$1
  mkdir -p "$work"
}

# Whatever the end is: a shell that a signal ends runs its EXIT trap only if it has one for that.
clean_up_at_end() {
  trap clean_up EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

clean_up() {
  [ -z "${scratch:-}" ] || rm -rf "$scratch"
  give_back
}

# Ends a lock_with, in one step: whoever looks into the folder sees all of it or nothing.
give_back() {
  [ -n "${lock_folder:-}" ] || return 0
  mv "$lock_folder" "$lock_folder.$$" 2>/dev/null || :
  rm -rf "$lock_folder.$$"
  lock_folder=
}

say_waiting() {
  echo "another ./pollux or ./dev builds here${1:-}; waiting for its end…" >&2
}

unlock() {
  [ -z "${POLLUX_BUILD_LOCKED:-}" ] || return 0
  exec 9>&-
  give_back
}
