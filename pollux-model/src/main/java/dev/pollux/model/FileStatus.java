package dev.pollux.model;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;

/**
 * What statx tells of a file.
 *
 * @param mode its kind and permissions
 */
record FileStatus(
    int mode,
    long number,
    int links,
    long sizeBytes,
    long accessedAt,
    long bornAt,
    long changedAt,
    long modifiedAt) {

  private static final int PAGE_BYTES = 4096;
  private static final int BLOCK_BYTES = 512; // what st_blocks counts, whatever the disk's are

  /** A file that is not on the disk: a pipe, a socket, a counter. */
  FileStatus(int mode) {
    this(mode, 1, 1, 0, 0, 0, 0, 0);
  }

  static FileStatus of(FileNode node) {
    int kind =
        switch (node.kind) {
          case FOLDER -> Linux.S_IFDIR;
          case REGULAR -> Linux.S_IFREG;
          case SOCKET -> Linux.S_IFSOCK;
          case NULL -> Linux.S_IFCHR;
        };
    return new FileStatus(
        kind | node.permissions,
        node.number,
        node.links(),
        node.content.size(),
        node.accessedAt,
        node.bornAt,
        node.changedAt,
        node.modifiedAt);
  }

  /** As a {@code struct statx}; the owner is root, whose number is 0. */
  byte[] encoded() {
    byte[] bytes = new byte[Linux.SIZEOF_STATX];
    Bytes.putInt(bytes, Offsets.STATX__STX_MASK, Linux.STATX_BASIC_STATS | Linux.STATX_BTIME);
    Bytes.putInt(bytes, Offsets.STATX__STX_BLKSIZE, PAGE_BYTES);
    Bytes.putInt(bytes, Offsets.STATX__STX_NLINK, links);
    Bytes.putInt(bytes, Offsets.STATX__STX_MODE, mode); // two bytes, and two that are 0
    Bytes.putLong(bytes, Offsets.STATX__STX_INO, number);
    Bytes.putLong(bytes, Offsets.STATX__STX_SIZE, sizeBytes);
    Bytes.putLong(
        bytes,
        Offsets.STATX__STX_BLOCKS,
        Math.ceilDiv(sizeBytes, PAGE_BYTES) * (PAGE_BYTES / BLOCK_BYTES));
    putTime(bytes, Offsets.STATX__STX_ATIME, accessedAt);
    putTime(bytes, Offsets.STATX__STX_BTIME, bornAt);
    putTime(bytes, Offsets.STATX__STX_CTIME, changedAt);
    putTime(bytes, Offsets.STATX__STX_MTIME, modifiedAt);
    return bytes;
  }

  // struct statx_timestamp { __s64 tv_sec; __u32 tv_nsec; __s32 reserved; };
  private static void putTime(byte[] bytes, int at, long nanos) {
    Bytes.putLong(bytes, at, nanos / Kernel.NANOS_PER_SECOND);
    Bytes.putInt(bytes, at + Long.BYTES, (int) (nanos % Kernel.NANOS_PER_SECOND));
  }
}
