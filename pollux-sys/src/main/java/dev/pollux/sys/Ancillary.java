package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Passes descriptors and credentials over Unix domain sockets.
 *
 * <p>Ownership: a passed descriptor is a duplicate: the sender still has, and closes, its own; the
 * receiver closes what {@link Received#fds} lists. Received descriptors are close-on-exec.
 *
 * <p>Threads: any thread.
 *
 * <p>Blocking: as the socket does.
 *
 * <p>Errors: EAGAIN and EINTR are results; everything else is a {@link SysException}.
 *
 * <p>Source: unix(7), cmsg(3), recvmsg(2).
 */
public final class Ancillary {

  /** Descriptors in one message: Linux's SCM_MAX_FD, {@code include/net/scm.h}. */
  public static final int MAX_FDS = 253;

  // struct iovec {                 struct msghdr {
  //   void  *iov_base;   0           void         *msg_name;         0
  //   size_t iov_len;    8           socklen_t     msg_namelen;      8
  // };                               struct iovec *msg_iov;         16
  //                                  size_t        msg_iovlen;      24
  // struct cmsghdr {                 void         *msg_control;     32
  //   size_t cmsg_len;   0           size_t        msg_controllen;  40
  //   int    cmsg_level; 8           int           msg_flags;       48
  //   int    cmsg_type; 12         };
  // };  the data follows at 16, padded to 8
  private static final int CMSG_DATA = Linux.SIZEOF_CMSGHDR;

  private Ancillary() {}

  /**
   * What one {@link #receive} brought.
   *
   * @param bytes how many bytes of data; 0 at the end of the stream; or {@code -EAGAIN}, {@code
   *     -EINTR}
   * @param fds the descriptors, which are now the receiver's; empty if {@code truncated}
   * @param credentials the sender's, if the socket has the option SO_PASSCRED
   * @param truncated whether more descriptors came than were asked for; all of them are closed
   * @param dataTruncated whether a datagram was longer than the buffer; its rest is lost
   */
  public record Received(
      int bytes,
      List<Integer> fds,
      @Nullable PeerCredentials credentials,
      boolean truncated,
      boolean dataTruncated) {}

  /**
   * Sends bytes and, with the first of them, descriptors.
   *
   * @param payload what is sent is taken from it; at least one byte, without which a stream socket
   *     would send nothing
   * @return how many bytes were sent, and the descriptors with them; or {@code -EAGAIN} or {@code
   *     -EINTR}, when neither was
   * @throws IllegalArgumentException if there is no byte, no descriptor or more than {@link
   *     #MAX_FDS}
   */
  public static int sendFds(Sys sys, int socketFd, ByteBuffer payload, int... fds)
      throws SysException {
    if (!payload.hasRemaining()) {
      throw new IllegalArgumentException("descriptors travel with at least one byte of data");
    }
    if (fds.length < 1 || fds.length > MAX_FDS) {
      throw new IllegalArgumentException(
          fds.length + " descriptors: a message carries from 1 to " + MAX_FDS);
    }
    try (Arena arena = Arena.ofConfined()) {
      int position = payload.position();
      MemorySegment bytes = MemorySegment.ofBuffer(payload);
      MemorySegment data = arena.allocate(bytes.byteSize()).copyFrom(bytes);
      long length = CMSG_DATA + (long) fds.length * Integer.BYTES;
      MemorySegment control = arena.allocate(align(length), 8);
      control.set(JAVA_LONG, Offsets.CMSGHDR__CMSG_LEN, length);
      control.set(JAVA_INT, Offsets.CMSGHDR__CMSG_LEVEL, Linux.SOL_SOCKET);
      control.set(JAVA_INT, Offsets.CMSGHDR__CMSG_TYPE, Linux.SCM_RIGHTS);
      MemorySegment.copy(fds, 0, control, JAVA_INT, CMSG_DATA, fds.length);
      MemorySegment header = header(arena, data, control);
      int n = sys.sendmsg(socketFd, header.address(), Linux.MSG_NOSIGNAL);
      if (n >= 0) {
        payload.position(position + n);
      }
      checked("sendmsg", socketFd, n);
      return n;
    }
  }

  /**
   * Receives bytes, descriptors and credentials. Whatever is thrown, no descriptor stays open that
   * the caller does not know of.
   *
   * @param target where the bytes go; its position advances
   * @param maxFds how many descriptors are expected at most; if more come, all are closed
   * @throws ReadOnlyBufferException if nothing can be put into the target; nothing was received
   */
  public static Received receive(Sys sys, int socketFd, ByteBuffer target, int maxFds)
      throws SysException {
    if (maxFds < 0 || maxFds > MAX_FDS) {
      throw new IllegalArgumentException(
          maxFds + " descriptors: a message carries from 0 to " + MAX_FDS);
    }
    if (target.isReadOnly()) {
      throw new ReadOnlyBufferException();
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = arena.allocate(target.remaining());
      long rights = align(CMSG_DATA + (long) maxFds * Integer.BYTES);
      long credentials = align(CMSG_DATA + Linux.SIZEOF_UCRED);
      MemorySegment control = arena.allocate(rights + credentials, 8);
      MemorySegment header = header(arena, data, control);
      int n = sys.recvmsg(socketFd, header.address(), Linux.MSG_CMSG_CLOEXEC);
      checked("recvmsg", socketFd, n);
      if (n < 0) {
        return new Received(n, List.of(), null, false, false);
      }
      boolean kept = false;
      try {
        target.put(data.asSlice(0, n).asByteBuffer());
        Received received = received(n, header, control, maxFds);
        kept = !received.truncated; // half a message is of no use, and nobody would close them
        return received;
      } finally {
        if (!kept) {
          closeFds(sys, header, control);
        }
      }
    }
  }

  private static Received received(
      int bytes, MemorySegment header, MemorySegment control, int maxFds) {
    int flags = header.get(JAVA_INT, Offsets.MSGHDR__MSG_FLAGS);
    List<Integer> fds = new ArrayList<>();
    PeerCredentials credentials = null;
    long end = end(header, control);
    for (long at = 0; isMessage(control, at, end); at = next(control, at)) {
      long dataEnd = Math.min(at + length(control, at), end);
      if (isType(control, at, Linux.SCM_RIGHTS)) {
        for (long fd = at + CMSG_DATA; fd + Integer.BYTES <= dataEnd; fd += Integer.BYTES) {
          fds.add(control.get(JAVA_INT, fd));
        }
      } else if (isType(control, at, Linux.SCM_CREDENTIALS)
          && at + CMSG_DATA + Linux.SIZEOF_UCRED <= dataEnd) {
        credentials = ucred(control, at + CMSG_DATA);
      }
    }
    boolean truncated = (flags & Linux.MSG_CTRUNC) != 0 || fds.size() > maxFds;
    return new Received(
        bytes,
        truncated ? List.of() : List.copyOf(fds),
        credentials,
        truncated,
        (flags & Linux.MSG_TRUNC) != 0);
  }

  /** Closes the descriptors that came; makes no objects, since there may be no memory for them. */
  private static void closeFds(Sys sys, MemorySegment header, MemorySegment control) {
    long end = end(header, control);
    for (long at = 0; isMessage(control, at, end); at = next(control, at)) {
      if (isType(control, at, Linux.SCM_RIGHTS)) {
        long dataEnd = Math.min(at + length(control, at), end);
        for (long fd = at + CMSG_DATA; fd + Integer.BYTES <= dataEnd; fd += Integer.BYTES) {
          int _ = sys.close(control.get(JAVA_INT, fd));
        }
      }
    }
  }

  /** {@code SO_PEERCRED}: who connected this Unix socket, listened for it, or made the pair. */
  public static PeerCredentials peerCredentials(Sys sys, int socketFd) throws SysException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ucred = arena.allocate(Linux.SIZEOF_UCRED, 4);
      MemorySegment length = arena.allocateFrom(JAVA_INT, Linux.SIZEOF_UCRED);
      int result =
          sys.getsockopt(
              socketFd, Linux.SOL_SOCKET, Linux.SO_PEERCRED, ucred.address(), length.address());
      SysException.check("getsockopt(fd=" + socketFd + ", SO_PEERCRED)", result);
      return ucred(ucred, 0);
    }
  }

  private static void checked(String call, int socketFd, int n) throws SysException {
    boolean expected = n >= 0 || n == -Errno.EAGAIN || n == -Errno.EINTR;
    if (!expected) {
      throw SysException.of(call + "(fd=" + socketFd + ")", n);
    }
  }

  private static MemorySegment header(Arena arena, MemorySegment data, MemorySegment control) {
    MemorySegment iovec = arena.allocate(Linux.SIZEOF_IOVEC, 8);
    iovec.set(JAVA_LONG, Offsets.IOVEC__IOV_BASE, data.address());
    iovec.set(JAVA_LONG, Offsets.IOVEC__IOV_LEN, data.byteSize());
    MemorySegment header = arena.allocate(Linux.SIZEOF_MSGHDR, 8);
    header.set(JAVA_LONG, Offsets.MSGHDR__MSG_IOV, iovec.address());
    header.set(JAVA_LONG, Offsets.MSGHDR__MSG_IOVLEN, 1);
    header.set(JAVA_LONG, Offsets.MSGHDR__MSG_CONTROL, control.address());
    header.set(JAVA_LONG, Offsets.MSGHDR__MSG_CONTROLLEN, control.byteSize());
    return header;
  }

  /** {@code struct ucred { pid_t pid; uid_t uid; gid_t gid; }}. */
  private static PeerCredentials ucred(MemorySegment memory, long at) {
    return new PeerCredentials(
        memory.get(JAVA_INT, at + Offsets.UCRED__PID),
        memory.get(JAVA_INT, at + Offsets.UCRED__UID),
        memory.get(JAVA_INT, at + Offsets.UCRED__GID));
  }

  // The control messages, one after the other, as CMSG_FIRSTHDR and CMSG_NXTHDR find them.

  /** Where the control messages end. */
  private static long end(MemorySegment header, MemorySegment control) {
    return Math.min(header.get(JAVA_LONG, Offsets.MSGHDR__MSG_CONTROLLEN), control.byteSize());
  }

  private static boolean isMessage(MemorySegment control, long at, long end) {
    return at + CMSG_DATA <= end && length(control, at) >= CMSG_DATA;
  }

  private static boolean isType(MemorySegment control, long at, int type) {
    return control.get(JAVA_INT, at + Offsets.CMSGHDR__CMSG_LEVEL) == Linux.SOL_SOCKET
        && control.get(JAVA_INT, at + Offsets.CMSGHDR__CMSG_TYPE) == type;
  }

  /** With the header; at most what there is, so that sums stay in range. */
  private static long length(MemorySegment control, long at) {
    return Math.min(control.get(JAVA_LONG, at + Offsets.CMSGHDR__CMSG_LEN), control.byteSize());
  }

  private static long next(MemorySegment control, long at) {
    return at + align(length(control, at));
  }

  /** CMSG_ALIGN: up to the next multiple of eight. */
  private static long align(long length) {
    return (length + 7) & ~7L;
  }
}
