package dev.pollux.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Rules on scripts, which run with the tools of Linux, macOS and FreeBSD, and any POSIX shell. */
final class ShellRules {

  /** What works with Debian's packages, and says so where there is no apt-get. */
  private static final Set<String> DEBIAN =
      Set.of("etc/jtreg.sh", "etc/machine.sh", "etc/machine-init.sh");

  private static final String BASIC = "take -E: in basic patterns it is GNU's";

  private static final List<Ban> BANS =
      List.of(
          // One reads them where it can, and follows links itself elsewhere.
          ban("readlink +-\\w*f", "follow the link: older macOS has no -f")
              .except(p -> p.equals("etc/find-jdk.sh")),
          ban("sed +(-\\w+ +)*-\\w*[iuz]", "write another file, and move it"),
          ban("sed (?!-\\w*E).*\\\\[+?|]", BASIC),
          ban("grep (?!-\\w*E).*\\\\[+?|]", BASIC),
          ban("sed .*\\\\[nrtx]", "take awk: BSD's sed knows no such escapes"),
          ban("grep +(-\\w+ +)*-\\w*P", "take -E"),
          ban("find .*-(printf|quit)", "print all, and ask whether there is any"),
          ban("xargs [^|]*-\\w*r", "take find's -exec … {} +"),
          ban("stat +(-\\w*c|--)", "take wc -c, or find"),
          ban("date +(-\\w*d|--|.*%N)", "do without: BSD's date has other options"),
          program("sha\\d+sum", "take sha256_of").except(p -> p.equals("etc/package.sh")),
          program("nproc", "take getconf _NPROCESSORS_ONLN"),
          program("timeout", "give the program a limit of its own"),
          program("flock", "take lock").except(p -> p.equals("etc/build.sh")),
          program("tac", "take sed '1!G;h;$!d'"),
          ban("sort [^|]*-\\w*V", "sort numbers by -n and -k"),
          ban("head +(-\\w+ +)*-[nc] *-", "take sed '$d'"),
          ban("ln +(-\\w+ +)*-\\w*r", "say the path as it is seen from the link"),
          ban("mktemp +(-\\w+ +)*(-\\w*[pt]|--)", "take -d and a whole path with XXXXXX"),
          ban("base64 +-\\w*w", "take tr -d"),
          ban("tar .*--(wildcards|ignore-failed-read|transform|sort|mtime|owner|group)", "ask tar"),
          ban("(cat|chmod|cp|cut|head|ls|mkdir|mv|rm|tail|touch|wc) +(-\\w+ +)*--\\w", "say -x"),
          ban("echo +-[ne]", "take printf: macOS's sh prints the option"),
          anywhere("/proc/", "ask the program: only Linux has it"),
          // bash 3.2, which is macOS's sh, takes the first byte of what follows for the name's.
          anywhere("\\$[A-Za-z_]\\w*[^\\x00-\\x7f]", "write ${name}"));

  private ShellRules() {}

  /** No script has what only GNU's tools, or only Linux, understand. */
  static List<String> portable(SourceTree tree) {
    List<String> problems = new ArrayList<>();
    for (SourceFile file : tree.files()) {
      if (!isScript(file) || DEBIAN.contains(file.path())) {
        continue;
      }
      List<String> lines = file.lines();
      for (int i = 0; i < lines.size(); i++) {
        String line = lines.get(i);
        for (Ban ban : BANS) {
          if (!line.stripLeading().startsWith("#")
              && ban.code.matcher(line).find()
              && !ban.excepted.test(file.path())) {
            problems.add(file.problem(i + 1, "not in every system; " + ban.instead));
          }
        }
      }
    }
    return problems;
  }

  private static boolean isScript(SourceFile file) {
    return file.text().startsWith("#!/bin/sh\n") || file.path().matches("etc/[^/]+\\.sh");
  }

  private static Ban program(String name, String instead) {
    return ban(name + "(?![\\w=])", instead);
  }

  /** Where a command may begin. */
  private static Ban ban(String command, String instead) {
    String before = "(?:^ *|[;&|({!] *|\\b(?:if|then|else|do|nice|while|until) +| -v +)";
    return anywhere(before + command, instead);
  }

  private static Ban anywhere(String code, String instead) {
    return new Ban(Pattern.compile(code), instead, _ -> false);
  }

  private record Ban(Pattern code, String instead, Predicate<String> excepted) {
    Ban except(Predicate<String> paths) {
      return new Ban(code, instead, paths);
    }
  }
}
