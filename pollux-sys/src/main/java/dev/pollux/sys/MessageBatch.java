package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Native memory for a batch of datagrams, moved by one {@code recvmmsg} or {@code sendmmsg}:
 * allocate it once, reuse it for ever.
 *
 * <p>A batch is used one way or the other. To receive: {@link #receive}, then look at each of
 * {@link #count} messages by its index. To send: {@link #append} as many as there is room for, then
 * {@link #send} until {@link #isEmpty}; what was sent leaves at the front, in order, so the batch
 * is also the queue of what waits to be sent. {@link #clear} before changing from one to the other.
 *
 * <p>Ownership: the memory is freed by the garbage collector, some time after this object and all
 * its buffers have become unreachable; there is nothing to close. What {@link #data} and {@link
 * #peer} return is good until the next {@link #receive}; the address itself, being immutable, for
 * ever.
 *
 * <p>Threads: one at a time.
 *
 * <p>Errors: calls return {@code -errno} and throw nothing. Nothing allocates, except for an
 * address that differs from the last one that was decoded or encoded in the same slot.
 *
 * <p>Source: recvmmsg(2), sendmmsg(2).
 */
public final class MessageBatch {

  /** The most messages of one batch: what {@code sendmmsg} takes at once. */
  public static final int MAX_MESSAGES = Linux.IOV_MAX;

  /** A cache line, so that two buffers never share one. */
  private static final int ALIGNMENT_BYTES = 64;

  private static final int CONTROL_BYTES = PacketInfo.MAX_BYTES + Segments.CONTROL_BYTES;

  // For each slot: struct mmsghdr, struct iovec, the name the kernel writes, the name that is known
  // in Java too, control data, the buffer. The arrays of each stand one after the other.
  private final MemorySegment memory;
  private final int iovecs;
  private final int names;
  private final int knownNames;
  private final long controls;
  private final long buffers;
  private final int strideBytes;

  private final int capacity;
  private final int bufferBytes;
  private final ByteBuffer[] views;

  /** What the known name of each slot says, once somebody wanted to know. */
  private final @Nullable SocketAddress[] addresses;

  private final int[] knownLengths;

  /** The slot of the first message, and how many there are; they go round the end. */
  private int head;

  private int count;

  /** Whether the names are the kernel's, and not the known ones. */
  private boolean received;

  /** How what is sent is put together; null if each message goes by itself. */
  private @Nullable Segments segments;

  private MessageBatch(int capacity, int bufferBytes) {
    this.capacity = capacity;
    this.bufferBytes = bufferBytes;
    this.strideBytes = (int) alignUp(bufferBytes);
    this.iovecs = capacity * Linux.SIZEOF_MMSGHDR;
    this.names = iovecs + capacity * Linux.SIZEOF_IOVEC;
    this.knownNames = names + capacity * SockAddr.MAX_BYTES;
    this.controls = knownNames + (long) capacity * SockAddr.MAX_BYTES;
    this.buffers = alignUp(controls + (long) capacity * CONTROL_BYTES);
    this.memory = Arena.ofAuto().allocate(buffers + (long) capacity * strideBytes, ALIGNMENT_BYTES);
    this.views = new ByteBuffer[capacity];
    this.addresses = new SocketAddress[capacity];
    this.knownLengths = new int[capacity];
    for (int slot = 0; slot < capacity; slot++) {
      long header = header(slot);
      long iovec = iovecs + (long) slot * Linux.SIZEOF_IOVEC;
      long buffer = buffers + (long) slot * strideBytes;
      memory.set(JAVA_LONG, header + Offsets.MSGHDR__MSG_IOV, memory.address() + iovec);
      memory.set(JAVA_LONG, header + Offsets.MSGHDR__MSG_IOVLEN, 1);
      memory.set(JAVA_LONG, iovec + Offsets.IOVEC__IOV_BASE, memory.address() + buffer);
      views[slot] = memory.asSlice(buffer, bufferBytes).asByteBuffer(); // keeps the memory alive
    }
  }

  /**
   * A batch.
   *
   * @param capacity how many messages, from 1 to {@link #MAX_MESSAGES}
   * @param bufferBytes how many bytes each may have
   */
  public static MessageBatch allocate(int capacity, int bufferBytes) {
    if (capacity < 1 || capacity > MAX_MESSAGES) {
      throw new IllegalArgumentException(
          "a batch of " + capacity + " messages: from 1 to " + MAX_MESSAGES);
    }
    if (bufferBytes < 1) {
      throw new IllegalArgumentException("messages of " + bufferBytes + " bytes");
    }
    return new MessageBatch(capacity, bufferBytes);
  }

  // ---- receiving

  /**
   * Receives up to {@code limit} messages in place of those that are here.
   *
   * <p>Blocking: as the descriptor does, for the first message; with {@code MSG_WAITFORONE} for
   * that one only.
   *
   * @param limit at least 1; more than {@link #capacity} is as much
   * @return how many came, or {@code -errno}; then there are none
   */
  public int receive(Sys sys, int fd, int limit, int flags) {
    int most = Math.min(limit, capacity);
    for (int slot = 0; slot < most; slot++) {
      long name = memory.address() + names + (long) slot * SockAddr.MAX_BYTES;
      memory.set(JAVA_LONG, header(slot) + Offsets.MSGHDR__MSG_NAME, name);
      memory.set(JAVA_INT, header(slot) + Offsets.MSGHDR__MSG_NAMELEN, SockAddr.MAX_BYTES);
      setControl(slot, CONTROL_BYTES);
      setSize(slot, bufferBytes);
    }
    head = 0;
    received = true;
    try {
      int n = sys.recvmmsg(fd, memory.address(), most, flags, 0);
      count = Math.max(n, 0);
      return n;
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /** How many bytes of a message are here; the rest of one that {@link #isTruncated} is lost. */
  public int sizeBytes(int index) {
    int slot = slot(index);
    return received
        ? Math.min(memory.get(JAVA_INT, header(slot) + Offsets.MMSGHDR__MSG_LEN), bufferBytes)
        : (int) memory.get(JAVA_LONG, iovec(slot) + Offsets.IOVEC__IOV_LEN);
  }

  /** Whether a received message was longer than {@link #bufferBytes}. */
  public boolean isTruncated(int index) {
    int flags = memory.get(JAVA_INT, header(slot(index)) + Offsets.MSGHDR__MSG_FLAGS);
    return received && (flags & Linux.MSG_TRUNC) != 0;
  }

  /**
   * The bytes of a message, from position 0 to the limit: always the same buffer for the same slot,
   * with its position at 0 again.
   */
  public ByteBuffer data(int index) {
    return views[slot(index)].limit(sizeBytes(index)).position(0);
  }

  /**
   * Who sent a message, or to whom it goes; null if the kernel does not say, as on a connected Unix
   * socket, or the message goes to the connected peer.
   */
  public @Nullable SocketAddress peer(int index) {
    int slot = slot(index);
    int length = memory.get(JAVA_INT, header(slot) + Offsets.MSGHDR__MSG_NAMELEN);
    if (length == 0) {
      return null;
    }
    if (received) {
      learn(slot, memory, names + (long) slot * SockAddr.MAX_BYTES, length);
    }
    SocketAddress address = addresses[slot];
    if (address == null) {
      address = SockAddr.decode(known(slot), knownLengths[slot]);
      addresses[slot] = address;
    }
    return address;
  }

  /**
   * How many bytes each datagram of a received message has, but the last, which may have fewer:
   * with {@code UDP_GRO} the kernel puts those of one size together, see {@link Segments#ask}; else
   * the size of the message, or 1 for an empty one.
   */
  public int segmentBytes(int index) {
    int slot = slot(index);
    int told = received ? Segments.told(memory, control(slot), controlLength(slot)) : 0;
    return told > 0 ? told : Math.max(1, sizeBytes(index));
  }

  /** How many datagrams are here: more than {@link #count} where the kernel left some together. */
  public int segmentCount() {
    int all = 0;
    for (int i = 0; i < count; i++) {
      all += Math.max(1, Math.ceilDiv(sizeBytes(i), segmentBytes(i)));
    }
    return all;
  }

  /** A part of a message: the same buffer as that of {@link #data(int)}. */
  public ByteBuffer data(int index, int start, int sizeBytes) {
    return data(index).limit(start + sizeBytes).position(start);
  }

  /**
   * To which address a received message was sent: one of this host's, or a group's; null if the
   * kernel did not say, which it does where {@link PacketInfo#ask} asked it to.
   */
  public @Nullable InetAddress destination(int index) {
    int slot = slot(index);
    return received ? PacketInfo.destination(memory, control(slot), controlLength(slot)) : null;
  }

  /**
   * From where an answer to a message leaves by {@link #append(ByteBuffer, MessageBatch, int)}:
   * another address than {@link #destination} where that is not one to send from, such as a
   * broadcast. Null if the kernel chooses.
   */
  public @Nullable InetAddress replySource(int index) {
    int slot = slot(index);
    return received ? PacketInfo.answerFrom(memory, control(slot), controlLength(slot)) : null;
  }

  // ---- sending

  /**
   * Adds a message; all that remains of {@code data} is copied and consumed.
   *
   * @param to null for the connected peer
   * @return false if the batch is full; nothing was taken then
   * @throws IllegalArgumentException if it is longer than {@link #bufferBytes}, or the address can
   *     not be one of a socket
   */
  public boolean append(ByteBuffer data, @Nullable SocketAddress to) {
    if (!hasRoom(data)) {
      return false;
    }
    int slot = slotAfterLast();
    add(slot, data, to == null ? 0 : name(slot, to));
    return true;
  }

  /**
   * Appends a message, as {@link #append(ByteBuffer, SocketAddress)}, from one of this host's
   * addresses, whatever the socket is bound to. One that is not this host's is an error of the
   * message when it is sent: EINVAL, ENETUNREACH.
   *
   * @param to null for the connected peer; if that is of another family, the kernel chooses the
   *     address itself
   * @param from null to have the kernel choose
   * @throws IllegalArgumentException if the two are not of one IP family; nothing was taken then
   */
  public boolean append(ByteBuffer data, @Nullable SocketAddress to, @Nullable InetAddress from) {
    if (from == null) {
      return append(data, to);
    }
    int family = from instanceof Inet6Address ? Linux.AF_INET6 : Linux.AF_INET;
    if (to != null && SockAddr.family(to) != family) {
      throw new IllegalArgumentException(
          Addresses.text(to) + " from " + Addresses.text(from) + ": not of one IP family");
    }
    int slot = slotAfterLast();
    if (!append(data, to)) {
      return false;
    }
    setControl(slot, PacketInfo.source(from, memory, control(slot)));
    return true;
  }

  /**
   * Appends a message to whoever sent a message of another batch, whose address need not be decoded
   * for that; and from the address where that was sent to, if {@link #destination} is known and no
   * group's.
   */
  public boolean append(ByteBuffer data, MessageBatch from, int index) {
    if (!hasRoom(data)) {
      return false;
    }
    int slot = slotAfterLast();
    int source = from.slot(index);
    int nameLength = from.memory.get(JAVA_INT, header(source) + Offsets.MSGHDR__MSG_NAMELEN);
    int length = Math.min(nameLength, Linux.SIZEOF_SOCKADDR_UN); // a full path has a NUL more there
    int region = from.received ? from.names : from.knownNames;
    if (length > 0) {
      learn(slot, from.memory, region + (long) source * SockAddr.MAX_BYTES, length);
    }
    add(slot, data, length);
    if (from.received) {
      long start = from.control(source);
      long told = from.controlLength(source);
      setControl(slot, PacketInfo.answer(from.memory, start, told, memory, control(slot)));
    }
    return true;
  }

  /**
   * Sends from the front, once, as many as stand in a row in memory; what went is gone from here.
   *
   * @return how many went, at least 1; 0 if there was nothing to send; or {@code -errno} of the
   *     first message, which stays
   */
  public int send(Sys sys, int fd, int flags) {
    return send(sys, fd, flags, count);
  }

  /** As {@link #send(Sys, int, int)}, no more than {@code limit}. */
  public int send(Sys sys, int fd, int flags, int limit) {
    int first = head; // read once: the row stays within the memory
    int row = Math.min(Math.min(count, limit), capacity - first);
    if (row == 0) {
      return 0;
    }
    Segments together = segments;
    int n = together == null ? 0 : together.send(sys, fd, flags, first, row);
    if (n == 0) {
      try {
        n = sys.sendmmsg(fd, memory.address() + header(first), row, flags);
      } finally {
        Reference.reachabilityFence(this);
      }
      if (n > 0) {
        segments = null; // not a message that is wrong: the way there does not take them together
      }
    }
    for (int i = 0; i < n; i++) {
      removeFirst();
    }
    return n;
  }

  /**
   * From now on has the kernel cut messages from a larger one, where several of one size in a row,
   * the last perhaps shorter, go to one peer: {@code UDP_SEGMENT}. Each is a datagram as before,
   * and all of them pass the most of the kernel once. Where the kernel refuses that, because it
   * cannot or a message is longer than the way there takes, each goes by itself again, for good.
   *
   * @return whether the kernel knows of it; if not, nothing changes
   */
  public boolean sendSegments(Sys sys, int fd) {
    boolean can = Segments.areKnown(sys, fd);
    segments = can ? new Segments(memory, capacity, iovecs, controls, CONTROL_BYTES) : null;
    return can;
  }

  /** Addresses what is for the connected peer: for one who connects the socket to another. */
  public void readdress(SocketAddress to) {
    for (int index = 0; index < count; index++) {
      int slot = slot(index);
      long length = header(slot) + Offsets.MSGHDR__MSG_NAMELEN;
      if (!received && memory.get(JAVA_INT, length) == 0) {
        memory.set(JAVA_INT, length, name(slot, to));
      }
    }
  }

  /** Removes the first message, such as one that cannot be sent. */
  public void removeFirst() {
    if (count == 0) {
      throw new IllegalStateException("an empty batch has no first message");
    }
    count--;
    head = count == 0 || head + 1 == capacity ? 0 : head + 1;
  }

  // ---- both

  /** Removes all messages. */
  public void clear() {
    head = 0;
    count = 0;
    received = false;
  }

  /** How many messages are here. */
  public int count() {
    return count;
  }

  /** Whether no message is here. */
  public boolean isEmpty() {
    return count == 0;
  }

  /** How many messages there is room for. */
  public int capacity() {
    return capacity;
  }

  /** How many bytes a message may have. */
  public int bufferBytes() {
    return bufferBytes;
  }

  private boolean hasRoom(ByteBuffer data) {
    if (received && count > 0) {
      throw new IllegalStateException("the batch holds received messages: clear it first");
    }
    if (data.remaining() > bufferBytes) {
      throw new IllegalArgumentException(
          "a message of %d bytes: the batch has room for %d bytes each"
              .formatted(data.remaining(), bufferBytes));
    }
    return count < capacity;
  }

  private int slotAfterLast() {
    received = false;
    return (head + count) % capacity;
  }

  private void add(int slot, ByteBuffer data, int nameLength) {
    long name = memory.address() + knownNames + (long) slot * SockAddr.MAX_BYTES;
    memory.set(JAVA_LONG, header(slot) + Offsets.MSGHDR__MSG_NAME, name);
    memory.set(JAVA_INT, header(slot) + Offsets.MSGHDR__MSG_NAMELEN, nameLength);
    setControl(slot, 0);
    setSize(slot, views[slot].clear().put(data).position()); // what there is, whatever was asked
    count++;
  }

  /** Makes an address the known name of a slot; its length. */
  private int name(int slot, SocketAddress to) {
    if (!to.equals(addresses[slot])) {
      addresses[slot] = null; // not known any more if the next line throws
      knownLengths[slot] = SockAddr.encode(to, known(slot));
      addresses[slot] = to;
    }
    return knownLengths[slot];
  }

  /** Makes these bytes the known name of a slot; what it says is kept if they are the same. */
  private void learn(int slot, MemorySegment from, long offset, int length) {
    long known = knownNames + (long) slot * SockAddr.MAX_BYTES;
    boolean same =
        length == knownLengths[slot]
            && MemorySegment.mismatch(from, offset, offset + length, memory, known, known + length)
                < 0;
    if (!same) {
      MemorySegment.copy(from, offset, memory, known, length);
      knownLengths[slot] = length;
      addresses[slot] = null;
    }
  }

  private MemorySegment known(int slot) {
    return memory.asSlice(knownNames + (long) slot * SockAddr.MAX_BYTES, SockAddr.MAX_BYTES);
  }

  private long control(int slot) {
    return controls + (long) slot * CONTROL_BYTES;
  }

  private long controlLength(int slot) {
    return memory.get(JAVA_LONG, header(slot) + Offsets.MSGHDR__MSG_CONTROLLEN);
  }

  private void setControl(int slot, int length) {
    long address = length == 0 ? 0 : memory.address() + control(slot);
    memory.set(JAVA_LONG, header(slot) + Offsets.MSGHDR__MSG_CONTROL, address);
    memory.set(JAVA_LONG, header(slot) + Offsets.MSGHDR__MSG_CONTROLLEN, length);
  }

  private static long alignUp(long bytes) {
    return Math.ceilDiv(bytes, ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
  }

  private void setSize(int slot, int sizeBytes) {
    memory.set(JAVA_LONG, iovec(slot) + Offsets.IOVEC__IOV_LEN, sizeBytes);
  }

  private int slot(int index) {
    if (index < 0 || index >= count) {
      throw new IndexOutOfBoundsException("message " + index + " of " + count);
    }
    return (head + index) % capacity;
  }

  private static long header(int slot) {
    return (long) slot * Linux.SIZEOF_MMSGHDR;
  }

  private long iovec(int slot) {
    return iovecs + (long) slot * Linux.SIZEOF_IOVEC;
  }

  @Override
  public String toString() {
    return "MessageBatch[" + count + " of " + capacity + ", " + bufferBytes + " bytes each]";
  }
}
