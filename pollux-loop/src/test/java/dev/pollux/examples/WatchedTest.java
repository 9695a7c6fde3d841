package dev.pollux.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class WatchedTest {

  @Test
  void document_program_isTheOneCompiledHere() throws IOException {
    String program =
        Files.readString(Path.of("src/test/java/dev/pollux/examples/Watched.java"))
            .replaceFirst("(?s).*?(?=import dev)", "");
    assertTrue(
        Files.readString(Path.of("../docs/observing.md")).contains(program.strip()),
        "docs/observing.md does not show Watched.java as it is");
  }

  @Test
  void program_whoseTaskBlocks_isWarnedOfIt() throws Exception {
    List<String> lines = new CopyOnWriteArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            lines.add(line.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger("dev.pollux.loop");
    logger.addHandler(handler);
    try {
      Watched.main(new String[0]);
    } finally {
      logger.removeHandler(handler);
    }
    assertTrue(lines.getFirst().startsWith("loop-0 (epoll) has been in "), lines::toString);
  }
}
