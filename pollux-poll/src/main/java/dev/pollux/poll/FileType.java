package dev.pollux.poll;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;
import dev.pollux.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Tells files and folders, which are always ready, from what has to be waited for. Threads: one at
 * a time.
 */
final class FileType {

  private static final int S_IFMT = 0170000;
  private static final int S_IFREG = 0100000;
  private static final int S_IFDIR = 0040000;

  private final Sys sys;
  private final MemorySegment stat = Arena.ofAuto().allocate(Linux.SIZEOF_STATX, Long.BYTES);
  private final MemorySegment empty = Arena.ofAuto().allocate(1);

  FileType(Sys sys) {
    this.sys = sys;
  }

  /** Whether the descriptor is of a regular file or of a folder; not if nobody can say. */
  boolean isStored(int fd) {
    int mask = Linux.STATX_BASIC_STATS;
    if (sys.statx(fd, empty.address(), Linux.AT_EMPTY_PATH, mask, stat.address()) < 0) {
      return false;
    }
    int type = stat.get(ValueLayout.JAVA_SHORT, Offsets.STATX__STX_MODE) & S_IFMT;
    return type == S_IFREG || type == S_IFDIR;
  }
}
