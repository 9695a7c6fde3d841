package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.kqueue.Kqueue;
import dev.pollux.loop.EventLoop;
import dev.pollux.poll.Poller;
import dev.pollux.sys.Sys;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody else's module has Pollux on its path, and nothing besides. */
class ForeignModuleTest {

  private static final String MODULE = "module foreign { requires dev.pollux.net; }";

  private static final String PROGRAM =
      """
      package foreign;
      import dev.pollux.loop.*;
      import dev.pollux.net.*;
      import dev.pollux.poll.*;
      public class Program implements ConnectionHandler {
        public void received(Connection connection, java.nio.ByteBuffer data) {
          Object mine = connection.attachment();
          Registration registration = null;
          Object attached = registration.attachment();
        }
      }
      """;

  @Test
  void module_ofSomebodyElse_compilesWithoutAWarning(@TempDir Path folder) throws Exception {
    Path sources = Files.createDirectories(folder.resolve("foreign"));
    Path module = Files.writeString(folder.resolve("module-info.java"), MODULE);
    Path program = Files.writeString(sources.resolve("Program.java"), PROGRAM);
    String path =
        Stream.of(Sys.class, Kqueue.class, Poller.class, EventLoop.class, Connection.class)
            .map(ForeignModuleTest::home)
            .collect(Collectors.joining(":"));
    assertEquals("", compile(folder, List.of("-p", path), List.of(module, program)));
  }

  private static String home(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What the compiler says. */
  private static String compile(Path out, List<String> options, List<Path> files)
      throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of("-d", out.toString(), "-Xlint:all", "-Werror"));
    StringWriter said = new StringWriter();
    try (var manager = compiler.getStandardFileManager(null, null, null)) {
      var units = manager.getJavaFileObjectsFromPaths(files);
      Boolean _ = compiler.getTask(said, manager, null, all, null, units).call();
    }
    return said.toString();
  }
}
