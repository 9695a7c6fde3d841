# Sourced by ./dev consumers: builds and runs the projects in consumers/ against the artifacts as
# they are released, in a local repository that is empty before. Needs root and package.sh.

consumers() {
  prepare
  work_in consumers
  staging=file://$work/staging
  fetched=$root/target/none
  [ ! -d "${HOME:-/root}/.m2/repository" ] || fetched=${HOME:-/root}/.m2/repository
  # A deploy passes through install, and the user's own repository is not ours to change.
  maven -q -pl "$artifacts" -Dmaven.test.skip=true -Dmaven.install.skip=true deploy \
    -DaltDeploymentRepository="staging::$staging"
  cp -R "$root/consumers" "$work/consumers"
  build_with_maven
  build_with_metrics
  run_on_class_path
  run_on_module_path
  run_with_metrics
  run_fat_jar
  run_http_server
  run_jlink_image
  run_gradle
  echo "consumers: all echo"
}

# Compiled with every warning an error, tested on the model kernel; nothing but Pollux and JUnit.
build_with_maven() {
  consumer_maven "$work/consumers" || fail "the Maven projects"
  for project in classpath modulepath fatjar; do
    for test in EchoTest SimulatedEchoTest; do
      grep -q 'tests="1" errors="0" skipped="0" failures="0"' \
        "$work/consumers/$project/target/surefire-reports/TEST-consumer.$test.xml" ||
        fail "$project: $test did not run"
    done
  done
  [ ! -e "$work/repository/org/jspecify" ] || fail "the annotations are a user's dependency"
}

# Behind the others: Micrometer brings what they are seen to do without.
build_with_metrics() {
  consumer_maven "$work/consumers/metrics" || fail "the Maven project with Micrometer"
}

# Builds the project in folder $1.
consumer_maven() {
  (cd "$1" &&
    JAVA_HOME=$jdk MAVEN_OPTS="$(quiet_maven)" mvn -q -B -ntp -Dstyle.color=never -Dmaven.repo.local="$work/repository" \
      -Dpollux.version="$(version)" -Dstaging="$staging" -Dfetched="file://$fetched" \
      verify </dev/null)
}

# What .mvn/jvm.config is for: nothing of Maven's own makes the virtual machine warn.
quiet_maven() {
  echo "-Djansi.noreset=true --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
}

run_on_class_path() {
  project=$work/consumers/classpath/target
  echoes "class path" "$jdk/bin/java" --enable-native-access=ALL-UNNAMED \
    -cp "$project/echo.jar:$project/lib/*" consumer.Echo
}

run_on_module_path() {
  project=$work/consumers/modulepath/target
  echoes "module path" "$jdk/bin/java" --enable-native-access=dev.pollux.sys \
    -p "$project/echo.jar:$project/lib" -m consumer/consumer.Echo
}

run_with_metrics() {
  project=$work/consumers/metrics/target
  echoes metrics "$jdk/bin/java" --enable-native-access=ALL-UNNAMED \
    -cp "$project/echo.jar:$project/lib/*" consumer.Measured
}

run_fat_jar() {
  echoes "fat jar" "$jdk/bin/java" -jar "$work/consumers/fatjar/target/echo.jar"
}

run_http_server() {
  project=$work/consumers/httpserver/target
  echoes "the JDK's HttpServer" "$jdk/bin/java" --enable-native-access=ALL-UNNAMED \
    -cp "$project/echo.jar:$project/lib/*" consumer.HttpEcho
}

run_jlink_image() {
  project=$work/consumers/modulepath/target
  "$jdk/bin/jlink" -p "$project/echo.jar:$project/lib" --add-modules consumer \
    --add-options=--enable-native-access=dev.pollux.sys \
    --strip-debug --no-header-files --no-man-pages --output "$work/image"
  echoes "jlink image" "$work/image/bin/java" -m consumer/consumer.Echo
}

# Runs the rest of the arguments; fails unless they echo, and print nothing else.
echoes() {
  name=$1
  shift
  said=$("$@" 2>&1) || fail "$name: $said"
  [ "$said" = "echoed: hello" ] || fail "$name: $said"
  echo "consumers: $name: $said"
}

fail() {
  echo "consumers: failed: $*" >&2
  exit 1
}

# Tried with Gradle 4.4, the one that Debian packages, which runs on a JDK of up to 17.
run_gradle() {
  old=$(ls -d /usr/lib/jvm/*-17-* 2>/dev/null | head -n 1)
  if ! command -v gradle >/dev/null || [ -z "$old" ]; then
    echo "consumers: Gradle: not tried, it or a JDK 17 for it is missing; ./dev setup --all"
    return
  fi
  console=org.junit.platform:junit-platform-console-standalone:1.13.4
  maven -q -N org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy \
    -Dartifact="$console" -DoutputDirectory="$work"
  project=$work/consumers/gradle
  (cd "$project" &&
    JAVA_HOME=$old gradle -q --offline --no-daemon -g "$work/gradle-home" -Pjdk="$jdk" \
      -Pstaging="$staging" -Pfetched="file://$fetched" -PpolluxVersion="$(version)" \
      lib </dev/null >"$work/gradle.log" 2>&1) || fail "Gradle: $(cat "$work/gradle.log")"
  classes=$project/build/classes/java
  ran=$("$jdk/bin/java" --enable-native-access=ALL-UNNAMED \
    -jar "$work/junit-platform-console-standalone-1.13.4.jar" execute --disable-banner \
    --fail-if-no-tests --select-package consumer --details summary \
    -cp "$classes/main:$classes/test:$(printf '%s:' "$project"/build/lib/pollux-*.jar)" 2>&1) ||
    fail "Gradle: $ran"
  echoes Gradle "$jdk/bin/java" --enable-native-access=ALL-UNNAMED \
    -cp "$classes/main:$project/build/lib/*" consumer.Echo
}
