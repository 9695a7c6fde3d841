package dev.pollux.lint;

import static dev.pollux.lint.Snippets.assertFails;
import static dev.pollux.lint.Snippets.assertPasses;
import static dev.pollux.lint.Snippets.tree;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellRulesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "self=$(readlink -f \"$0\")",
        "sed -i s/a/b/ file",
        "sed -n -u p",
        "cat a | sed 's/a\\+/b/'",
        "grep -q '^a\\|b' file",
        "sed 's/a/\\r\\n/'",
        "grep -oP 'a(?=b)' file",
        "find . -name x -print -quit",
        "x=$(find . -printf '%p')",
        "find . | xargs -0r rm",
        "stat -c %s file",
        "now=$(date +%s%N)",
        "date -d yesterday",
        "sha256sum file",
        "jobs=$(nproc)",
        "if timeout 5 true; then",
        "nice timeout 5 true",
        "command -v flock >/dev/null",
        "ls | sort -rV",
        "head -n -1 file",
        "ln -sr a b",
        "mktemp -d -p /tmp",
        "tar -xf a --wildcards '*/b'",
        "cp --parents a b",
        "echo -n a",
        "cat /proc/cpuinfo",
        "echo \"building $what…\"",
      })
  void script_withWhatOneSystemHas_isReported(String line) {
    String text = "#!/bin/sh\n# sed -i stands in a comment\n" + line + "\n";
    assertFails(ShellRules::portable, tree("dev", text), "dev:3: not in every system; ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "link=$(readlink \"$self\")",
        "sed -n 's/^a\\(.*\\)$/\\1/p' file",
        "grep -Eq '^a|\\|$' file",
        "[ -n \"$(find . -newer x)\" ]",
        "maven -q -Dtimeout=3 -n --update",
        "echo \"no timeout, no flock\"",
        "mktemp -d \"${TMPDIR:-/tmp}/a.XXXXXX\"",
        "echo \"building ${what}…\"",
      })
  void script_withWhatAllHave_passes(String line) {
    assertPasses(ShellRules::portable, tree("etc/x.sh", line + "\n"));
  }

  @Test
  void scripts_ofDebian_andOtherFiles_areFree() {
    assertPasses(ShellRules::portable, tree("etc/machine.sh", "nproc\n"));
    assertPasses(ShellRules::portable, tree(".ci/run", "#!/usr/bin/env bash\nnproc\n"));
    assertPasses(ShellRules::portable, tree("docs/x.md", "nproc\n"));
  }
}
