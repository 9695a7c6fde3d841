package dev.pollux.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** {@code pollux echo} as a process, and more peers than it has room for. */
class HostilePeersIT {

  private static final int MANY = 10_000;
  private static final int PATIENCE_MILLIS = 30_000;

  /** So many connect at once: what the backlog cannot hold is dropped, and tried again for long. */
  private static final int WAVE = 1_000;

  /** What the virtual machines have open besides. */
  private static final int SPARE_DESCRIPTORS = 500;

  /** Few, but enough for a virtual machine to start with. */
  private static final int FEW_DESCRIPTORS = 96;

  @TempDir Path directory;
  private final Sys sys = NativeSys.open();

  @TestFactory
  Stream<DynamicTest> connections_openedAndResetAtOnce_leaveNothing() throws IOException {
    int count = Math.min(MANY, descriptorLimit() - SPARE_DESCRIPTORS);
    String reason = count == MANY ? "" : ", as many as the limit of descriptors allows";
    return Stream.of("level", "edge")
        .map(trigger ->
            DynamicTest.dynamicTest(
                count + " connections" + reason + " [" + trigger + "]",
                () -> openAndReset(trigger, count)));
  }

  private void openAndReset(String trigger, int count) throws Exception {
    try (Command server =
        quietEcho("--trigger", trigger, "--backlog", Integer.toString(2 * WAVE))) {
      int port = server.listeningPort();
      int before = ServerProcess.sockets(server);
      try (Socket good = connect(port)) {
        List<Integer> fds = new ArrayList<>();
        try {
          InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
          while (fds.size() < count) {
            int wave = Math.min(WAVE, count - fds.size());
            for (int i = 0; i < wave; i++) {
              fds.add(Sockets.connecting(sys, address));
            }
            assertEquals("still", ask(good, "still"));
            ServerProcess.awaitSockets(server, before + 1 + fds.size());
          }
          assertEquals("there", ask(good, "there"));
        } finally {
          resetAll(fds);
        }
        ServerProcess.awaitSockets(server, before + 1);
        assertEquals("after", ask(good, "after"));
      }
      stopsInOrder(server);
    }
  }

  @Test
  void descriptors_exhausted_othersAreServed_andFreed_allAre() throws Exception {
    String[] limited = {"sh", "-c", "ulimit -n " + FEW_DESCRIPTORS + "; exec \"$@\"", "sh"};
    String[] fromJar = {"-cp", jar() + File.pathSeparator + System.getProperty("java.class.path")};
    try (Command server = Command.under(limited, fromJar, "echo", "--port", "0")) {
      int port = server.listeningPort();
      int before = ServerProcess.sockets(server);
      CompletableFuture<String> log = drain(server);
      List<Socket> kept = new ArrayList<>();
      int refused = 0;
      try {
        while (refused < 3) {
          Socket socket = connect(port);
          kept.add(socket);
          refused += isServed(socket) ? 0 : 1;
          assertTrue(kept.size() <= FEW_DESCRIPTORS + 3, "the limit has no effect");
        }
        assertTrue(isServed(kept.getFirst()), "one that was there before");
      } finally {
        for (Socket each : kept) {
          each.close();
        }
      }
      ServerProcess.awaitSockets(server, before);
      try (Socket later = connect(port)) {
        assertTrue(isServed(later), "after the descriptors were freed");
      }
      server.signal("TERM");
      assertEquals(0, server.exitCode());
      assertEquals("", server.errors());
      String text = log.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      assertTrue(text.contains("cannot accept: EMFILE"), text);
    }
  }

  /**
   * The directories of the class path in one jar, as a program is shipped: an open jar needs no
   * more descriptors, and a class in a directory cannot be loaded without one.
   */
  private Path jar() throws IOException {
    Path jar = directory.resolve("classes.jar");
    Set<String> names = new HashSet<>();
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
        Path root = Path.of(entry);
        if (Files.isDirectory(root)) {
          addTree(root, names, out);
        }
      }
    }
    return jar;
  }

  private static void addTree(Path root, Set<String> names, JarOutputStream out)
      throws IOException {
    try (Stream<Path> tree = Files.walk(root)) {
      for (Path file : tree.filter(Files::isRegularFile).toList()) {
        String name = root.relativize(file).toString();
        if (names.add(name)) {
          out.putNextEntry(new JarEntry(name));
          out.write(Files.readAllBytes(file));
        }
      }
    }
  }

  /** Reads the log so that the server is not held up by it; complete once the server has ended. */
  private static CompletableFuture<String> drain(Command server) {
    CompletableFuture<String> log = new CompletableFuture<>();
    Thread _ =
        Thread.ofVirtual()
            .start(() -> {
              try {
                log.complete(server.rest());
              } catch (IOException e) {
                log.completeExceptionally(e);
              }
            });
    return log;
  }

  private static Command quietEcho(String... more) throws IOException {
    List<String> line = new ArrayList<>(List.of("echo", "--port", "0", "--quiet"));
    line.addAll(List.of(more));
    return new Command(line.toArray(new String[0]));
  }

  private static void stopsInOrder(Command server) throws Exception {
    server.signal("TERM");
    assertEquals(0, server.exitCode());
    assertEquals("", server.errors());
  }

  private void resetAll(List<Integer> fds) throws SysException {
    for (int fd : fds) {
      Sockets.linger(sys, fd, 0);
    }
    for (int fd : fds) {
      int _ = sys.close(fd);
    }
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  private static boolean isServed(Socket socket) throws IOException {
    try {
      return ask(socket, "ping").equals("ping");
    } catch (SocketException _) {
      return false;
    }
  }

  private static String ask(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    return new String(socket.getInputStream().readNBytes(text.length()), ISO_8859_1);
  }

  /** Of this process, which is that of its children. */
  private static int descriptorLimit() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/limits"))) {
      String line =
          lines.filter(each -> each.startsWith("Max open files")).findFirst().orElseThrow();
      String soft = line.substring("Max open files".length()).strip().split(" +", -1)[0];
      return soft.equals("unlimited") ? Integer.MAX_VALUE : Integer.parseInt(soft);
    }
  }
}
