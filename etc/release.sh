# Sourced by ./dev for releases: what can be checked without an account or a key. Needs root, jdk
# and package.sh.

japicmp=com.github.siom79.japicmp:japicmp:0.23.1:jar:jar-with-dependencies
dependency_plugin=org.apache.maven.plugins:maven-dependency-plugin:3.9.0

release_check() {
  prepare
  work_in release
  copy_tree "$work/first"
  copy_tree "$work/second time"
  build_release "$work/first" UTC
  build_release "$work/second time" Asia/Tokyo
  same_jars
  complete_jars
  check_dependencies
  api_check "$work/first"
  . "$root/etc/dist.sh" && dist
  . "$root/etc/consumers.sh" && consumers
  echo "release-check: all is well; what needs an account or a key stands in RELEASING.md"
}

# Signs and uploads; publishes nothing. Takes the version, so that no other goes out by mistake.
release() {
  if [ "${1:-}" != "$(version)" ]; then
    echo "dev: the POM has version $(version); say ./dev release $(version)" >&2
    exit 2
  fi
  case $1 in *-SNAPSHOT) echo "dev: $1 is no release: RELEASING.md" >&2 && exit 2 ;; esac
  if [ -n "$(git -C "$root" status --porcelain)" ] ||
    [ "$(git -C "$root" describe --exact-match --tags 2>/dev/null)" != "v$1" ]; then
    echo "dev: what is released is the tag v$1, with nothing changed: RELEASING.md" >&2
    exit 2
  fi
  prepare
  umask 022
  maven -Prelease,central -pl "$artifacts" -Dmaven.test.skip=true clean deploy
}

# Copies what git knows, or would, into folder $1. Where a file is gone, tar goes on with the next.
copy_tree() {
  mkdir -p "$1"
  (cd "$root" && git ls-files -z --cached --others --exclude-standard |
    tar --null -T - -cf - 2>/dev/null) | tar -C "$1" -xf -
}

# Builds the library in folder $1, a copy of the tree, under time zone $2.
build_release() {
  (
    root=$1
    umask 022 # the Javadoc jar keeps the modes of its files
    export TZ="$2"
    maven -q -Prelease -pl "$artifacts" -Dmaven.test.skip=true verify
  )
  echo "release-check: built in ${1##*/}"
}

# Every file that is released, of module $1 in folder $2.
released() {
  base=$2/$1/target/$1-$(version)
  for file in "$base.jar" "$base-sources.jar" "$base-javadoc.jar" "$2/$1/target/bom.json"; do
    [ -s "$file" ] || { echo "release-check: $file is missing" >&2 && exit 1; }
    echo "$file"
  done
}

# Two builds, in two folders, at two times: the same bytes.
same_jars() {
  for module in $library; do
    released "pollux-$module" "$work/first" >"$work/released"
    while read -r file; do
      again="$work/second time${file#"$work/first"}"
      cmp "$file" "$again" || { echo "release-check: builds differ: $file" >&2 && exit 1; }
    done <"$work/released"
  done
  echo "release-check: two builds are equal"
}

# License and notice in each jar, a module in each that has classes; nobody else in the SBOM, but
# JUnit's in that of pollux-junit, and Micrometer's in that of pollux-micrometer.
complete_jars() {
  for module in $library; do
    base=$work/first/pollux-$module/target/pollux-$module-$(version)
    for jar in "$base.jar" "$base-sources.jar" "$base-javadoc.jar"; do
      "$jdk/bin/jar" -tf "$jar" >"$work/list"
      for name in META-INF/LICENSE META-INF/NOTICE; do
        grep -qx "$name" "$work/list" || { echo "release-check: no $name in $jar" >&2 && exit 1; }
      done
    done
    "$jdk/bin/jar" --describe-module --file "$base.jar" >"$work/module"
    grep -Eq "^dev.pollux.$module(@| jar)" "$work/module" ||
      { echo "release-check: $base.jar is no module" >&2 && exit 1; }
    grep '"purl"' "$work/first/pollux-$module/target/bom.json" >"$work/parts" ||
      { echo "release-check: the SBOM of $module names nothing" >&2 && exit 1; }
    allowed='pkg:maven/dev[.]pollux/'
    [ "$module" != junit ] || allowed="$allowed|pkg:maven/org[.](junit|opentest4j|apiguardian)"
    [ "$module" != micrometer ] ||
      allowed="$allowed|pkg:maven/(io[.]micrometer|org[.]hdrhistogram|org[.]jspecify)"
    ! grep -Ev "$allowed" "$work/parts" >&2 ||
      { echo "release-check: the SBOM of $module names others" >&2 && exit 1; }
  done
  echo "release-check: each jar has license, notice, module; the SBOMs name nobody else but JUnit's and Micrometer's"
}

# What is used is declared, and what is declared is used.
check_dependencies() {
  maven -q -Dmaven.test.skip=false -DskipTests package "$dependency_plugin:analyze-only" \
    -DfailOnWarning=true -DignoreNonCompile=true
  echo "release-check: dependencies are declared and used"
}

# As api_check, of the tree as it is.
api() {
  prepare
  maven -q -pl "$artifacts" -Dmaven.test.skip=true package
  api_check "$root"
}

# Compares the library in folder $1 with the signatures in api/; a break must stand in CHANGELOG.
api_check() {
  report=$root/target/api
  mkdir -p "$report"
  rm -f "$report"/japicmp-*.jar # of another version
  maven -q -N "$dependency_plugin:copy" -Dartifact="$japicmp" -DoutputDirectory="$report"
  listed=$(listed_breaks)
  new=
  for module in $library; do
    new=$new:$1/pollux-$module/target/pollux-$module-$(version).jar
  done
  new=${new#:}
  old=$(printf ':%s' "$root"/api/*.jar)
  old=${old#:}
  check_breaks
  for module in $library; do
    [ -e "$root/api/pollux-$module.jar" ] || { echo "api: pollux-$module is new" && continue; }
    "$jdk/bin/java" -jar "$report"/japicmp-*.jar \
      --old "$root/api/pollux-$module.jar" --old-classpath "$old" \
      --new "$1/pollux-$module/target/pollux-$module-$(version).jar" --new-classpath "$new" \
      --ignore-missing-classes --only-modified --no-annotations \
      ${listed:+--exclude "$listed" --no-error-on-exclusion-incompatibility} \
      --html-file "$report/pollux-$module.html" \
      --error-on-binary-incompatibility --error-on-source-incompatibility \
      >"$report/pollux-$module.txt" 2>&1 || {
      cat "$report/pollux-$module.txt" >&2
      echo "api: pollux-$module breaks what api/pollux-$module.jar has; list it in CHANGELOG.md" >&2
      exit 1
    }
  done
  echo "api: nothing breaks but what CHANGELOG.md lists; target/api/ has the reports"
}

# A break that is listed and is none is a mistake in its name. Needs listed, old, new and report.
check_breaks() {
  for each in $(printf '%s' "$listed" | tr ';' ' '); do
    members "$old" "${each%%#*}" >"$report/old"
    members "$new" "${each%%#*}" >"$report/new"
    case $each in
      *'#'*) grep -F " ${each#*#}" "$report/old" >"$report/was" || : ;;
      *) cp "$report/old" "$report/was" ;;
    esac
    if ! grep -q -v -x -F -f "$report/new" "$report/was"; then
      echo "api: CHANGELOG.md lists a break of $each, which api/ has not, or which is as it was" >&2
      exit 1
    fi
  done
}

# What users can see of class $2 on class path $1, a line each; nothing of a class that is not there.
members() {
  "$jdk/bin/javap" -protected -cp "$1" "$2" 2>/dev/null | sed 's/, /,/g' || :
}

# The breaks since the last release, as "A;B": "- Break: `dev.pollux.net.Server#stop()`: …".
listed_breaks() {
  awk '/^## / { section++ } section == 1' "$root/CHANGELOG.md" |
    sed -n 's/^- Break: `\([^`]*\)`.*/\1/p' | paste -s -d ';' -
}

# Writes the signatures of the library as it is into api/, for the next release to be held to.
write_signatures() {
  prepare
  maven -q -pl "$artifacts" -Dmaven.test.skip=true package
  for module in $library; do
    "$jdk/bin/java" "$root/etc/Signatures.java" \
      "$root/pollux-$module/target/pollux-$module-$(version).jar" "$root/api/pollux-$module.jar"
  done
  echo "signatures: api/ is that of $(version)"
}
