package dev.pollux.model;

import dev.pollux.sys.Abi;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;
import java.util.function.ToIntFunction;

/** The calls on descriptors of any kind, under the kernel's lock. */
final class FileOps {

  private static final int SIOCOUTQNSD = 0x894B; // linux/sockios.h: not sent yet

  static final int STATUS_FLAGS = Linux.O_NONBLOCK | Linux.O_APPEND;

  private final Kernel kernel;
  private final FileTable table;
  private final Transfers transfers;

  FileOps(Kernel kernel, FileTable table, Transfers transfers) {
    this.kernel = kernel;
    this.table = table;
    this.transfers = transfers;
  }

  // ---- transfers

  int read(int fd, long address, long count) {
    Description file = table.get(fd);
    if (file == null || !file.isReadable()) {
      return -Errno.EBADF;
    }
    if (!file.file.canBeRead()) {
      return -Errno.EINVAL;
    }
    int result = Span.checkedRange(kernel.memory, address, count);
    return result < 0 ? result : transfers.read(fd, file, Span.of(kernel.memory, address, count));
  }

  /** Source: vfs_readv of fs/read_write.c. */
  int readv(int fd, long iovecs, int count) {
    Description file = table.get(fd);
    if (file == null || !file.isReadable()) {
      return -Errno.EBADF;
    }
    if (!file.file.canBeRead()) {
      return -Errno.EINVAL;
    }
    int result = Span.checkedIovecs(kernel.memory, iovecs, count);
    if (result < 0) {
      return result;
    }
    Span to = Span.ofIovecs(kernel.memory, iovecs, count);
    if (to.remaining() == 0 || !file.file.readsByRange()) {
      return to.remaining() == 0 ? 0 : transfers.read(fd, file, to);
    }
    return byRange(iovecs, count, range -> transfers.read(fd, file, range));
  }

  /** Source: ksys_pread64 of fs/read_write.c. */
  int pread(int fd, long address, long count, long offset) {
    if (offset < 0) {
      return -Errno.EINVAL;
    }
    Description description = table.get(fd);
    if (description == null || description.file.node() == null) {
      return description == null ? -Errno.EBADF : -Errno.ESPIPE;
    }
    if (!description.isReadable()) {
      return -Errno.EBADF;
    }
    int result = Span.checkedRange(kernel.memory, address, count);
    if (result < 0) {
      return result;
    }
    Span to = Span.of(kernel.memory, address, count);
    return description.file instanceof RegularFile file
        ? file.readAt(to, offset)
        : description.file.read(to);
  }

  int write(int fd, long address, long count) {
    Description file = table.get(fd);
    if (file == null || !file.isWritable()) {
      return -Errno.EBADF;
    }
    if (!file.file.canBeWritten()) {
      return -Errno.EINVAL;
    }
    int result = Span.checkedRange(kernel.memory, address, count);
    return result < 0
        ? result
        : transfers.write(fd, toTheEnd(file), Span.of(kernel.memory, address, count));
  }

  /** Source: vfs_writev of fs/read_write.c. */
  int writev(int fd, long iovecs, int count) {
    Description file = table.get(fd);
    if (file == null || !file.isWritable()) {
      return -Errno.EBADF;
    }
    if (!file.file.canBeWritten()) {
      return -Errno.EINVAL;
    }
    int result = Span.checkedIovecs(kernel.memory, iovecs, count);
    if (result < 0) {
      return result;
    }
    Span from = Span.ofIovecs(kernel.memory, iovecs, count);
    if (from.remaining() == 0 || !file.file.writesByRange()) {
      return from.remaining() == 0 ? 0 : transfers.write(fd, toTheEnd(file), from);
    }
    return byRange(iovecs, count, range -> transfers.write(fd, file, range));
  }

  /** Source: ksys_pwrite64 of fs/read_write.c; with O_APPEND the offset means nothing. */
  int pwrite(int fd, long address, long count, long offset) {
    if (offset < 0) {
      return -Errno.EINVAL;
    }
    Description description = table.get(fd);
    if (description == null || description.file.node() == null) {
      return description == null ? -Errno.EBADF : -Errno.ESPIPE;
    }
    if (!description.isWritable()) {
      return -Errno.EBADF;
    }
    int result = Span.checkedRange(kernel.memory, address, count);
    if (result < 0) {
      return result;
    }
    Span from = Span.of(kernel.memory, address, count);
    if (!(description.file instanceof RegularFile file)) {
      return description.file.write(from);
    }
    return file.writeAt(from, appends(description) ? file.content().size() : offset);
  }

  private static boolean appends(Description description) {
    return has(description.flags, Linux.O_APPEND);
  }

  /** Under O_APPEND every write begins at the end of the file. */
  private static Description toTheEnd(Description description) {
    if (appends(description) && description.file instanceof RegularFile file) {
      file.moveTo(file.content().size());
    }
    return description;
  }

  /** Source: do_loop_readv_writev of fs/read_write.c. */
  private int byRange(long iovecs, int count, ToIntFunction<Span> transfer) {
    int total = 0;
    for (long at = iovecs; at < iovecs + (long) count * Linux.SIZEOF_IOVEC; ) {
      long address = kernel.memory.getLong(at + Offsets.IOVEC__IOV_BASE);
      long length = kernel.memory.getLong(at + Offsets.IOVEC__IOV_LEN);
      int moved = transfer.applyAsInt(Span.of(kernel.memory, address, length));
      if (moved < 0) {
        return total > 0 ? total : moved;
      }
      total += moved;
      if (moved < length) {
        return total;
      }
      at += Linux.SIZEOF_IOVEC;
    }
    return total;
  }

  /** Source: do_sendfile of fs/read_write.c. */
  int sendfile(int outFd, int inFd, long offsetAddress, long count) {
    long start = -1;
    if (offsetAddress != 0) {
      if (!kernel.memory.valid(offsetAddress, Long.BYTES)) {
        return -Errno.EFAULT;
      }
      start = kernel.memory.getLong(offsetAddress);
    }
    Description in = table.get(inFd);
    if (in == null || !in.isReadable()) {
      return -Errno.EBADF;
    }
    if (offsetAddress != 0 && !(in.file instanceof RegularFile)) {
      return in.file.node() != null ? -Errno.EINVAL : -Errno.ESPIPE;
    }
    if (count < 0 || (offsetAddress != 0 && start < 0)) {
      return -Errno.EINVAL;
    }
    Description out = table.get(outFd);
    if (out == null || !out.isWritable()) {
      return -Errno.EBADF;
    }
    boolean takes = out.file.isStream() || (out.file.node() != null && !appends(out));
    if (!(in.file instanceof RegularFile file) || !takes) {
      return -Errno.EINVAL;
    }
    FileContent content = file.content();
    int from = (int) Math.min(start < 0 ? file.position() : start, content.size());
    int n = (int) Math.min(count, content.size() - from);
    if (n == 0) {
      return 0;
    }
    int result = transfers.write(outFd, out, Span.ofOwn(kernel.memory, content.array(), from, n));
    if (result <= 0) {
      return result;
    }
    file.wasRead();
    if (offsetAddress != 0) {
      kernel.memory.setLong(offsetAddress, (long) from + result);
    } else {
      file.moveTo((long) from + result);
    }
    return result;
  }

  // ---- descriptors

  int close(int fd) {
    return table.close(fd);
  }

  int pipe2(long fds, int flags) {
    if ((flags & ~(Linux.O_CLOEXEC | Linux.O_NONBLOCK | Abi.CURRENT.oDirect)) != 0) {
      return -Errno.EINVAL;
    }
    if (has(flags, Abi.CURRENT.oDirect)) {
      return kernel.unsupported("pipe2(O_DIRECT)");
    }
    int result = table.checkRoom(2);
    if (result < 0) {
      return result;
    }
    if (!kernel.memory.valid(fds, 2 * Integer.BYTES)) {
      return -Errno.EFAULT;
    }
    boolean cloexec = has(flags, Linux.O_CLOEXEC);
    int status = flags & Linux.O_NONBLOCK;
    PipeEnd reader = PipeEnd.open();
    kernel.memory.setInt(fds, table.open(reader, status, cloexec));
    kernel.memory.setInt(
        fds + Integer.BYTES, table.open(reader.other(), status | Linux.O_WRONLY, cloexec));
    return 0;
  }

  int dup(int fd) {
    Description file = table.get(fd);
    return file == null ? -Errno.EBADF : table.duplicate(file, 0, false);
  }

  int dup3(int fd, int newFd, int flags) {
    if ((flags & ~Linux.O_CLOEXEC) != 0 || fd == newFd) {
      return -Errno.EINVAL;
    }
    if (newFd < 0 || newFd >= table.softLimit()) {
      return -Errno.EBADF;
    }
    Description file = table.get(fd);
    if (file == null) {
      return -Errno.EBADF;
    }
    if (table.isReserved(newFd)) {
      return -Errno.EBUSY;
    }
    table.replace(newFd, file, has(flags, Linux.O_CLOEXEC));
    return newFd;
  }

  int fcntl(int fd, int command, long argument) {
    Description file = table.get(fd);
    if (file == null) {
      return -Errno.EBADF;
    }
    return switch (command) {
      case Linux.F_DUPFD -> table.duplicate(file, (int) argument, false);
      case Linux.F_DUPFD_CLOEXEC -> table.duplicate(file, (int) argument, true);
      case Linux.F_GETFD -> table.isCloseOnExec(fd) ? Linux.FD_CLOEXEC : 0;
      case Linux.F_SETFD -> {
        table.setCloseOnExec(fd, (argument & Linux.FD_CLOEXEC) != 0);
        yield 0;
      }
      case Linux.F_GETFL -> file.flags;
      case Linux.F_SETFL -> {
        file.flags = (file.flags & ~STATUS_FLAGS) | ((int) argument & STATUS_FLAGS);
        yield 0;
      }
      case Linux.F_GETPIPE_SZ -> file.file instanceof PipeEnd pipe ? pipe.capacity() : -Errno.EBADF;
      case Linux.F_SETPIPE_SZ ->
          file.file instanceof PipeEnd pipe ? pipe.resize((int) argument) : -Errno.EBADF;
      default -> -Errno.EINVAL;
    };
  }

  int ioctl(int fd, long request, long argument) {
    Description file = table.get(fd);
    if (file == null) {
      return -Errno.EBADF;
    }
    if (file.file instanceof ProcessFdFile process && request == ProcessFdFile.GET_INFO) {
      return process.info(kernel.memory, argument);
    }
    int count;
    if (request == Linux.FIONREAD && file.file instanceof RegularFile regular) {
      return regular.tellDistance(kernel.memory, argument);
    } else if (request == Linux.FIONREAD) {
      count = file.file.available();
    } else if (request == Linux.TIOCOUTQ || request == SIOCOUTQNSD) {
      count = file.file.outgoing(request == SIOCOUTQNSD);
    } else {
      count = request == Linux.FIONBIO ? 0 : -Errno.ENOTTY;
    }
    if (count < 0) {
      return count;
    }
    if (!kernel.memory.valid(argument, Integer.BYTES)) {
      return -Errno.EFAULT;
    }
    if (request != Linux.FIONBIO) {
      kernel.memory.setInt(argument, count);
    } else if (kernel.memory.getInt(argument) != 0) {
      file.flags |= Linux.O_NONBLOCK;
    } else {
      file.flags &= ~Linux.O_NONBLOCK;
    }
    return 0;
  }

  int getrlimit(int resource, long address) {
    if (resource != Linux.RLIMIT_NOFILE) {
      return kernel.unsupported("getrlimit(" + resource + ")");
    }
    if (!kernel.memory.valid(address, Linux.SIZEOF_RLIMIT)) {
      return -Errno.EFAULT;
    }
    kernel.memory.setLong(address, table.softLimit());
    kernel.memory.setLong(address + Long.BYTES, table.hardLimit());
    return 0;
  }

  int setrlimit(int resource, long address) {
    if (resource != Linux.RLIMIT_NOFILE) {
      return kernel.unsupported("setrlimit(" + resource + ")");
    }
    if (!kernel.memory.valid(address, Linux.SIZEOF_RLIMIT)) {
      return -Errno.EFAULT;
    }
    long soft = kernel.memory.getLong(address);
    long hard = kernel.memory.getLong(address + Long.BYTES);
    if (Long.compareUnsigned(soft, hard) > 0) {
      return -Errno.EINVAL;
    }
    if (Long.compareUnsigned(hard, table.hardLimit()) > 0) {
      return -Errno.EPERM;
    }
    table.limit(soft, hard);
    return 0;
  }

  static boolean has(int flags, int flag) {
    return (flags & flag) != 0;
  }
}
