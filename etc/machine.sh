# Sourced by ./dev arm64 and ./dev kernels: whole machines, emulated, to run the tests on. Needs
# root, jdk, and build.sh. What is fetched and packed is kept in target/machines until ./dev clean.
#
# Debian's packages come by apt with folders of its own, so that this machine's are not touched: apt
# checks them by Debian's signed Release, as always. JUnit is pinned by its hash.

machines=$root/target/machines
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
console_version=1.13.4
console_sha256=3fdfc37e29744a9a67dd5365e81467e26fbde0b7aa204e6f8bbe79eeaa7ae892

# The tests that emulated machines do not run, said here and nowhere else: a pattern of class names.
# The contracts on the model kernel see nothing of a kernel; the others take an hour there.
left_out='.*[.](.*ModelTest|.*AllocationTest|StackEndIT|IoBufferIT|WakeStateTest|Mailbox.*Test|TimerWheelFuzzTest|StackTest|DirectMemoryIT|ConnectionProgramTest)'

# Adds to packages what is not installed here and is needed.
need_machines() {
  packages=
  need qemu-system-aarch64 qemu-system-arm
  need qemu-system-x86_64 qemu-system-x86
  need cpio cpio
  need dpkg-deb dpkg
  need apt-get apt
  [ -e /usr/lib/ipxe/qemu ] || packages="$packages ipxe-qemu"
  [ -r "$keyring" ] || packages="$packages debian-archive-keyring"
}

# apt-get or apt-cache as told, for architecture $1 and Debian's release $2.
apt_of() {
  apt_folder=$machines/apt/$1-$2
  apt_arch=$1
  tool=$3
  shift 3
  "$tool" -q -o Dir::Etc::sourcelist="$apt_folder/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::State::lists="$apt_folder/lists" -o Dir::State::status="$apt_folder/status" \
    -o Dir::Cache="$apt_folder/cache" -o APT::Architecture="$apt_arch" \
    -o APT::Architectures="$apt_arch" -o APT::Sandbox::User= "$@" </dev/null
}

# Reads the lists of release $2 for architecture $1.
apt_update() {
  apt_folder=$machines/apt/$1-$2
  mkdir -p "$apt_folder/lists/partial" "$apt_folder/cache/archives/partial"
  : >"$apt_folder/status"
  mirror=$(debian_mirror)
  echo "deb [signed-by=$keyring] $mirror $2 main" >"$apt_folder/sources.list"
  apt_of "$1" "$2" apt-get -o APT::Update::Error-Mode=any update >"$apt_folder/log" 2>&1 || {
    cat "$apt_folder/log" >&2
    echo "dev: Debian's $2 for $1 cannot be had" >&2
    return 1
  }
}

# Where this machine has its own packages from; POLLUX_DEBIAN names another place.
debian_mirror() {
  mirror=${POLLUX_DEBIAN:-$(apt-get indextargets --format '$(REPO_URI)' 2>/dev/null |
    grep -E '/debian/?$' | head -n 1)}
  [ -n "$mirror" ] || {
    echo "dev: apt has no Debian mirror here; POLLUX_DEBIAN=URL names one" >&2
    return 1
  }
  echo "$mirror"
}

# Fetches a JDK's run-time image, the C library and a shell for architecture $1, and packs them:
# the part of a machine that is the same each time, in $system.
machine_system() {
  parts="openjdk-25-jre-headless libc-bin busybox-static coreutils"
  system=$machines/$1/system-$(echo "$parts" | cksum | cut -d ' ' -f 1).cpio
  [ ! -e "$system" ] || return 0
  echo "fetching JDK 25 and the C library for $1 (Debian sid)…"
  folder=$machines/$1/system
  rm -rf "$folder" "$machines/$1"/system*.cpio
  mkdir -p "$folder"
  apt_update "$1" sid
  # shellcheck disable=SC2086
  apt_of "$1" sid apt-get -y --no-install-recommends --download-only install \
    $parts >"$machines/$1/log" 2>&1 || {
    tail -n 20 "$machines/$1/log" >&2
    return 1
  }
  for part in bin sbin lib lib64; do
    mkdir -p "$folder/usr/$part"
    ln -s "usr/$part" "$folder/$part"
  done
  for deb in "$machines/apt/$1-sid"/cache/archives/*.deb; do
    dpkg-deb -x "$deb" "$folder"
  done
  rm -rf "$folder"/usr/share/doc "$folder"/usr/share/man "$folder"/usr/share/locale
  ln -s "usr/lib/jvm/java-25-openjdk-$1" "$folder/jdk"
  mkdir -p "$folder/proc" "$folder/sys" "$folder/dev" "$folder/tmp"
  pack "$folder" "$system"
  rm -rf "$folder" "$machines/apt/$1-sid/cache/archives"
}

# Packs folder $1 into $2, a cpio archive as the kernel reads it, whole or not at all.
pack() {
  (cd "$1" && find . | cpio -o -H newc -R 0:0 --quiet) >"$2.new"
  mv "$2.new" "$2"
}

# Fetches the newest kernel $3 (the end of a package's name) of Debian's release $2 for architecture
# $1, into $kernel.
machine_kernel() {
  kernel=$machines/$1/$2-$3
  [ ! -e "$kernel" ] || return 0
  apt_update "$1" "$2"
  names=$(apt_of "$1" "$2" apt-cache depends --recurse --no-recommends --no-suggests \
    --no-conflicts --no-breaks --no-replaces --no-enhances "linux-image-$3" |
    grep -E '^linux-(image|binary)-[0-9]' | sort -u)
  echo "fetching" $names "($1, Debian $2)…"
  work_in "kernel-$1-$2-$3"
  # shellcheck disable=SC2086
  (cd "$work" && apt_of "$1" "$2" apt-get download $names >log 2>&1) || {
    cat "$work/log" >&2
    return 1
  }
  for deb in "$work"/*.deb; do
    dpkg-deb -x "$deb" "$work/unpacked"
  done
  mkdir -p "$machines/$1"
  find "$work/unpacked" -type f -name 'vmlinuz*' -exec cp {} "$kernel.new" \;
  mv "$kernel.new" "$kernel"
}

# JUnit's console, in $console.
junit_console() {
  console=$machines/junit-platform-console-standalone-$console_version.jar
  if [ ! -e "$console" ]; then
    maven -q -N org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy \
      -Dartifact="org.junit.platform:junit-platform-console-standalone:$console_version" \
      -DoutputDirectory="$machines/new"
    mv "$machines/new/${console##*/}" "$console"
  fi
  [ "$(sha256_of "$console")" = "$console_sha256" ] || {
    rm "$console"
    echo "dev: that is not JUnit's console $console_version" >&2
    return 1
  }
}

# Compiles the modules with their tests, and packs them, and the script $1 that runs there, into
# $tests. The folders are as here: some tests read documents.
machine_tests() {
  echo 'compiling the tests…'
  lock
  maven_shown "$root/target/machine-build.log" -pl pollux-cli -am -DskipTests package
  junit_console
  work_in tests
  mkdir -p "$work/pollux"
  cp "$1" "$work/pollux/run"
  cp "$console" "$work/pollux/junit.jar"
  cp "$root/etc/machine-init.sh" "$work/init"
  chmod 755 "$work/init"
  cp -R "$root/docs" "$root/README.md" "$root/pollux-cli/target/app" "$work/pollux/"
  for module in sys kqueue poll model loop net lab; do
    mkdir -p "$work/pollux/pollux-$module/target"
    cp -R "$root/pollux-$module/src" "$work/pollux/pollux-$module/"
    for part in classes test-classes; do
      cp -R "$root/pollux-$module/target/$part" "$work/pollux/pollux-$module/target/"
    done
  done
  mkdir "$work/pollux/pollux-bench" # which a guide quotes
  cp -R "$root/pollux-bench/src" "$work/pollux/pollux-bench/"
  unlock
  tests=$machines/tests.cpio
  pack "$work" "$tests"
}

# Prints a script for the machine: doctor, then the tests of each module named.
test_script() {
  cat <<END
cd /pollux
java="/jdk/bin/java $(sed -n 's/.*<pollux.tests.jvm>\(.*\)<.*/\1/p' "$root/pom.xml")"
status=0
classes=
for module in sys kqueue poll model loop net lab; do
  classes=\$classes:/pollux/pollux-\$module/target/classes
done
\$java -version 2>&1 | sed -n '2s/^/machine: /p'
NO_COLOR=1 \$java -cp "app/*" dev.pollux.cli.Main doctor </dev/null || status=1
for module in $*; do
  echo "machine: tests of \$module"
  cd /pollux/pollux-\$module
  \$java -Dpollux.tests.native=true -Dpollux.tests.deadline=100 \\
    -cp "/pollux/junit.jar:target/test-classes\$classes" \\
    org.junit.platform.console.ConsoleLauncher execute --scan-class-path target/test-classes \\
    --include-classname '.*(Test|IT)' --exclude-classname '$left_out' \\
    --details testfeed --disable-banner --disable-ansi-colors --fail-if-no-tests \\
    --config junit.jupiter.execution.timeout.mode=disabled || status=1
done
END
}

# Prints what a script goes on with: the fuzzer, for $1 seconds.
fuzz_script() {
  cat <<END
cd /pollux
echo 'machine: the fuzzer, $1 seconds'
\$java -cp "\${classes#:}" dev.pollux.lab.fuzz.FuzzMain --seconds $1 --seed 1 || status=1
END
}

# Starts a machine of architecture $1 with $kernel, $system and $tests, and follows it to its end,
# which is after $2 minutes at the latest. All that it says is in file $3.
boot() {
  case $1 in
    arm64) set -- "$@" ttyAMA0 qemu-system-aarch64 -M virt -cpu max,pauth-impdef=on ;;
    amd64) set -- "$@" ttyS0 qemu-system-x86_64 -M pc -cpu max ;;
  esac
  minutes=$2 machine_log=$3 console_device=$4
  shift 4
  initrd=$machines/initrd
  cat "$system" "$tests" >"$initrd"
  nice timeout --foreground "${minutes}m" "$@" -accel tcg,thread=multi -smp 2 -m 4096 -nographic -no-reboot \
    -nic none -kernel "$kernel" -initrd "$initrd" \
    -append "console=$console_device panic=-1 loglevel=1" </dev/null 2>&1 |
    sed -u 's/\x1b\[[0-9;?]*[A-Za-z]//g; s/\x1bc//g; s/\r//g' | tee "$machine_log" | follow_machine
  rm "$initrd"
  machine_summary
}

# Reads what a machine prints, and prints what a person wants to see of it.
follow_machine() {
  find_columns
  module='' place='' class='' tests=0 failed=0 shows=0
  while IFS= read -r line; do
    case $line in
      'machine: tests of '*) module=${line##* } class='' shows=0 && say "$line" ;;
      'machine: '* | '  FAIL '* | 'Everything works.' | 'FAILED checks: '*) say "$line" ;;
      '  1  '*) shows=1 && say "$line" ;; # a difference
      'seed '*) shows=0 && say "$line" ;;
      'older kernels: '*) say "$line" ;;
      *' :: STARTED') class=${line#* > } class=${class%% > *} shows=0 ;;
      *' :: SUCCESSFUL') tests=$((tests + 1)) shows=0 ;;
      *' :: FAILED') tests=$((tests + 1)) failed=$((failed + 1)) shows=1 && say "$line" ;;
      *) [ "$shows" = 0 ] || say "$line" ;;
    esac
    show
  done
  [ "$columns" = 0 ] || printf '\r\033[K' >&2
}

# Adds up what $machine_log says, and prints it. Fails if a test failed or was skipped, if none ran,
# or if the machine did not come to its end.
machine_summary() {
  awk -v left_out="${left_out#.*\[.\]}" '
    /^machine: tests of / { module = $4; modules[++count] = module }
    /^\[ +[0-9]+ tests successful/ { passed[module] = $2 }
    /^\[ +[0-9]+ tests failed/ { failed[module] = $2 }
    /^\[ +[0-9]+ tests (skipped|aborted)/ { skipped[module] += $2 }
    /^machine: ended with / { ended = 1; status = $4 }
    END {
      for (i = 1; i <= count; i++) {
        module = modules[i]
        printf "%s: ", module
        if (module in passed) printf "%d passed, %d failed, %d skipped\n",
          passed[module], failed[module], skipped[module]
        else print "did not come to its end"
        all += passed[module]; bad += failed[module]; not += skipped[module]
        if (!(module in passed)) broken = 1
      }
      if (!ended) print "the machine did not come to its end in time"
      print "left out: what runs on the model kernel, and " left_out
      printf "%d passed, %d failed\n", all, bad
      exit !ended || status != 0 || bad > 0 || not > 0 || all == 0 || broken
    }' "$machine_log" || {
    echo "The whole of it is in $machine_log"
    return 1
  }
}

# ./dev arm64: the tests of all modules, or those named, on a kernel and a JDK of arm64.
arm64() {
  kernel_name=cloud-arm64
  case "${1:-} ${2:-}" in
    '--kernel 16k') kernel_name=arm64-16k && shift 2 ;;
    -*) echo "dev: arm64 takes --kernel 16k, and modules: sys loop poll net" >&2 && exit 2 ;;
  esac
  for module in "$@"; do
    case $module in
      sys | loop | poll | net) ;;
      *) echo "dev: arm64 has no tests of '$module'; there are sys loop poll net" >&2 && exit 2 ;;
    esac
  done
  prepare_machines
  [ $# -gt 0 ] || set -- sys loop poll net
  { test_script "$@" && echo 'exit $status'; } >"$machines/run"
  machine_tests "$machines/run"
  machine_system arm64
  machine_kernel arm64 sid "$kernel_name"
  boot arm64 120 "$machines/$kernel_name.log"
}

# ./dev kernels: tests and fuzzer on the kernels of Debian's releases, the oldest that can be had
# and the newest if none is named.
kernels() {
  [ $# -gt 0 ] || set -- bullseye sid
  prepare_machines
  { test_script sys kqueue poll && fuzz_script 60 && echo 'exit $status'; } >"$machines/run"
  machine_tests "$machines/run"
  machine_system amd64
  all_passed=yes
  for suite in "$@"; do
    machine_kernel amd64 "$suite" cloud-amd64
    boot amd64 60 "$machines/$suite.log" || all_passed=
  done
  [ -n "$all_passed" ]
}

# Says which tools are missing, and ends; or goes on.
prepare_machines() {
  find_jdk
  need_maven
  need_machines
  [ -z "$packages" ] || {
    echo "dev: missing:$packages (Debian's names); ./dev setup --machines installs them" >&2
    exit 2
  }
  mkdir -p "$machines"
}
