# Sourced by ./dev dist and release-check: packs the command with a JDK's image of its own, so that
# it is unpacked and runs. Needs root, jdk, and package.sh.

# Makes target/pollux-VERSION-SYSTEM-ARCH.tar.gz with its checksum beside it.
dist() {
  prepare
  maven -q -pl pollux-cli -am -Dmaven.test.skip=true package
  case $(uname -m) in
    x86_64 | amd64) arch=x86_64 ;;
    aarch64 | arm64) arch=aarch64 ;;
    *) echo "dev: there is no Pollux for $(uname -m)" >&2 && exit 2 ;;
  esac
  case $(uname -s) in
    Darwin) system=macos ;;
    *) system=$(uname -s | tr '[:upper:]' '[:lower:]') ;;
  esac
  dist_name=pollux-$(version)-$system-$arch
  folder=$root/target/$dist_name
  rm -rf "$folder" "$folder.tar.gz" "$folder.tar.gz.sha256"
  mkdir -p "$folder/bin" "$folder/lib"
  cp "$root"/pollux-cli/target/app/*.jar "$folder/lib/"
  "$jdk/bin/java" "$root/etc/StackMaps.java" "$folder/lib/picocli.jar" # the same, started or not
  cp "$root/LICENSE" "$root/NOTICE" "$folder/"
  others
  cp "$root/etc/launcher.sh" "$folder/bin/pollux"
  chmod 755 "$folder/bin/pollux"
  "$jdk/bin/jlink" --add-modules "$(needed_modules)" --strip-debug --no-header-files \
    --no-man-pages --generate-cds-archive --compress zip-6 --output "$folder/runtime" >/dev/null
  # The files are nobody's; macOS would add files for the attributes it has beside them.
  case $(tar --version) in
    bsdtar*) set -- --uid 0 --gid 0 --uname '' --gname '' ;;
    *) set -- --owner=0 --group=0 ;;
  esac
  COPYFILE_DISABLE=1 tar -C "$root/target" "$@" -czf "$folder.tar.gz" "$dist_name"
  echo "$(sha256_of "$folder.tar.gz")  $dist_name.tar.gz" >"$folder.tar.gz.sha256"
  try_dist
  echo "dist: target/$dist_name.tar.gz"
}

# Adds to NOTICE whose the jars are that are not ours; a licence that is not LICENSE lies beside it.
others() {
  for jar in "$folder"/lib/*.jar; do
    name=${jar##*/}
    case $name in
      pollux-*.jar) ;;
      picocli.jar)
        echo "lib/$name is picocli, under the Apache License, Version 2.0 (see LICENSE)." \
          "It was changed: its classes have stack maps."
        ;;
      jline-*.jar)
        cp "$root/etc/LICENSE-jline.txt" "$folder/"
        echo "lib/$name is a part of JLine, under the BSD 3-Clause License (see LICENSE-jline.txt)."
        ;;
      *) echo "dev: etc/dist.sh does not say whose lib/$name is" >&2 && exit 1 ;;
    esac
  done >>"$folder/NOTICE"
}

# The JDK's modules that the jars use, and the one of which a class is used by its name: Signals.
needed_modules() {
  "$jdk/bin/jdeps" --module-path "$folder/lib" --multi-release 25 --ignore-missing-deps -s \
    "$folder"/lib/*.jar | awk '{ print $NF }' | grep -E '^(java|jdk)\.' | sort -u | tr '\n' ','
  echo jdk.unsupported
}

# Unpacks it elsewhere, where no JDK is named, and runs it. One chain: left of || sh does not stop.
try_dist() {
  work_in "dist unpacked"
  command=$work/$dist_name/bin/pollux
  [ "$(sha256_of "$folder.tar.gz")  $dist_name.tar.gz" = "$(cat "$folder.tar.gz.sha256")" ] &&
    tar -C "$work" -xzf "$folder.tar.gz" &&
    env -u JAVA_HOME PATH=/usr/bin:/bin "$command" --version >"$work/said" 2>&1 &&
    env -u JAVA_HOME PATH=/usr/bin:/bin "$command" doctor >>"$work/said" 2>&1 &&
    ! grep -q WARNING "$work/said" || {
    [ ! -e "$work/said" ] || cat "$work/said" >&2
    echo "dev: the packed command does not run" >&2
    exit 1
  }
}
