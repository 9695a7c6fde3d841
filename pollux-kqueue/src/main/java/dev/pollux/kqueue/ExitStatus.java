package dev.pollux.kqueue;

import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;
import dev.pollux.sys.PathBytes;
import dev.pollux.sys.Sys;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The status of a process that has ended, as wait(2) has it: from the kernel for one that was
 * waited for (Linux 6.15), from /proc for one that was not and that this process may look at. It
 * waits for nobody, which is for the parent to do. Under the queue's lock.
 *
 * <p>Source: linux/pidfd.h, proc_pid_stat(5).
 */
final class ExitStatus {

  /** Nobody tells. */
  static final long UNKNOWN = -1;

  private static final int STAT_BYTES = 2 << 10; // 2 KiB: 52 numbers and a name

  // linux/pidfd.h: newer than the headers of most systems
  private static final long GET_INFO = 0xC040_FF0BL; // _IOWR(0xFF, 11, struct pidfd_info)
  private static final int INFO_BYTES = 64; // of its first version
  private static final int MASK = 0;
  private static final int EXIT_CODE = 60;
  private static final long EXIT = 1 << 3; // in the mask: asked for, and given

  private final Sys sys;
  private final IoBuffer buffer = IoBuffer.allocate(STAT_BYTES);

  ExitStatus(Sys sys) {
    this.sys = sys;
    var _ = buffer.buffer().order(ByteOrder.nativeOrder());
  }

  /** The status; {@link #UNKNOWN} if it cannot be had. */
  long of(int pidfd, int pid) {
    long status = ofReaped(pidfd);
    if (status == UNKNOWN) {
      status = ofZombie(pid);
    }
    return status == UNKNOWN ? ofReaped(pidfd) : status; // it may have been waited for meanwhile
  }

  private long ofReaped(int pidfd) {
    ByteBuffer info = buffer.buffer().clear();
    for (int i = 0; i < INFO_BYTES; i += Long.BYTES) {
      var _ = info.putLong(i, 0);
    }
    var _ = info.putLong(MASK, EXIT);
    boolean isTold =
        sys.ioctl(pidfd, GET_INFO, buffer.address()) == 0 && (info.getLong(MASK) & EXIT) != 0;
    return isTold ? info.getInt(EXIT_CODE) : UNKNOWN;
  }

  /** The last of the numbers in /proc/PID/stat, behind the name, which may have any characters. */
  private long ofZombie(int pid) {
    int fd;
    try (Arena arena = Arena.ofConfined()) {
      Path path = Path.of("/proc/" + pid + "/stat");
      fd = sys.open(PathBytes.allocate(arena, path).address(), Linux.O_CLOEXEC, 0);
    }
    if (fd < 0) {
      return UNKNOWN;
    }
    ByteBuffer bytes = buffer.buffer().clear();
    int count = buffer.read(sys, fd);
    int _ = sys.close(fd);
    String text = StandardCharsets.ISO_8859_1.decode(bytes.flip()).toString().strip();
    int state = text.lastIndexOf(')') + 2;
    boolean isZombie = count > 0 && state < text.length() && text.charAt(state) == 'Z';
    long status = isZombie ? Long.parseLong(text.substring(text.lastIndexOf(' ') + 1)) : UNKNOWN;
    return status == 0 && owner(String.valueOf(pid)) != owner("self") ? UNKNOWN : status;
  }

  /** Whose a process is: of a stranger's, 0 is shown in the place of its status. */
  private int owner(String process) {
    try (Arena arena = Arena.ofConfined()) {
      long path = PathBytes.allocate(arena, Path.of("/proc/" + process)).address();
      int result = sys.statx(Linux.AT_FDCWD, path, 0, Linux.STATX_BASIC_STATS, buffer.address());
      return result < 0 ? result : buffer.buffer().getInt(Offsets.STATX__STX_UID);
    }
  }
}
