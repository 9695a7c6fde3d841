# Sourced by ./dev for what makes and checks the artifacts. Needs root, find-jdk.sh and build.sh.

# The library: what is installed and released. The programs and the examples are not.
library="sys kqueue poll model loop inspect net http httpserver sim junit micrometer"
artifacts=.,pollux-bom,pollux-sys,pollux-kqueue,pollux-poll,pollux-model,pollux-loop,pollux-inspect,pollux-net,pollux-http,pollux-httpserver,pollux-sim,pollux-junit,pollux-micrometer

# The version in the parent's pom.
version() {
  sed -n 's/^  <version>\(.*\)<\/version>.*/\1/p' "$root/pom.xml"
}

# Prints the SHA-256 of file $1. macOS has shasum, FreeBSD sha256.
sha256_of() {
  if command -v sha256sum >/dev/null; then
    sha256sum "$1"
  elif command -v shasum >/dev/null; then
    shasum -a 256 "$1"
  else
    sha256 -r "$1"
  fi | cut -d ' ' -f 1
}

# Brings the library into the local Maven repository.
install_library() {
  prepare
  maven -q -pl "$artifacts" -Dmaven.test.skip=true install "$@"
  echo "installed: dev.pollux, version $(version): pollux-bom, and pollux- with $library"
}

# The Javadoc of the library in one tree. Without a file of the JDK's licences it is no release.
javadoc() {
  prepare
  rm -rf "$root/target/javadoc-path"
  maven -q -pl pollux-junit,pollux-micrometer -am -Dmaven.test.skip=true compile \
    org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies \
    -DexcludeGroupIds=dev.pollux -DincludeScope=compile -DoutputDirectory="$root/target/javadoc-path"
  set --
  modules=
  for module in $library; do
    set -- "$@" --module-source-path "dev.pollux.$module=$root/pollux-$module/src/main/java"
    modules=$modules,dev.pollux.$module
  done
  rm -rf "$root/target/javadoc"
  "$jdk/bin/javadoc" -quiet -Werror -Xdoclint:all,-missing -notimestamp -windowtitle Pollux \
    -d "$root/target/javadoc" -p "$root/target/javadoc-path" --add-modules org.jspecify \
    "$@" --module "${modules#,}"
  echo "javadoc: target/javadoc/index.html"
}
