# Sourced by ./dev fuzz-http. Needs root, jdk, find-jdk.sh and build.sh.

jazzer_version=0.29.1

# What the parser and the wire begin with: a line each.
text_seeds() {
  number=0
  while read -r line; do
    number=$((number + 1))
    printf '%s' "$line" | awk '{ gsub(/¶/, "\r\n"); printf "%s", $0 }' >"$work/$target/seed-$number"
  done <"$root/pollux-http/src/test/resources/fuzz-seeds.txt"
}

# Runs each target under Jazzer, for so many seconds; what it finds is kept in target/jazzer.
fuzz_http() {
  seconds=60
  targets='parser wire websocket proxy'
  while [ $# -gt 0 ]; do
    case $1 in
      --seconds) seconds=${2:?--seconds takes a number} && shift 2 ;;
      --target) targets=${2:?--target takes a name} && shift 2 ;;
      *) echo "dev: fuzz-http takes --seconds N and --target NAME" >&2 && exit 2 ;;
    esac
  done
  case $seconds in '' | *[!0-9]*) echo "dev: --seconds takes a number" >&2 && exit 2 ;; esac
  prepare
  work=$root/target/jazzer
  maven -q -pl pollux-http -am test-compile \
    org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies \
    -DincludeGroupIds=org.junit.jupiter,org.junit.platform,org.opentest4j \
    -DoutputDirectory="$work/lib" # targets compare by the assertions of JUnit
  maven -q -N org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy \
    -Dartifact="com.code-intelligence:jazzer:$jazzer_version" -DoutputDirectory="$work/lib"
  maven -q -N org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy \
    -Dartifact="com.code-intelligence:jazzer-api:$jazzer_version" -DoutputDirectory="$work/lib"
  path=$root/pollux-http/target/test-classes
  for module in sys kqueue poll loop net model http; do
    path=$path:$root/pollux-$module/target/classes
  done
  for target in $targets; do
    mkdir -p "$work/$target"
    case $target in
      parser) class=dev.pollux.http.ParserTarget && text_seeds ;;
      wire) class=dev.pollux.http.WireTarget && text_seeds ;;
      proxy) class=dev.pollux.http.ProxyTarget && text_seeds ;;
      websocket)
        class=dev.pollux.http.websocket.FrameTarget
        "$jdk/bin/java" -cp "$path" $class "$work/$target"
        ;;
      *) echo "dev: there is no target $target, but: parser, wire, websocket, proxy" >&2 && exit 2 ;;
    esac
    echo "fuzzing $target for $seconds s"
    (cd "$work" && "$jdk/bin/java" --enable-native-access=ALL-UNNAMED -cp "$work/lib/*:$path" \
      com.code_intelligence.jazzer.Jazzer --target_class=$class \
      --instrumentation_includes='dev.pollux.http.**' -max_total_time="$seconds" \
      -timeout=10 -print_final_stats=1 "$target" 2>"$work/$target.log") || {
      grep -A 30 'Java Exception' "$work/$target.log" >&2 || tail -n 30 "$work/$target.log" >&2
      echo "dev: $target failed; the input is in $work, the log is $work/$target.log" >&2
      exit 1
    }
    grep -E '^Done|stat::number_of_executed_units' "$work/$target.log" | head -n 1
  done
}
