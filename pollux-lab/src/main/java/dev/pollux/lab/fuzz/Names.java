package dev.pollux.lab.fuzz;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.pollux.model.ModelSys;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The names of a program on one kernel: each is a port of loopback and a path for a Unix socket.
 *
 * <p>A name has no port until a socket is bound to it; that first one gets a free port; streams and
 * datagrams have their own. Numbers differ between the kernels, so what is compared is which name
 * an address is.
 *
 * <p>Ownership: the files of the paths, until {@link #restart}, at the end of each program.
 * Threads: the main one.
 */
final class Names {
  /** How many names there are. */
  static final int COUNT = 4;

  /** What {@link #of} says of an unnamed Unix address, of none at all, and of any other one. */
  static final int UNNAMED = -1;

  static final int ABSENT = -2;
  static final int OTHER = -3;

  private static final Path FOLDER = folder();
  private static final int FOLDER_MODE = 0700;
  private static final int PATH_OFFSET = Short.BYTES; // struct sockaddr_un { family; path };

  private final Handles handles;
  private final Path[] paths = new Path[COUNT];
  private final int[] streamPorts = new int[COUNT];
  private final int[] datagramPorts = new int[COUNT];
  private final boolean[] areUsed = new boolean[COUNT];

  Names(Handles handles) {
    this.handles = handles;
    for (int name = 0; name < COUNT; name++) {
      paths[name] = FOLDER.resolve(handles.base + "-" + name); // all of one length
    }
  }

  private static Path folder() {
    try {
      Path folder = Files.createTempDirectory("pollux-fuzz");
      folder.toFile().deleteOnExit();
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Forgets the ports, and deletes the files. */
  void restart() {
    for (int name = 0; name < COUNT; name++) {
      streamPorts[name] = 0;
      datagramPorts[name] = 0;
      if (areUsed[name]) {
        delete(paths[name]);
        areUsed[name] = false;
      }
    }
  }

  private static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a name's address for a socket's family to the beginning of some memory; its length. */
  int write(MemorySegment memory, int fd, int name, int portIfNone) {
    if (option(fd, Linux.SO_DOMAIN) != Linux.AF_UNIX) {
      int port = portsOf(fd)[name];
      handles.address(memory, port == 0 ? portIfNone : port);
      return Linux.SIZEOF_SOCKADDR_IN;
    }
    memory.set(JAVA_SHORT, 0, (short) Linux.AF_UNIX);
    byte[] path = paths[name].toString().getBytes(US_ASCII);
    MemorySegment.copy(path, 0, memory, JAVA_BYTE, PATH_OFFSET, path.length);
    memory.set(JAVA_BYTE, PATH_OFFSET + path.length, (byte) 0);
    return PATH_OFFSET + path.length + 1;
  }

  /** Makes the folder of the paths, on a kernel that has another disk than this machine. */
  void mount(Sys kernel) {
    if (kernel instanceof ModelSys) {
      try (Arena arena = Arena.ofConfined()) {
        for (int i = 1; i <= FOLDER.getNameCount(); i++) {
          String folder = "/" + FOLDER.subpath(0, i);
          int _ = kernel.mkdir(arena.allocateFrom(folder, US_ASCII).address(), FOLDER_MODE);
        }
      }
    }
  }

  /** The path of a name, ending with NUL. */
  MemorySegment path(int name, Arena arena) {
    return arena.allocateFrom(paths[name].toString(), US_ASCII);
  }

  /** Takes note that a name is going to be bound; an old kernel makes its file in any case. */
  void binding(int name) {
    areUsed[name] = true;
  }

  /** Takes note that a socket was bound to a name. */
  void bound(int fd, int name) {
    MemorySegment small = handles.small;
    long address = small.address() + 8;
    int[] ports = portsOf(fd);
    small.set(JAVA_INT, 0, Linux.SIZEOF_SOCKADDR_STORAGE);
    if (ports[name] == 0 && handles.sys().getsockname(fd, address, small.address()) >= 0) {
      ports[name] = portAt(small, 8);
    }
  }

  /** Which name an address is, as a kernel has written it for a socket. */
  int of(int fd, MemorySegment memory, long at, int length) {
    if (length == 0) {
      return ABSENT;
    }
    int family = memory.get(JAVA_SHORT, at);
    if (family == Linux.AF_UNIX) {
      return length <= PATH_OFFSET ? UNNAMED : ofPath(memory, at + PATH_OFFSET);
    }
    int port = portAt(memory, at);
    int[] ports = portsOf(fd);
    for (int name = 0; name < COUNT; name++) {
      if (port != 0 && ports[name] == port) {
        return name;
      }
    }
    return OTHER; // a socket keeps the number of a port that it has given back
  }

  private int ofPath(MemorySegment memory, long at) {
    String path = memory.getString(at, US_ASCII);
    for (int name = 0; name < COUNT; name++) {
      if (path.equals(paths[name].toString())) {
        return name;
      }
    }
    return OTHER;
  }

  private int[] portsOf(int fd) {
    return option(fd, Linux.SO_TYPE) == Linux.SOCK_DGRAM ? datagramPorts : streamPorts;
  }

  private int option(int fd, int name) {
    Sys sys = handles.sys();
    MemorySegment small = handles.small;
    small.set(JAVA_INT, 0, 0);
    small.set(JAVA_INT, 4, Integer.BYTES);
    long value = small.address();
    sys.getsockopt(fd, Linux.SOL_SOCKET, name, value, value + 4);
    return small.get(JAVA_INT, 0);
  }

  private static int portAt(MemorySegment memory, long at) {
    boolean isInternet = memory.get(JAVA_SHORT, at) == Linux.AF_INET;
    return isInternet ? Short.reverseBytes(memory.get(JAVA_SHORT, at + 2)) & 0xffff : 0;
  }
}
