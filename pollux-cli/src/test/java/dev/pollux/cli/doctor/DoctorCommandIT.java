package dev.pollux.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.cli.Command;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code pollux doctor} as a process. */
class DoctorCommandIT {

  @Test
  void doctor_onThisMachine_namesItAndPassesEveryCheckOfEveryBackend() throws Exception {
    try (Command doctor = new Command("doctor")) {
      String report = doctor.rest();
      assertEquals(0, doctor.exitCode(), report);
      assertContains(report, "Linux " + firstLine("/proc/sys/kernel/osrelease"));
      assertContains(report, firstLine("/proc/sys/fs/epoll/max_user_watches") + " for each user");
      assertContains(report, System.getProperty("java.version"));
      assertContains(report, System.getProperty("os.arch"));
      for (String backend : new String[] {"\nepoll ", "\npoll ", "\nselect ", "\nkqueue "}) {
        assertContains(report, backend);
      }
      assertEquals(4 * 5, report.lines().filter(line -> line.startsWith("  pass  ")).count());
      assertFalse(report.contains("FAIL"), report);
    }
  }

  @Test
  void doctor_withoutEpoll_saysSoTestsTheOthersAndFails() throws Exception {
    try (Command doctor =
        Command.under(
            new String[] {
              "strace",
              "-f",
              "-qq",
              "-e",
              "signal=none",
              "-e",
              "trace=epoll_create1",
              "-e",
              "inject=epoll_create1:error=ENOSYS",
              "-o",
              "/dev/null"
            },
            "doctor")) {
      String report = doctor.rest();
      assertEquals(1, doctor.exitCode(), report);
      assertContains(report, "epoll   missing: epoll_create1(): ENOSYS (38)");
      assertEquals(2 * 5, report.lines().filter(line -> line.startsWith("  pass  ")).count());
      assertContains(report, "kqueue  missing: epoll_create1: ENOSYS (38)"); // it stands on it
      assertContains(report, "FAILED checks: 2");
    }
  }

  private static void assertContains(String report, String expected) {
    assertTrue(report.contains(expected), "no \"" + expected + "\" in:\n" + report);
  }

  private static String firstLine(String file) throws IOException {
    try (BufferedReader reader = Files.newBufferedReader(Path.of(file))) {
      return reader.readLine();
    }
  }
}
