package dev.pollux.poll;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.kqueue.Kevent;
import dev.pollux.kqueue.KqueueSys;
import dev.pollux.sys.KeventMemory;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A kernel that the contract runs on: its system calls, and what a test must see of its inside. */
interface Kernel {

  /** The kernel of this machine. */
  Kernel NATIVE = new Native();

  /** The same, with kqueue as its only facility that scales: what a Mac has. */
  Kernel SEAM = new Seam();

  /** The same, with no more than all systems with kqueue have. */
  Kernel POOR_SEAM = new PoorSeam();

  /** The system calls. */
  Sys sys();

  /** How display names call it. */
  String name();

  /** The path of a regular file that can be read. */
  String regularFile();

  /** Whether epoll waits for nanoseconds here: by its version, and not by asking it. */
  boolean hasEpollPwait2();

  /** The descriptors that are open and could have been leaked by a poller, each with its kind. */
  SortedMap<Integer, String> openDescriptors();

  /** What {@link #awaitBlocked} needs to know; called by the thread that is going to wait. */
  Object currentThread();

  /** Returns when the thread sleeps in a system call, or fails after the deadline. */
  void awaitBlocked(Object thread, Deadline deadline);

  /** The running Linux. */
  class Native implements Kernel {

    private static final Path RELEASE = Path.of("/proc/sys/kernel/osrelease");
    private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)");
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    @Override
    public Sys sys() {
      return NativeSys.open();
    }

    @Override
    public String name() {
      return "native";
    }

    @Override
    public String regularFile() {
      return System.getProperty("java.home") + "/release";
    }

    /** Since Linux 5.11. */
    @Override
    public boolean hasEpollPwait2() {
      try {
        Matcher release = VERSION.matcher(Files.readString(RELEASE));
        assertTrue(release.lookingAt());
        int major = Integer.parseInt(release.group(1));
        return major > 5 || (major == 5 && Integer.parseInt(release.group(2)) >= 11);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Files are the JVM's affair: it opens jars when it pleases. */
    @Override
    public SortedMap<Integer, String> openDescriptors() {
      SortedMap<Integer, String> open = new TreeMap<>();
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(DESCRIPTORS)) {
        for (Path entry : entries) {
          String target = target(entry);
          if (!target.startsWith("/")) {
            open.put(Integer.valueOf(entry.getFileName().toString()), target);
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return open;
    }

    private static String target(Path entry) {
      try {
        return Files.readSymbolicLink(entry).toString();
      } catch (IOException e) {
        return "/gone meanwhile";
      }
    }

    @Override
    public Object currentThread() {
      try {
        return Path.of("/proc/thread-self").toRealPath();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Sleeping is state S of proc_pid_stat(5), the field after the name in parentheses. */
    @Override
    public void awaitBlocked(Object thread, Deadline deadline) {
      Path stat = ((Path) thread).resolve("stat");
      deadline.await(() -> {
        try {
          String line = Files.readString(stat);
          return line.charAt(line.lastIndexOf(')') + 2) == 'S';
        } catch (IOException e) {
          return true; // the thread has ended; whoever asked will see what came of it
        }
      });
    }
  }

  /** {@code kqueue} and {@code kevent} as system calls of the running Linux. */
  final class Seam extends Native {

    /** Linux's own kinds of descriptors are there to be watched, and its epoll is not. */
    private final Sys sys =
        with(NativeSys.open(), Set.of("eventfd", "timerfd", "pidfd", "signalfd"));

    private static Sys with(Sys linux, Set<String> kinds) {
      Sys kqueue = KqueueSys.leavingErrors(linux);
      return (Sys)
          Proxy.newProxyInstance(
              Kernel.class.getClassLoader(),
              new Class<?>[] {Sys.class},
              (_, method, arguments) -> {
                boolean isOfLinux = kinds.stream().anyMatch(method.getName()::startsWith);
                return method.invoke(isOfLinux ? linux : kqueue, arguments);
              });
    }

    @Override
    public Sys sys() {
      return sys;
    }

    @Override
    public String name() {
      return "seam";
    }
  }

  /** Nothing that a program triggers, no priority, and a file at its end is not ready. */
  final class PoorSeam extends Native {

    private static final int NO_FILTER = 77;

    private final Sys sys = of(Kernel.SEAM.sys());

    private static Sys of(Sys kqueue) {
      return (Sys)
          Proxy.newProxyInstance(
              Kernel.class.getClassLoader(),
              new Class<?>[] {Sys.class},
              (_, method, a) -> {
                if (method.getName().equals("kevent")) {
                  reduce(KeventMemory.at((long) a[1], (int) a[2]), (int) a[2]);
                }
                return method.invoke(kqueue, a);
              });
    }

    private static void reduce(KeventMemory changes, int count) {
      for (int i = 0; i < count; i++) {
        int filter = changes.filter(i);
        boolean isRefused = filter == Kevent.EVFILT_USER || filter == Kevent.EVFILT_EXCEPT;
        boolean isRead = filter == Kevent.EVFILT_READ;
        changes.set(
            i,
            changes.ident(i),
            isRefused ? NO_FILTER : filter,
            changes.flags(i),
            changes.fflags(i) & (isRead ? ~Kevent.NOTE_FILE_POLL : -1),
            changes.data(i),
            changes.udata(i));
      }
    }

    @Override
    public Sys sys() {
      return sys;
    }

    @Override
    public String name() {
      return "seam of the least";
    }
  }
}
