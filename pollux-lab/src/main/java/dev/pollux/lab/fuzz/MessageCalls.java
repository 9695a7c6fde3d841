package dev.pollux.lab.fuzz;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import java.lang.foreign.MemorySegment;
import java.util.function.IntSupplier;

/** sendmsg and recvmsg, as {@link Calls} has them: in several pieces, with a peer's name. */
final class MessageCalls {
  /** The most pieces of a message. */
  static final int MAX_PIECES = 4;

  // Where things stand in the scratch memory.
  private static final int HEADER = 0;
  private static final int PIECES = 64;
  private static final int ADDRESS = 256;

  private static final int MSG_FLAGS = 48; // in struct msghdr
  private static final int MSG_NAME_LENGTH = 8;

  private final Handles handles;
  private final MemorySegment small;
  private final MemorySegment buffer;
  private final Outcome outcome;

  MessageCalls(Handles handles, MemorySegment small, MemorySegment buffer, Outcome outcome) {
    this.handles = handles;
    this.small = small;
    this.buffer = buffer;
    this.outcome = outcome;
  }

  /** Sends to the peer it is connected to. */
  IntSupplier send(Op op, long source) {
    header(op, source, 0, 0);
    return call(op);
  }

  /** Sends to a name. */
  IntSupplier sendTo(Op op, long source) {
    Sys sys = handles.sys();
    int fd = handles.fd(op, 0);
    MemorySegment place = small.asSlice(ADDRESS);
    int length = handles.names.write(place, fd, op.arg(3), Handles.UNUSED_PORT);
    int flags = op.arg(2) | Linux.MSG_NOSIGNAL;
    return () -> sys.sendto(fd, source, op.arg(1), flags, place.address(), length);
  }

  IntSupplier receive(Op op) {
    buffer.asSlice(0, op.arg(1)).fill((byte) 0); // MSG_TRUNC may leave it as it is
    header(op, buffer.address(), small.address() + ADDRESS, Linux.SIZEOF_SOCKADDR_UN);
    return call(op);
  }

  /** The bytes, the flags, whose name. */
  void received(Op op, int result) {
    outcome.bytesRead(Math.clamp(result, 0, op.arg(1)));
    if (result >= 0) {
      int length = small.get(JAVA_INT, HEADER + MSG_NAME_LENGTH);
      outcome.add(small.get(JAVA_INT, HEADER + MSG_FLAGS));
      outcome.add(length);
      outcome.add(handles.names.of(handles.fd(op, 0), small, ADDRESS, length));
    }
  }

  private IntSupplier call(Op op) {
    Sys sys = handles.sys();
    int fd = handles.fd(op, 0);
    int flags = op.arg(2);
    return op.kind() == Kind.RECVMSG
        ? () -> sys.recvmsg(fd, small.address(), flags)
        : () -> sys.sendmsg(fd, small.address(), flags | Linux.MSG_NOSIGNAL);
  }

  // struct msghdr { void *name; 0  socklen_t namelen; 8  struct iovec *iov; 16  size_t iovlen; 24
  //   void *control; 32  size_t controllen; 40  int flags; 48 };
  private void header(Op op, long data, long name, int nameLength) {
    small.asSlice(HEADER, Linux.SIZEOF_MSGHDR).fill((byte) 0);
    small.set(JAVA_LONG, HEADER, name);
    small.set(JAVA_INT, HEADER + MSG_NAME_LENGTH, nameLength);
    small.set(JAVA_LONG, HEADER + 16, small.address() + PIECES);
    small.set(JAVA_LONG, HEADER + 24, pieces(op.arg(1), op.arg(3), data));
  }

  /** Divides bytes into so many pieces, as even as can be; how many. */
  private int pieces(int bytes, int wanted, long data) {
    int count = Math.clamp(wanted, 0, MAX_PIECES);
    long at = data;
    for (int i = 0; i < count; i++) {
      int left = bytes - (int) (at - data);
      int size = i == count - 1 ? left : Math.min(left, bytes / count);
      small.set(JAVA_LONG, PIECES + 16L * i, at);
      small.set(JAVA_LONG, PIECES + 16L * i + 8, size);
      at += size;
    }
    return count;
  }
}
