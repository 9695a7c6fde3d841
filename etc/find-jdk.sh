# Sourced by ./pollux and ./dev: finds a JDK and Maven. No processes are started on the usual way.

# Reads the version of the JDK in folder $1 from its release file and remembers it if it will do.
# Sets: jdk (its folder), jdk_version (such as 25.0.3+9-LTS). Fails if it is older or no JDK, and
# notes in runtimes_found, a line each, what it is then.
try_jdk() {
  [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 1
  version= runtime=
  while IFS='=' read -r key value; do
    value=${value#\"}
    case $key in
      JAVA_RUNTIME_VERSION) runtime=${value%%\"*} ;;
      JAVA_VERSION) version=${value%%\"*}; break ;;
    esac
  done <"$1/release"
  major=${version%%[!0-9]*}
  if [ ! -x "$1/bin/javac" ]; then
    runtimes_found="$runtimes_found
  $1: ${version:-no version}, without a compiler (a JRE)"
    return 1
  elif [ "${major:-0}" -lt 25 ]; then
    runtimes_found="$runtimes_found
  $1: ${version:-no version}, too old"
    return 1
  fi
  jdk=$1
  jdk_version=${runtime:-$version}
}

# Prints where the link $1 ends. Not every macOS has readlink -f.
behind_links() {
  readlink -f "$1" 2>/dev/null && return
  file=$1
  while [ -h "$file" ]; do
    link=$(readlink "$file")
    case $link in /*) file=$link ;; *) file=${file%/*}/$link ;; esac
  done
  cd -P "${file%/*}" && echo "$PWD/${file##*/}"
}

# Sets jdk and jdk_version, or says what is missing and ends with 2.
find_jdk() {
  runtimes_found=
  [ -n "${JAVA_HOME:-}" ] && try_jdk "${JAVA_HOME%/}" && return
  on_path=$(command -v java) && [ -h "$on_path" ] && on_path=$(behind_links "$on_path")
  try_jdk "${on_path%/bin/java}" && return
  # macOS has its own list of them, and at /usr/bin/java nothing but a question of it.
  if [ -x /usr/libexec/java_home ]; then
    try_jdk "$(/usr/libexec/java_home -v 25+ 2>/dev/null)" && return
  fi
  for home in /usr/lib/jvm/* /opt/* /usr/local/* "${HOME:-/root}"/.sdkman/candidates/java/* \
    "${HOME:-/root}"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME:-/root}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    try_jdk "$home" && return
  done
  {
    echo 'pollux: no JDK 25 or later found.'
    if [ -n "${JAVA_HOME:-}" ] && [ ! -x "${JAVA_HOME%/}/bin/java" ]; then
      echo "JAVA_HOME is $JAVA_HOME, where there is no bin/java."
    fi
    if [ -n "$runtimes_found" ]; then
      echo "Found on JAVA_HOME, PATH and in the usual folders:$(echo "$runtimes_found" | sort -u)"
    else
      echo 'JAVA_HOME, PATH and the usual folders have no Java at all.'
    fi
  } >&2
  cat >&2 <<'END'
To install one:
  Debian, Ubuntu: sudo apt-get install openjdk-25-jdk   (or a Temurin 25 package)
  Fedora:         sudo dnf install java-25-openjdk-devel
  Alpine:         apk add openjdk25-jdk
  macOS:          brew install openjdk@25
  FreeBSD:        pkg install openjdk25
END
  exit 2
}

# Says what is missing and ends with 2 if Maven is not on the PATH.
need_maven() {
  command -v mvn >/dev/null && return
  cat >&2 <<'END'
pollux: Maven is needed to build, and mvn is not on the PATH. To install it:
  Debian, Ubuntu: sudo apt-get install maven
  Fedora:         sudo dnf install maven
  Alpine:         apk add maven
  macOS:          brew install maven
  FreeBSD:        pkg install maven
END
  exit 2
}
