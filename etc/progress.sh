# Sourced by etc/build.sh: Maven runs that show how far they are. Needs maven, of etc/build.sh.

# Runs Maven as told. Shown are what fails, as it comes, and how far it is: on a terminal in a line
# that is written over, else in a line for each module with tests. Everything else is in file $1.
maven_shown() {
  maven_log=$1
  shift
  mkdir -p "${maven_log%/*}"
  {
    maven_status=$(
      {
        {
          maven_code=0
          maven "$@" 2>&1 || maven_code=$?
          echo "$maven_code" >&3
        } | tee "$maven_log" | follow >&4
      } 3>&1
    )
  } 4>&1
  if [ "$maven_status" != 0 ]; then
    grep -q '^\[ERROR\]' "$maven_log" || tail -n 10 "$maven_log" # Maven itself did not run
    echo "The whole of it is in $maven_log"
  fi
  return "$maven_status"
}

# Reads what Maven prints, and prints what a person wants to see of it.
follow() {
  find_columns
  module='' place='' class='' tests=0 failed=0 all_tests=0 shows=0
  while IFS= read -r line; do
    case $line in
      *' Tests run: '*', Time elapsed: '*)
        add_result "${line#*Tests run: }"
        case $line in '[ERROR]'*) shows=1 && say "$line" ;; *) shows=0 ;; esac
        ;;
      '[ERROR]'* | '[WARNING] '*.java:'['*) shows=1 && say "$line" ;; # a warning is an error here
      '[INFO] '*'-< '*' >-'*)
        end_module
        module=${line#*:}
        module=${module%% >*}
        class='' place=''
        ;;
      '[INFO] Building '*' ['*/*']') place=" (${line##*\[}" && place=${place%]}")" ;;
      '[INFO] Running '*) class=${line##*[. ]} shows=0 ;;
      '['*) shows=0 ;;
      *) [ "$shows" = 0 ] || say "$line" ;;
    esac
    show
  done
  end_module
  [ "$columns" = 0 ] || printf '\r\033[K' >&2
}

# Sets columns: how wide the terminal is that progress is shown on, 0 for none.
find_columns() {
  columns=0
  if [ -t 2 ] && [ "${TERM:-dumb}" != dumb ]; then
    columns=$(stty size 2>/dev/null </dev/tty) || columns=
    columns=${columns#* }
    [ "${columns:-0}" -gt 0 ] || columns=80
  fi
}

# Counts a class: "18, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: …".
add_result() {
  tests=$((tests + ${1%%,*}))
  all_tests=$((all_tests + ${1%%,*}))
  failures=${1#*Failures: }
  errors=${1#*Errors: }
  failed=$((failed + ${failures%%,*} + ${errors%%,*}))
}

# A line that stays.
say() {
  [ "$columns" = 0 ] || printf '\r\033[K' >&2
  printf '%s\n' "$1"
}

# The line that is written over.
show() {
  [ "$columns" != 0 ] && [ -n "$module" ] || return 0
  text="$module$place"
  [ "$tests" = 0 ] || text="$text: $tests tests"
  [ "$failed" = 0 ] || text="$text, $failed failed so far"
  [ -z "$class" ] || text="$text, $class"
  printf "\\r\\033[K%.$((columns - 1))s" "$text" >&2
}

# With $mixed, what Maven prints of modules side by side is not told apart.
end_module() {
  [ "$tests" = 0 ] || [ -n "${mixed:-}" ] || say "$module: $tests tests; so far $all_tests, $failed failed"
  tests=0
}
