package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
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
      MemorySegment data = arena.allocate(payload.remaining());
      data.copyFrom(MemorySegment.ofBuffer(payload));
      long length = CMSG_DATA + (long) fds.length * Integer.BYTES;
      MemorySegment control = arena.allocate(align(length), 8);
      control.set(JAVA_LONG, Offsets.CMSGHDR__CMSG_LEN, length);
      control.set(JAVA_INT, Offsets.CMSGHDR__CMSG_LEVEL, Linux.SOL_SOCKET);
      control.set(JAVA_INT, Offsets.CMSGHDR__CMSG_TYPE, Linux.SCM_RIGHTS);
      MemorySegment.copy(fds, 0, control, JAVA_INT, CMSG_DATA, fds.length);
      MemorySegment header = header(arena, data, control);
      int n = sys.sendmsg(socketFd, header.address(), Linux.MSG_NOSIGNAL);
      if (n >= 0) {
        payload.position(payload.position() + n);
      }
      checked("sendmsg", socketFd, n);
      return n;
    }
  }

  /**
   * Receives bytes, descriptors and credentials.
   *
   * @param target where the bytes go; its position advances
   * @param maxFds how many descriptors are expected at most; if more come, all are closed
   */
  public static Received receive(Sys sys, int socketFd, ByteBuffer target, int maxFds)
      throws SysException {
    if (maxFds < 0 || maxFds > MAX_FDS) {
      throw new IllegalArgumentException(
          maxFds + " descriptors: a message carries from 0 to " + MAX_FDS);
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
      target.put(data.asSlice(0, n).asByteBuffer());
      int flags = header.get(JAVA_INT, Offsets.MSGHDR__MSG_FLAGS);
      MemorySegment came =
          control.asSlice(0, header.get(JAVA_LONG, Offsets.MSGHDR__MSG_CONTROLLEN));
      List<Integer> fds = fds(came);
      boolean truncated = (flags & Linux.MSG_CTRUNC) != 0 || fds.size() > maxFds;
      if (truncated) {
        fds.forEach(sys::close); // half a message is of no use, and nobody would close them
        fds = List.of();
      }
      boolean dataTruncated = (flags & Linux.MSG_TRUNC) != 0;
      return new Received(n, List.copyOf(fds), credentials(came), truncated, dataTruncated);
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
      return ucred(ucred);
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

  private static List<Integer> fds(MemorySegment control) {
    List<Integer> fds = new ArrayList<>();
    for (MemorySegment data : messages(control, Linux.SCM_RIGHTS)) {
      for (long at = 0; at + Integer.BYTES <= data.byteSize(); at += Integer.BYTES) {
        fds.add(data.get(JAVA_INT, at));
      }
    }
    return fds;
  }

  private static @Nullable PeerCredentials credentials(MemorySegment control) {
    for (MemorySegment data : messages(control, Linux.SCM_CREDENTIALS)) {
      if (data.byteSize() >= Linux.SIZEOF_UCRED) {
        return ucred(data);
      }
    }
    return null;
  }

  /** {@code struct ucred { pid_t pid; uid_t uid; gid_t gid; }}. */
  private static PeerCredentials ucred(MemorySegment ucred) {
    return new PeerCredentials(
        ucred.get(JAVA_INT, Offsets.UCRED__PID),
        ucred.get(JAVA_INT, Offsets.UCRED__UID),
        ucred.get(JAVA_INT, Offsets.UCRED__GID));
  }

  /** The data of the control messages of a type, as CMSG_FIRSTHDR and CMSG_NXTHDR find them. */
  private static List<MemorySegment> messages(MemorySegment control, int type) {
    List<MemorySegment> found = new ArrayList<>();
    long at = 0;
    while (at + CMSG_DATA <= control.byteSize()) {
      long length =
          Math.min(control.get(JAVA_LONG, at + Offsets.CMSGHDR__CMSG_LEN), control.byteSize() - at);
      if (length < CMSG_DATA) {
        break;
      }
      if (control.get(JAVA_INT, at + Offsets.CMSGHDR__CMSG_LEVEL) == Linux.SOL_SOCKET
          && control.get(JAVA_INT, at + Offsets.CMSGHDR__CMSG_TYPE) == type) {
        found.add(control.asSlice(at + CMSG_DATA, length - CMSG_DATA));
      }
      at += align(length);
    }
    return found;
  }

  /** CMSG_ALIGN: up to the next multiple of eight. */
  private static long align(long length) {
    return (length + 7) & ~7L;
  }
}
