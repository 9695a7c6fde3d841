package dev.pollux.loop;

import dev.pollux.model.Faults;
import dev.pollux.model.ModelSys;
import dev.pollux.poll.Backend;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What one run of the loop's contract runs on: a kernel and a backend. */
record Fixture(KernelKind kernel, Backend backend) {

  /** The kernels. */
  enum KernelKind {
    NATIVE,
    /** The model with real threads and the clock of the tests. */
    MODEL,
    /** The model under virtual time, one thread. */
    VIRTUAL
  }

  private static final long SEED = 1;

  /**
   * Whether the contract leaves the model kernel out, as {@code -Dpollux.tests.native=true} says.
   */
  private static final boolean NATIVE_ONLY = Boolean.getBoolean("pollux.tests.native");

  /** Every backend on the kernels that threads may use. */
  static Stream<Fixture> all() {
    Stream<Fixture> natives = backends(KernelKind.NATIVE);
    return NATIVE_ONLY ? natives : Stream.concat(natives, backends(KernelKind.MODEL));
  }

  /** Every backend under virtual time. */
  static Stream<Fixture> virtual() {
    return backends(KernelKind.VIRTUAL);
  }

  private static Stream<Fixture> backends(KernelKind kernel) {
    return Stream.of(Backend.values()).map(backend -> new Fixture(kernel, backend));
  }

  /** A kernel for one test. */
  Sys open() {
    return switch (kernel) {
      case NATIVE -> NativeSys.open();
      case MODEL -> ModelSys.threads(System::nanoTime);
      case VIRTUAL -> ModelSys.virtual(SEED, Faults.none());
    };
  }

  /** The descriptors that could have been leaked, each with its kind. */
  static SortedMap<Integer, String> openDescriptors(Sys sys) {
    if (sys instanceof ModelSys model) {
      return model.openDescriptors();
    }
    SortedMap<Integer, String> open = new TreeMap<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path entry : entries) {
        String target = target(entry);
        if (!target.startsWith("/")) { // files are the virtual machine's affair
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

  /** Whether a thread of this name, at most 15 characters, sleeps: proc_pid_stat(5), state S. */
  static boolean isAsleep(Thread thread) {
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      for (Path task : tasks) {
        String stat = Files.readString(task.resolve("stat"));
        if (stat.contains("(" + thread.getName() + ") S")) {
          return true;
        }
      }
      return !thread.isAlive();
    } catch (IOException e) {
      return false; // a thread has ended meanwhile: look again
    }
  }

  @Override
  public String toString() {
    return backend.label() + "/" + kernel.name().toLowerCase(java.util.Locale.ROOT);
  }
}
