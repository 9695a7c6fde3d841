package dev.pollux.examples.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.pollux.examples.Program;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The page of the chat, in two windows of a real browser, and events in a third. */
class BrowserIT {

  private static final Path DRIVER = Path.of("../target/browser/node_modules/playwright-core");

  @TestFactory
  Stream<DynamicTest> pages() {
    if (!Tools.areInstalled("chromium", "node")) {
      return Stream.of(dynamicTest("not run: " + Tools.missing("chromium", "node"), () -> {}));
    }
    if (!Files.isDirectory(DRIVER)) {
      String why = "playwright-core is not installed: ./dev setup --all";
      return Stream.of(dynamicTest("not run: " + why, () -> {}));
    }
    return Stream.of(dynamicTest("pages_talkToEachOther", BrowserIT::drive));
  }

  private static void drive() throws Exception {
    try (Program chat = new Program(ChatOverWebSocket.class);
        Program ticks = new Program(Sse.class)) {
      assertEquals("ok\n", run(String.valueOf(chat.port()), String.valueOf(ticks.port())));
    }
  }

  /** What the script says; each of its waits has a limit of its own. */
  private static String run(String... ports) throws IOException, InterruptedException {
    Path script = Path.of("src/test/browser/chat.mjs");
    ProcessBuilder builder =
        new ProcessBuilder(new java.util.ArrayList<>(List.of("node", script.toString())));
    builder.command().addAll(List.of(ports));
    builder.command().add(DRIVER.toRealPath().toString());
    Process node = builder.redirectErrorStream(true).start();
    try {
      String said = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(node.waitFor(WebIT.LIMIT.toSeconds(), TimeUnit.SECONDS), "node does not end");
      return said;
    } finally {
      node.descendants().forEach(ProcessHandle::destroyForcibly);
      node.destroyForcibly();
    }
  }
}
