package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/** {@code statx}, by {@code fstat} and {@code fstatat} and the {@code struct stat} of a system. */
final class BsdStat {

  private final BsdLibrary library;
  private final Profile profile;

  BsdStat(BsdLibrary library) {
    this.library = library;
    this.profile = library.profile;
  }

  int statx(int folderFd, long pathAddress, int flags, long statxAddress) {
    MemorySegment found = BsdScratch.own().memory.asSlice(BsdScratch.STAT, BsdScratch.SMALL_BYTES);
    boolean isEmpty = BsdScratch.at(pathAddress, 1).get(JAVA_BYTE, 0) == 0;
    int result;
    if (isEmpty && (flags & Linux.AT_EMPTY_PATH) != 0) {
      result = library.call(BsdFunction.FSTAT, folderFd, found.address());
    } else {
      int noFollow = profile.value(Constant.AT_SYMLINK_NOFOLLOW);
      int folder = folderFd == Linux.AT_FDCWD ? profile.value(Constant.AT_FDCWD) : folderFd;
      int how = (flags & Linux.AT_SYMLINK_NOFOLLOW) != 0 ? noFollow : 0;
      result = library.call(BsdFunction.FSTATAT, folder, pathAddress, found.address(), how);
    }
    if (result >= 0) {
      fill(BsdScratch.at(statxAddress, Linux.SIZEOF_STATX), found);
    }
    return result;
  }

  private void fill(MemorySegment out, MemorySegment found) {
    var _ = out.fill((byte) 0);
    boolean isBorn = profile.has(Field.STAT_BORN);
    int mask = Linux.STATX_BASIC_STATS | (isBorn ? Linux.STATX_BTIME : 0);
    out.set(JAVA_INT_UNALIGNED, Offsets.STATX__STX_MASK, mask);
    long device = number(found, Field.STAT_DEVICE);
    setInt(out, Offsets.STATX__STX_DEV_MAJOR, device >>> 32);
    setInt(out, Offsets.STATX__STX_DEV_MINOR, device);
    setInt(out, Offsets.STATX__STX_NLINK, number(found, Field.STAT_LINKS));
    setInt(out, Offsets.STATX__STX_UID, number(found, Field.STAT_UID));
    setInt(out, Offsets.STATX__STX_GID, number(found, Field.STAT_GID));
    short mode = (short) number(found, Field.STAT_MODE); // its numbers are the same everywhere
    out.set(JAVA_SHORT_UNALIGNED, Offsets.STATX__STX_MODE, mode);
    setLong(out, Offsets.STATX__STX_INO, number(found, Field.STAT_INODE));
    setLong(out, Offsets.STATX__STX_SIZE, number(found, Field.STAT_SIZE));
    setLong(out, Offsets.STATX__STX_BLOCKS, number(found, Field.STAT_BLOCKS));
    setInt(out, Offsets.STATX__STX_BLKSIZE, number(found, Field.STAT_BLOCK_SIZE));
    copyTime(out, Offsets.STATX__STX_ATIME, found, Field.STAT_ACCESSED);
    copyTime(out, Offsets.STATX__STX_MTIME, found, Field.STAT_MODIFIED);
    copyTime(out, Offsets.STATX__STX_CTIME, found, Field.STAT_CHANGED);
    if (isBorn) {
      copyTime(out, Offsets.STATX__STX_BTIME, found, Field.STAT_BORN);
    }
  }

  private long number(MemorySegment found, Field field) {
    return BsdFields.read(profile, found, 0, field);
  }

  private static void setInt(MemorySegment out, long offset, long value) {
    out.set(JAVA_INT_UNALIGNED, offset, (int) value);
  }

  private static void setLong(MemorySegment out, long offset, long value) {
    out.set(JAVA_LONG_UNALIGNED, offset, value);
  }

  /** From a {@code struct timespec} to seconds and, in 32 bits, nanoseconds. */
  private void copyTime(MemorySegment out, long offset, MemorySegment found, Field field) {
    long from = profile.offset(field);
    long seconds = found.get(JAVA_LONG_UNALIGNED, from + Offsets.TIMESPEC__TV_SEC);
    long nanos = found.get(JAVA_LONG_UNALIGNED, from + Offsets.TIMESPEC__TV_NSEC);
    setLong(out, offset, seconds);
    setInt(out, offset + Long.BYTES, nanos);
  }
}
