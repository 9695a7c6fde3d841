package dev.pollux.cli.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.pollux.cli.Command;
import dev.pollux.sys.Epoll;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code pollux inspect} as a process, looking at this one. */
class InspectCommandIT {

  private final Sys sys = NativeSys.open();
  private final String own = Long.toString(ProcessHandle.current().pid());
  private Epoll epoll;
  private int[] pair;
  private int copy = -1;

  @BeforeEach
  void open() throws Exception {
    epoll = Epoll.create(sys);
    pair = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
    epoll.add(pair[0], Linux.EPOLLIN | Linux.EPOLLET, 0xabc);
  }

  @AfterEach
  void close() {
    int _ = sys.close(copy >= 0 ? copy : pair[0]);
    int _ = sys.close(pair[1]);
    epoll.close();
  }

  private void makeAnOrphan() {
    copy = sys.fcntl(pair[0], Linux.F_DUPFD_CLOEXEC, 0);
    assertEquals(0, sys.close(pair[0]));
  }

  private static void assertContains(String text, String part) {
    assertTrue(text.contains(part), () -> "no '" + part + "' in:\n" + text);
  }

  @Test
  void inspect_ofAnOrphan_saysWhatIsWrongAndExitsWith1() throws Exception {
    makeAnOrphan();
    try (Command inspect = new Command("inspect", own)) {
      String text = inspect.rest();
      assertEquals(1, inspect.exitCode(), text);
      assertContains(text, "process " + own + ":");
      assertContains(text, "possible  fd " + pair[0] + " in epoll " + epoll.fd() + ": an item");
      assertContains(text, "See docs/inspect.md#orphan");
      assertFalse(text.lines().anyMatch(line -> line.length() > 80), text);
      assertFalse(text.contains("\u001b"), "colours in a pipe");
    }
  }

  @Test
  void inspect_all_showsHealthyItems() throws Exception {
    try (Command inspect = new Command("inspect", own, "--all", "--deep")) {
      String text = inspect.rest();
      assertContains(text, "epoll " + epoll.fd() + ": 1 item, nothing is ready");
      assertContains(text, "fd " + pair[0]);
      assertContains(text, "data 0xabc");
    }
  }

  @Test
  void inspect_ofNestedInstances_showsATree() throws Exception {
    try (Epoll outer = Epoll.create(sys)) {
      outer.add(epoll.fd(), Linux.EPOLLIN, 0);
      try (Command inspect = new Command("inspect", own)) {
        String text = inspect.rest();
        int above = text.indexOf("\nepoll " + outer.fd() + ": 1 item");
        int below = text.indexOf("\n      epoll " + epoll.fd() + ": 1 item");
        assertTrue(above >= 0 && below > above, text);
        assertFalse(text.contains("\nepoll " + epoll.fd() + ":"), "it stands there once: " + text);
      }
    }
  }

  @Test
  void inspect_json_isADocumentWithAVersion() throws Exception {
    makeAnOrphan();
    try (Command inspect = new Command("inspect", "--json", own)) {
      String text = inspect.rest();
      assertEquals(1, inspect.exitCode(), text);
      JsonObject report = JsonParser.parseString(text).getAsJsonObject();
      assertEquals(1, report.get("version").getAsInt());
      assertEquals(own, report.get("pid").getAsString());
      assertTrue(report.getAsJsonArray("threads").size() > 1);
      assertTrue(hasOrphan(report.getAsJsonArray("findings")), text);
    }
  }

  private static boolean hasOrphan(JsonArray findings) {
    for (JsonElement each : findings) {
      JsonObject finding = each.getAsJsonObject();
      if (finding.get("disease").getAsString().equals("orphan")
          && finding.get("confidence").getAsString().equals("possible")) {
        return true;
      }
    }
    return false;
  }

  @Test
  void inspect_explain_tellsTheStoryOfTheItem() throws Exception {
    makeAnOrphan();
    String fd = Integer.toString(pair[0]);
    try (Command inspect = new Command("inspect", own, "--explain", fd)) {
      String text = inspect.rest();
      assertEquals(1, inspect.exitCode(), text);
      assertContains(
          text, "What is wrong (possible): an item whose descriptor was closed lives on");
      assertContains(text, "close fd" + fd);
      assertContains(text, "as expected");
    }
    try (Command inspect = new Command("inspect", own, "--explain", "99999")) {
      assertEquals("", inspect.rest());
      assertEquals(3, inspect.exitCode());
      assertContains(inspect.errors(), "fd 99999 is in no epoll instance of process " + own);
    }
  }

  @Test
  void inspect_explainAsJson_isWrongUsage() throws Exception {
    try (Command inspect = new Command("inspect", own, "--json", "--explain", "5")) {
      assertEquals("", inspect.rest());
      assertEquals(64, inspect.exitCode());
      assertContains(inspect.errors(), "it does not go with --json");
    }
  }

  @Test
  void inspect_withoutPid_listsWhoWaits() throws Exception {
    try (Command inspect = new Command("inspect")) {
      String text = inspect.rest();
      assertEquals(0, inspect.exitCode(), text);
      assertTrue(text.lines().anyMatch(line -> line.strip().startsWith(own + " ")), text);
    }
    try (Command inspect = new Command("inspect", "--json")) {
      JsonObject list = JsonParser.parseString(inspect.rest()).getAsJsonObject();
      assertFalse(list.getAsJsonArray("processes").isEmpty());
    }
  }

  @Test
  void inspect_watch_looksAgainUntilNobodyReads() throws Exception {
    try (Command inspect = new Command("inspect", own, "--watch", "1")) {
      String first = inspect.line();
      assertContains(first, "process " + own + ":");
      String line = inspect.line();
      while (!line.equals(first.substring(0, 5)) && !line.contains("process " + own + ":")) {
        line = inspect.line();
      }
    }
  }

  @Test
  void badInput_isOneLine_withItsExitCode() throws Exception {
    expect(3, "there is no process 999999999", "inspect", "999999999");
    expect(64, "which process?", "inspect", "--deep");
    expect(64, "--watch takes a number of seconds above 0", "inspect", own, "--watch", "0");
    expect(64, "it takes a whole number", "inspect", "nginx");
    expect(64, "--dep", "inspect", own, "--dep");
  }

  private static void expect(int code, String message, String... words) throws Exception {
    try (Command inspect = new Command(words)) {
      assertEquals("", inspect.rest());
      assertEquals(code, inspect.exitCode());
      String errors = inspect.errors();
      assertContains(errors, message);
      assertEquals(1, errors.lines().count(), errors);
    }
  }
}
