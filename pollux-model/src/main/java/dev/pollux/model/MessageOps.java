package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;

/** The calls on messages, single and many, under the kernel's lock. */
final class MessageOps {

  private final Kernel kernel;
  private final Memory memory;
  private final FileTable table;
  private final SocketOps sockets;

  MessageOps(Kernel kernel, FileTable table, SocketOps sockets) {
    this.kernel = kernel;
    this.memory = kernel.memory;
    this.table = table;
    this.sockets = sockets;
  }

  int receive(int fd, long header, int flags) {
    Socket socket = sockets.socketOf(fd);
    return socket == null ? sockets.notSocket(fd) : receive(fd, socket, header, flags);
  }

  int send(int fd, long header, int flags) {
    Socket socket = sockets.socketOf(fd);
    return socket == null ? sockets.notSocket(fd) : send(fd, socket, header, flags);
  }

  /** Source: do_recvmmsg of net/socket.c. */
  int receiveMany(int fd, long headers, int count, int flags, long timespec) {
    long deadline = Kernel.FOREVER;
    if (timespec != 0) {
      if (!memory.valid(timespec, Linux.SIZEOF_TIMESPEC)) {
        return -Errno.EFAULT;
      }
      long timeout = memory.timespec(timespec);
      if (timeout < 0) {
        return -Errno.EINVAL;
      }
      deadline = kernel.deadline(timeout);
    }
    Socket socket = sockets.socketOf(fd);
    if (socket == null) {
      return sockets.notSocket(fd);
    }
    int pending = FileOps.has(flags, Linux.MSG_ERRQUEUE) ? 0 : socket.takeError();
    if (pending != 0) {
      return -pending;
    }
    int done = receiveUntil(fd, socket, headers, count, flags, deadline);
    if (done > 0 && timespec != 0) {
      memory.setTimespec(timespec, left(deadline));
    }
    return done;
  }

  /** How many messages came by the deadline, which is looked at after each; or an error. */
  private int receiveUntil(
      int fd, Socket socket, long headers, int count, int flags, long deadline) {
    int how = flags & ~Linux.MSG_WAITFORONE;
    int done = 0;
    while (Integer.compareUnsigned(done, count) < 0) {
      long header = headers + (long) done * Linux.SIZEOF_MMSGHDR;
      int result = receive(fd, socket, header, how);
      result = result < 0 ? result : setLength(header, result);
      if (result < 0) {
        if (done > 0 && result != -Errno.EAGAIN) {
          int _ = socket.exchangeError(-result); // met by the next call
        }
        return done > 0 ? done : result;
      }
      done++;
      if (FileOps.has(flags, Linux.MSG_WAITFORONE)) {
        how |= Linux.MSG_DONTWAIT;
      }
      int told = memory.getInt(header + Offsets.MSGHDR__MSG_FLAGS);
      if (left(deadline) == 0 || FileOps.has(told, Linux.MSG_OOB)) {
        break;
      }
    }
    return done;
  }

  private long left(long deadline) {
    return deadline == Kernel.FOREVER ? deadline : Math.max(0, deadline - kernel.clock.now());
  }

  /** Source: __sys_sendmmsg of net/socket.c. */
  int sendMany(int fd, long headers, int count, int flags) {
    Socket socket = sockets.socketOf(fd);
    if (socket == null) {
      return sockets.notSocket(fd);
    }
    int most = Integer.compareUnsigned(count, Linux.IOV_MAX) > 0 ? Linux.IOV_MAX : count;
    for (int done = 0; done < most; done++) {
      long header = headers + (long) done * Linux.SIZEOF_MMSGHDR;
      int result = send(fd, socket, header, flags);
      boolean all = result == size(header, result);
      result = result < 0 ? result : setLength(header, result);
      if (result < 0) {
        return done > 0 ? done : result;
      }
      if (!all) {
        return done + 1;
      }
    }
    return most;
  }

  /** The bytes of a message that was sent with a result; 0 if it failed. */
  private long size(long header, int result) {
    long total = 0;
    long count = result < 0 ? 0 : memory.getLong(header + Offsets.MSGHDR__MSG_IOVLEN);
    long iovecs = result < 0 ? 0 : memory.getLong(header + Offsets.MSGHDR__MSG_IOV);
    for (int i = 0; i < count; i++) {
      total += memory.getLong(iovecs + (long) i * Linux.SIZEOF_IOVEC + Offsets.IOVEC__IOV_LEN);
    }
    return Math.min(total, Span.MAX_BYTES);
  }

  private int setLength(long header, int length) {
    long address = header + Offsets.MMSGHDR__MSG_LEN;
    if (!memory.valid(address, Integer.BYTES)) {
      return -Errno.EFAULT;
    }
    memory.setInt(address, length);
    return 0;
  }

  private int receive(int fd, Socket socket, long header, int flags) {
    int result = checkHeader(header);
    if (result < 0) {
      return result;
    }
    Message message = new Message();
    result = sockets.receive(fd, socket, span(header), flags, message);
    if (result >= 0) {
      int told = tell(socket.options(), header, flags, message);
      result = told < 0 ? told : result;
    }
    kernel.drop(message.files);
    return result;
  }

  /** Writes what was learnt beside the bytes; 0, or an error of the name's place. */
  private int tell(SocketOptions options, long header, int flags, Message message) {
    int cloexec = flags & Linux.MSG_CMSG_CLOEXEC;
    ControlWriter control =
        new ControlWriter(
            memory,
            memory.getLong(header + Offsets.MSGHDR__MSG_CONTROL),
            memory.getLong(header + Offsets.MSGHDR__MSG_CONTROLLEN));
    control.write(table, options, message, cloexec != 0);
    long name = memory.getLong(header + Offsets.MSGHDR__MSG_NAME);
    if (name != 0) {
      long lengthAddress = header + Offsets.MSGHDR__MSG_NAMELEN;
      int result = Addresses.write(memory, options.family, message.sender, name, lengthAddress);
      if (result < 0) {
        return result;
      }
    }
    int truncated = control.isTruncated() ? Linux.MSG_CTRUNC : 0;
    memory.setLong(header + Offsets.MSGHDR__MSG_CONTROLLEN, control.used());
    memory.setInt(header + Offsets.MSGHDR__MSG_FLAGS, message.flags | truncated | cloexec);
    return 0;
  }

  private int send(int fd, Socket socket, long header, int flags) {
    int result = checkHeader(header);
    if (result < 0) {
      return result;
    }
    ControlReader control = new ControlReader(kernel, table, socket.options());
    result =
        control.read(
            memory.getLong(header + Offsets.MSGHDR__MSG_CONTROL),
            memory.getLong(header + Offsets.MSGHDR__MSG_CONTROLLEN));
    Attachment with = control.attachment();
    if (result == 0) {
      long name = memory.getLong(header + Offsets.MSGHDR__MSG_NAME);
      int nameLength = memory.getInt(header + Offsets.MSGHDR__MSG_NAMELEN);
      // No bytes of a name are no name, and too many are as many as there can be.
      long target = nameLength == 0 ? 0 : name;
      int targetLength = Math.min(nameLength, Linux.SIZEOF_SOCKADDR_STORAGE);
      result = sockets.send(fd, socket, span(header), flags, target, targetLength, with);
    }
    kernel.drop(with.takeFiles());
    return result;
  }

  private Span span(long header) {
    return Span.ofIovecs(
        memory,
        memory.getLong(header + Offsets.MSGHDR__MSG_IOV),
        (int) memory.getLong(header + Offsets.MSGHDR__MSG_IOVLEN));
  }

  private int checkHeader(long header) {
    if (!memory.valid(header, Linux.SIZEOF_MSGHDR)) {
      return -Errno.EFAULT;
    }
    long name = memory.getLong(header + Offsets.MSGHDR__MSG_NAME);
    if (name != 0 && memory.getInt(header + Offsets.MSGHDR__MSG_NAMELEN) < 0) {
      return -Errno.EINVAL;
    }
    int result =
        Span.checkedIovecs(
            memory,
            memory.getLong(header + Offsets.MSGHDR__MSG_IOV),
            memory.getLong(header + Offsets.MSGHDR__MSG_IOVLEN));
    return result == -Errno.EINVAL && tooMany(header) ? -Errno.EMSGSIZE : result;
  }

  /** More iovecs than a call takes: EMSGSIZE here, and EINVAL of readv(2). */
  private boolean tooMany(long header) {
    long count = memory.getLong(header + Offsets.MSGHDR__MSG_IOVLEN);
    return Long.compareUnsigned(count, Linux.IOV_MAX) > 0;
  }
}
