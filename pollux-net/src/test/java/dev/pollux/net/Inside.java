package dev.pollux.net;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.TimerWheel;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Field;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLEngine;

/** Looks at what tests must see and programs need not. */
final class Inside {

  private static final int POLL_MILLIS = 20;

  private Inside() {}

  /** How many timers a loop has. */
  static int timerCount(EventLoop loop) {
    return ((TimerWheel) field(field(loop, "timers"), "wheel")).size();
  }

  /** How many handlers asked to be closed and were not called yet. */
  static int closeCount(EventLoop loop) {
    return (Integer) field(field(loop, "closes"), "size");
  }

  /** Sockets, pipes, events; files are the virtual machine's affair. */
  static Map<Integer, String> openDescriptors() {
    Map<Integer, String> open = new TreeMap<>();
    try (DirectoryStream<Path> fds = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path fd : fds) {
        try {
          String target = Files.readSymbolicLink(fd).toString();
          if (!target.startsWith("/")) {
            open.put(Integer.valueOf(fd.getFileName().toString()), target);
          }
        } catch (NoSuchFileException _) {
          // the descriptor of the listing itself
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return open;
  }

  /** Waits a little for readiness; whether it is there. */
  static boolean poll(Sys sys, int fd, int bits) {
    // struct pollfd { int fd; short events; short revents; };
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment pollfd = arena.allocate(Linux.SIZEOF_POLLFD, 8);
      pollfd.set(JAVA_INT, 0, fd);
      pollfd.set(JAVA_SHORT, 4, (short) bits);
      return sys.poll(pollfd.address(), 1, POLL_MILLIS) > 0
          && (pollfd.get(JAVA_SHORT, 6) & bits) != 0;
    }
  }

  /** The descriptor that a server on one loop listens with. */
  static int listenerFd(Server server) {
    Object member = ((List<?>) field(server, "members")).getFirst();
    return (Integer) field(field(member, "listener"), "fd");
  }

  /** What does TLS for a connection that has it. */
  static SSLEngine engine(Connection connection) {
    return ((TlsHandshake) field(connection.link().filter(), "handshake")).engine();
  }

  private static Object field(Object object, String name) {
    try {
      Field field = object.getClass().getDeclaredField(name);
      field.setAccessible(true);
      return field.get(object);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
