# Sourced by ./dev jtreg: OpenJDK's own tests of com.sun.net.httpserver, with Pollux as the server.
# The tests come from Debian's source package of OpenJDK 17, and stay in target/. Needs root and
# build.sh.

httpserver_tests=test/jdk/com/sun/net/httpserver
provider=dev.pollux.httpserver.PolluxHttpServerProvider

# ./dev jtreg [--jdk] [TEST…]: with --jdk the JDK's own server, to compare.
run_jtreg() {
  property=-vmoption:-Dcom.sun.net.httpserver.HttpServerProvider=$provider
  if [ "${1:-}" = --jdk ]; then
    shift
    property=-vmoption:-Dcom.sun.net.httpserver.HttpServerProvider=sun.net.httpserver.DefaultHttpServerProvider
  fi
  work=$root/target/jtreg
  need_jtreg
  need_openjdk_tests
  prepare
  maven_shown "$work/build.log" -pl pollux-httpserver -am compile
  classes=
  for module in sys kqueue poll loop net http httpserver; do
    classes=$classes:$root/pollux-$module/target/classes
  done
  if [ $# = 0 ]; then
    set -- "$work/$httpserver_tests"
  else # names are as below the folder of the tests
    for name in "$@"; do
      set -- "$@" "$work/$httpserver_tests/$name"
      shift
    done
  fi
  rm -rf "$work/work" "$work/report"
  status=0
  jtreg -jdk:"$jdk" -othervm -ignore:quiet -verbose:summary -retain:none -timeoutFactor:2 \
    -w:"$work/work" -r:"$work/report" -exclude:"$root/etc/jtreg-exclude.txt" \
    -cpa:"${classes#:}" "$property" -vmoption:--enable-native-access=ALL-UNNAMED "$@" \
    >"$work/run.log" 2>&1 || status=$?
  grep -E '^(FAILED|Error|Test results)' "$work/run.log" || tail -n 20 "$work/run.log"
  echo "jtreg: not run, with reasons: etc/jtreg-exclude.txt; report: target/jtreg/report"
  return "$status"
}

need_jtreg() {
  packages=
  need jtreg jtreg7
  if [ -n "$packages" ]; then
    if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
      echo "jtreg: missing:$packages (Debian's names). Install them, or run this as root." >&2
      exit 2
    fi
    apt-get -qq update
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install $packages \
      </dev/null >/dev/null
  fi
}

# apt_there get|cache …: with the sources of source packages, and lists of its own.
apt_there() {
  what=apt-$1
  shift
  "$what" -qq -o Dir::Etc::sourcelist=- -o Dir::Etc::sourceparts="$work/sources" \
    -o Dir::State::lists="$work/lists" -o APT::Sandbox::User=root "$@"
}

# The tests, out of the source package, by the system's own sources of packages.
need_openjdk_tests() {
  [ ! -e "$work/$httpserver_tests/Test1.java" ] || return 0
  if ! command -v apt-get >/dev/null; then
    echo "jtreg: the tests come from Debian's source package; there is no apt-get to fetch it" >&2
    exit 2
  fi
  rm -rf "$work"
  mkdir -p "$work/lists/partial" "$work/sources"
  for file in /etc/apt/sources.list.d/*.sources; do
    [ ! -e "$file" ] || sed 's/^Types:.*/Types: deb-src/' "$file" >"$work/sources/${file##*/}"
  done
  if [ -e /etc/apt/sources.list ]; then
    sed 's/^deb /deb-src /' /etc/apt/sources.list >"$work/sources/old.list"
  fi
  echo "jtreg: fetching OpenJDK's tests, 65 MB…"
  apt_there get update
  archive=
  # Of the newest version that can be had: a mirror may lack some.
  for version in $(apt_there cache showsrc openjdk-17 | sed -n 's/^Version: //p' | sort -rVu); do
    [ -z "$archive" ] || break
    (cd "$work" && apt_there get source --tar-only --download-only "openjdk-17=$version") \
      >"$work/fetch.log" 2>&1 || continue
    for file in "$work"/openjdk-17_*.orig.tar.xz; do
      archive=$file
    done
  done
  if [ -z "$archive" ]; then
    echo "jtreg: no source package of openjdk-17 can be had: $work/fetch.log" >&2
    exit 2
  fi
  tar -xf "$archive" -C "$work" --strip-components=1 --wildcards \
    "*/$httpserver_tests/*" '*/test/lib/*' '*/test/jdk/java/net/httpclient/*'
  rm -rf "$work"/openjdk-17_* "$work/lists" "$work/sources"
  printf '%s\n' 'useNewOptions=true' 'keys=intermittent' 'external.lib.roots=../../' \
    >"$work/test/jdk/TEST.ROOT"
}
