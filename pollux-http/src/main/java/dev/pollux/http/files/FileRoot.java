package dev.pollux.http.files;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.pollux.sys.Abi;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;
import dev.pollux.sys.PathBytes;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open folder, beneath which files are opened: by {@code openat2}, which goes through all of a
 * path in one call and never out of the folder, whatever becomes of the names meanwhile.
 *
 * <p>Ownership: the descriptor is closed with the last use: that of the one who opened it, and one
 * for each call under way. Threads: any.
 */
final class FileRoot {

  private static final int TRIES = 3; // where the tree is changed meanwhile
  private static final int PATH_BYTES = 4096;
  private static final long OPEN_FLAGS = Linux.O_RDONLY | Linux.O_CLOEXEC | Linux.O_NONBLOCK;

  /** What the kernel says of names that are none, or that may not be gone through. */
  private static final Set<Integer> ABSENT =
      Set.of(
          Errno.ENOENT, Errno.ENOTDIR, Errno.ENAMETOOLONG, Errno.ELOOP, Errno.EXDEV, Errno.ENXIO);

  private static final ThreadLocal<Memory> MEMORY = ThreadLocal.withInitial(Memory::new);

  private final Sys sys;
  private final int fd;
  private final long resolve;
  private final AtomicInteger users = new AtomicInteger(1);

  private FileRoot(Sys sys, int fd, boolean followsLinks) {
    this.sys = sys;
    this.fd = fd;
    long beneath = Linux.RESOLVE_BENEATH | Linux.RESOLVE_NO_MAGICLINKS;
    this.resolve = followsLinks ? beneath : beneath | Linux.RESOLVE_NO_SYMLINKS;
  }

  /**
   * Opens a folder.
   *
   * @throws SysException if it is none, cannot be read, or the kernel has no {@code openat2}
   */
  static FileRoot open(Sys sys, Path folder, boolean followsLinks) throws SysException {
    String call = "open(" + folder + ")";
    int fd;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = PathBytes.allocate(arena, folder);
      int flags = Linux.O_RDONLY | Linux.O_CLOEXEC | Abi.CURRENT.oDirectory;
      fd = SysException.check(call, sys.open(name.address(), flags, 0));
    }
    FileRoot root = new FileRoot(sys, fd, followsLinks);
    int itself = root.openAt(new byte[] {'.'});
    if (itself < 0) {
      root.release();
      String meaning =
          switch (-itself) {
            case Errno.ENOSYS ->
                "files are opened by openat2, which Linux has since 5.6, unless a filter of system"
                    + " calls (seccomp) hides it";
            case Errno.EPERM ->
                "files are opened by openat2, which a filter of system calls (seccomp) forbids"
                    + " here: that of an old container runtime, most likely";
            default -> Errno.meaning(-itself);
          };
      throw SysException.of("openat2(" + folder + ")", itself, meaning);
    }
    int _ = sys.close(itself);
    return root;
  }

  /** One more use; false if the last one is over. */
  boolean use() {
    int now = users.get();
    while (now > 0 && !users.compareAndSet(now, now + 1)) {
      now = users.get();
    }
    return now > 0;
  }

  /** A use is over. */
  void release() {
    if (users.decrementAndGet() == 0) {
      int _ = sys.close(fd);
    }
  }

  /**
   * Opens what a path names, within a use.
   *
   * @throws AbsentException if there is nothing that may be seen
   * @throws SysException if there is, and it cannot be opened
   */
  OpenFile open(byte[] path) throws SysException, AbsentException {
    int file = openAt(path);
    for (int i = 1; i < TRIES && (file == -Errno.EAGAIN || file == -Errno.EINTR); i++) {
      file = openAt(path);
    }
    if (file < 0) {
      throw failure(path, file);
    }
    return new OpenFile(sys, file, status(file));
  }

  private static SysException failure(byte[] path, int result) throws AbsentException {
    if (ABSENT.contains(-result)) {
      throw AbsentException.INSTANCE;
    }
    return SysException.of("openat2(" + PathBytes.text(path) + ")", result);
  }

  private int openAt(byte[] path) {
    if (path.length >= PATH_BYTES) {
      return -Errno.ENAMETOOLONG;
    }
    Memory memory = MEMORY.get();
    MemorySegment.copy(path, 0, memory.path, JAVA_BYTE, 0, path.length);
    memory.path.set(JAVA_BYTE, path.length, (byte) 0);
    memory.how.set(JAVA_LONG, Offsets.OPEN_HOW__FLAGS, OPEN_FLAGS);
    memory.how.set(JAVA_LONG, Offsets.OPEN_HOW__RESOLVE, resolve);
    return sys.openat2(fd, memory.path.address(), memory.how.address(), Linux.SIZEOF_OPEN_HOW);
  }

  private FileStatus status(int file) throws SysException {
    Memory memory = MEMORY.get();
    memory.path.set(JAVA_BYTE, 0, (byte) 0);
    MemorySegment status = memory.status;
    int result =
        sys.statx(
            file,
            memory.path.address(),
            Linux.AT_EMPTY_PATH,
            Linux.STATX_BASIC_STATS,
            status.address());
    if (result < 0) {
      int _ = sys.close(file);
      throw SysException.of("statx(fd=" + file + ")", result);
    }
    return new FileStatus(
        status.get(JAVA_SHORT, Offsets.STATX__STX_MODE) & Linux.S_IFMT,
        status.get(JAVA_LONG, Offsets.STATX__STX_INO),
        status.get(JAVA_LONG, Offsets.STATX__STX_SIZE),
        status.get(JAVA_LONG, Offsets.STATX__STX_MTIME),
        status.get(JAVA_INT, Offsets.STATX__STX_MTIME + Long.BYTES));
  }

  /** What the calls of a thread read and write. */
  private static final class Memory {
    private final MemorySegment path = Arena.ofAuto().allocate(PATH_BYTES);
    private final MemorySegment how = Arena.ofAuto().allocate(Linux.SIZEOF_OPEN_HOW, Long.BYTES);
    private final MemorySegment status = Arena.ofAuto().allocate(Linux.SIZEOF_STATX, Long.BYTES);
  }
}
