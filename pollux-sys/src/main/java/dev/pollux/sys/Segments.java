package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * Datagrams of one size that pass the kernel together: {@code UDP_SEGMENT} cuts them from a larger
 * message when they are sent (GSO), {@code UDP_GRO} leaves those in one that came in a row.
 *
 * <p>To send, no byte is copied: the vectors of messages in a row stand in a row, so one header
 * refers to all of them.
 *
 * <p>Threads: one at a time. Nothing allocates.
 *
 * <p>Source: udp(7); {@code udp_cmsg_send} and {@code udp_send_skb} of Linux.
 */
public final class Segments {

  /** CMSG_SPACE of a number. */
  static final int CONTROL_BYTES = PacketInfo.HEADER_BYTES + Long.BYTES;

  /** Datagrams in one message: UDP_MAX_SEGMENTS, which is 128 since Linux 6.9, and was this. */
  private static final int MOST = 64;

  /** Bytes in one message: 65,535 less the headers of IPv6 and UDP. */
  private static final int MOST_BYTES = 65_535 - 40 - 8;

  private final MemorySegment memory; // of the batch: its headers stand first
  private final long iovecs;
  private final long controls;
  private final int stride;
  private final MemorySegment headers;
  private final int[] runs;

  Segments(MemorySegment memory, int capacity, long iovecs, long controls, int stride) {
    this.memory = memory;
    this.iovecs = iovecs;
    this.controls = controls;
    this.stride = stride;
    this.headers = Arena.ofAuto().allocate((long) capacity * Linux.SIZEOF_MMSGHDR, Long.BYTES);
    this.runs = new int[capacity];
  }

  /**
   * Has a UDP socket leave datagrams of one size together, as they come in a row from one peer. The
   * buffers to receive them are to have 65,535 bytes then.
   *
   * @return whether it does; not every kernel can
   */
  public static boolean ask(Sys sys, int fd) {
    try (Arena arena = Arena.ofConfined()) {
      long on = arena.allocateFrom(JAVA_INT, 1).address();
      return sys.setsockopt(fd, Linux.IPPROTO_UDP, Linux.UDP_GRO, on, Integer.BYTES) >= 0;
    }
  }

  /** Whether the kernel can send what is put together. */
  static boolean areKnown(Sys sys, int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(JAVA_INT);
      MemorySegment length = arena.allocateFrom(JAVA_INT, Integer.BYTES);
      int level = Linux.IPPROTO_UDP;
      return sys.getsockopt(fd, level, Linux.UDP_SEGMENT, value.address(), length.address()) >= 0;
    }
  }

  /** The size of the datagrams that the kernel left together; 0 if it did not. */
  static int told(MemorySegment memory, long start, long length) {
    long at = PacketInfo.find(memory, start, length, Linux.IPPROTO_UDP, Linux.UDP_GRO);
    return at < 0 ? 0 : memory.get(JAVA_INT, at);
  }

  /**
   * Sends a row of messages.
   *
   * @return how many of them went; -errno; or 0 if they cannot go in this way
   */
  int send(Sys sys, int fd, int flags, int first, int count) {
    int messages = 0;
    for (int slot = first; slot < first + count; slot += runs[messages - 1]) {
      runs[messages] = run(slot, first + count);
      compose(messages, slot, runs[messages]);
      messages++;
    }
    int n;
    try {
      n = sys.sendmmsg(fd, headers.address(), messages, flags);
    } finally {
      Reference.reachabilityFence(this); // and with it of the memory
    }
    if (n < 0) {
      return runs[0] > 1 && isRefusal(-n) ? 0 : n;
    }
    int sent = 0;
    for (int i = 0; i < n; i++) {
      sent += runs[i];
    }
    return sent;
  }

  /** No such way, or messages that are too long for it; not one that is wrong by itself. */
  private static boolean isRefusal(int errno) {
    return switch (errno) {
      case Errno.EINVAL, Errno.EIO, Errno.EMSGSIZE, Errno.EOPNOTSUPP, Errno.ENOPROTOOPT -> true;
      default -> false;
    };
  }

  /** How many messages from here on can be one. */
  private int run(int slot, int end) {
    long size = size(slot);
    long total = size;
    int next = slot + 1;
    while (size > 0
        && next < end
        && next - slot < MOST
        && size(next) > 0
        && size(next) <= size
        && total + size(next) <= MOST_BYTES
        && isAlike(slot, next)) {
      total += size(next);
      next++;
      if (size(next - 1) < size) {
        break; // a shorter one is the last
      }
    }
    return next - slot;
  }

  /** Whether two go to the same peer, from the same address. */
  private boolean isAlike(int one, int other) {
    return isSame(one, other, Offsets.MSGHDR__MSG_NAME, nameLength(one), nameLength(other))
        && isSame(
            one, other, Offsets.MSGHDR__MSG_CONTROL, controlLength(one), controlLength(other));
  }

  private boolean isSame(int one, int other, long pointer, long length, long otherLength) {
    if (length != otherLength || length == 0) {
      return length == otherLength;
    }
    long base = memory.address();
    long a = memory.get(JAVA_LONG, header(one) + pointer) - base;
    long b = memory.get(JAVA_LONG, header(other) + pointer) - base;
    return MemorySegment.mismatch(memory, a, a + length, memory, b, b + length) < 0;
  }

  private void compose(int index, int slot, int run) {
    long at = (long) index * Linux.SIZEOF_MMSGHDR;
    MemorySegment.copy(memory, header(slot), headers, at, Linux.SIZEOF_MMSGHDR);
    if (run == 1) {
      return;
    }
    headers.set(JAVA_LONG, at + Offsets.MSGHDR__MSG_IOVLEN, run);
    long control = controls + (long) slot * stride;
    long length = controlLength(slot);
    long data =
        PacketInfo.header(
            memory, control + length, Linux.IPPROTO_UDP, Linux.UDP_SEGMENT, Short.BYTES);
    memory.set(JAVA_SHORT, data, (short) size(slot));
    headers.set(JAVA_LONG, at + Offsets.MSGHDR__MSG_CONTROL, memory.address() + control);
    headers.set(JAVA_LONG, at + Offsets.MSGHDR__MSG_CONTROLLEN, length + CONTROL_BYTES);
  }

  private long size(int slot) {
    return memory.get(
        JAVA_LONG, iovecs + (long) slot * Linux.SIZEOF_IOVEC + Offsets.IOVEC__IOV_LEN);
  }

  private int nameLength(int slot) {
    return memory.get(JAVA_INT, header(slot) + Offsets.MSGHDR__MSG_NAMELEN);
  }

  private long controlLength(int slot) {
    return memory.get(JAVA_LONG, header(slot) + Offsets.MSGHDR__MSG_CONTROLLEN);
  }

  private static long header(int slot) {
    return (long) slot * Linux.SIZEOF_MMSGHDR;
  }
}
