package dev.pollux.kqueue.fuzz;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.pollux.model.Faults;
import dev.pollux.model.ModelSys;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Poll;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A kernel to run programs on, with a folder for their files, and questions to it. */
final class Kernel {

  private static final long MAX_BYTES = 1 << 16;

  final Sys sys;
  private final @Nullable ModelSys model;
  private final long[] paths = new long[Step.NAMES];
  private final Arena arena = Arena.ofAuto();
  private final MemorySegment value = arena.allocate(JAVA_INT, 2);
  private final MemorySegment bytes = arena.allocate(MAX_BYTES);
  private final Poll poll;

  private Kernel(Sys sys, @Nullable ModelSys model, String folder) {
    this.sys = sys;
    this.model = model;
    this.poll = Poll.allocate(sys, 1);
    for (int i = 0; i < paths.length; i++) {
      paths[i] = arena.allocateFrom(folder + "/" + (char) ('a' + i)).address();
    }
  }

  /** The model under virtual time. */
  static Kernel model(long seed) {
    ModelSys sys = ModelSys.virtual(seed, Faults.none());
    try (Arena arena = Arena.ofConfined()) {
      int _ = sys.mkdir(arena.allocateFrom("/work").address(), 0755);
    }
    return new Kernel(sys, sys, "/work");
  }

  /** The real one, with files in a folder. */
  static Kernel real(Path folder) {
    return new Kernel(NativeSys.open(), null, folder.toString());
  }

  /** The real one, with files in a folder of its own. */
  static Kernel real() {
    try {
      Path folder = Files.createTempDirectory("kqueue-fuzz");
      folder.toFile().deleteOnExit();
      return real(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean hasTimers() {
    return model != null;
  }

  /** The time that passes by {@link #advance} alone. */
  long now() {
    return model == null ? 0 : model.nanoTime();
  }

  void advance(long nanos) {
    if (model != null) {
      model.advance(nanos);
    }
  }

  long path(int name) {
    return paths[name];
  }

  int read(int fd, int count) {
    return sys.read(fd, bytes.address(), count);
  }

  int write(int fd, int count) {
    return sys.write(fd, bytes.address(), count);
  }

  /** Whether anybody has the number open. */
  boolean isOpen(int fd) {
    return sys.fcntl(fd, Linux.F_GETFD, 0) >= 0;
  }

  Room room(int fd) {
    value.set(JAVA_INT, Integer.BYTES, Integer.BYTES);
    long length = value.address() + Integer.BYTES;
    int failed = sys.getsockopt(fd, Linux.SOL_SOCKET, Linux.SO_SNDBUF, value.address(), length);
    long size = failed < 0 ? Thing.PIPE_BYTES : value.get(JAVA_INT, 0);
    int _ = sys.ioctl(fd, failed < 0 ? Linux.FIONREAD : Linux.TIOCOUTQ, value.address());
    long room = Math.max(1, size - value.get(JAVA_INT, 0));
    return new Room(isWritable(fd), room);
  }

  private boolean isWritable(int fd) {
    return is(fd, Linux.POLLOUT);
  }

  boolean isReadable(int fd) {
    return is(fd, Linux.POLLIN);
  }

  private boolean is(int fd, int event) {
    try {
      poll.truncate(0);
      poll.set(0, fd, event);
      return poll.poll(0) > 0 && (poll.revents(0) & event) != 0;
    } catch (SysException e) {
      throw new IllegalStateException(e);
    }
  }
}
