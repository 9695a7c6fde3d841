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
  # No flock (macOS): a folder with the owner's number in it.
  waits=
  while ! mkdir "$root/.build.lock.d" 2>/dev/null; do
    [ -n "$waits" ] || say_waiting
    waits=yes
    owner=
    read -r owner 2>/dev/null <"$root/.build.lock.d/owner" || :
    if [ -n "$owner" ] && ! kill -0 "$owner" 2>/dev/null; then
      # The owner is gone. One of those who wait takes over, after looking again.
      if mkdir "$root/.build.lock.d/heir" 2>/dev/null; then
        read -r again 2>/dev/null <"$root/.build.lock.d/owner" || :
        [ "$again" != "$owner" ] || echo $$ >"$root/.build.lock.d/owner"
        rmdir "$root/.build.lock.d/heir"
        [ "$again" != "$owner" ] || break
      fi
    fi
    sleep 0.2
  done
  echo $$ >"$root/.build.lock.d/owner"
  lock_folder=$root/.build.lock.d
  clean_up_at_end
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
  [ -z "${lock_folder:-}" ] || rm -rf "$lock_folder"
}

say_waiting() {
  echo "another ./pollux or ./dev builds here; waiting for its end…" >&2
}

unlock() {
  [ -z "${POLLUX_BUILD_LOCKED:-}" ] || return 0
  exec 9>&-
  [ -z "${lock_folder:-}" ] || rm -rf "$lock_folder"
  lock_folder=
}
