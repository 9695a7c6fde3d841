package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Transfers between a caller and a file, from the first try to the last: what blocks tries, stands
 * on the file's queue, and tries again.
 *
 * <p>What was moved is never lost: an error that comes behind it is for the next call to meet. That
 * the caller's memory is bad is such an error. Here too the faults hit that are called after
 * transfers.
 *
 * <p>Threads: under the kernel's lock, which is free while a call sleeps.
 */
final class Transfers {

  private static final int BROKEN = Linux.EPOLLERR | Linux.EPOLLHUP;

  private final Kernel kernel;

  Transfers(Kernel kernel) {
    this.kernel = kernel;
  }

  /** read(2) of any file. */
  int read(int fd, Description description, Span to) {
    File file = description.file;
    if (file instanceof Socket socket) {
      if (to.remaining() == 0) {
        return 0;
      }
      Message message = new Message();
      int received = receive(fd, description, socket, to, 0, message, "read");
      kernel.drop(message.files); // there is no place for them
      return received;
    }
    if (withholds(description, Socket.READABLE)) {
      return -Errno.EAGAIN;
    }
    shorten(description, to, Fault.SHORT_READ);
    description.acquire();
    try {
      boolean blocks = !description.isNonBlocking();
      int result = tryRead(file, to);
      boolean waited = false;
      while (result == -Errno.EAGAIN && mayWait(description, blocks)) {
        int woken = kernel.await(file.queue(), file.standing(true), Kernel.FOREVER, "read", fd);
        waited = true;
        result = woken < 0 ? woken : tryRead(file, to);
      }
      if (waited) {
        file.doneWaiting();
      }
      return result;
    } finally {
      description.release();
    }
  }

  private static int tryRead(File file, Span to) {
    try {
      return file.read(to);
    } catch (BadAddressException e) {
      return -Errno.EFAULT;
    }
  }

  /** write(2) of any file. */
  int write(int fd, Description description, Span from) {
    File file = description.file;
    if (file instanceof Socket socket) {
      return send(fd, description, socket, from, 0, null, Attachment.NONE, "write");
    }
    if (withholds(description, Socket.WRITABLE)) {
      return -Errno.EAGAIN;
    }
    shorten(description, from, Fault.SHORT_WRITE);
    boolean blocks = !description.isNonBlocking();
    description.acquire();
    try {
      int total = from.remaining();
      int result = tryWrite(file, from, blocks);
      boolean waited = false;
      while (mayWait(description, blocks) && goesOn(file, result, from)) {
        int woken = kernel.await(file.queue(), file.standing(false), Kernel.FOREVER, "write", fd);
        waited = true;
        result = woken < 0 ? woken : tryWriteAgain(file, from);
      }
      if (waited) {
        file.doneWaiting();
      }
      int written = total - from.remaining();
      return file.isStream() && written > 0 ? written : result;
    } finally {
      description.release();
    }
  }

  private static int tryWrite(File file, Span from, boolean mayWait) {
    try {
      return file.write(from, mayWait);
    } catch (BadAddressException e) {
      return -Errno.EFAULT;
    }
  }

  private static int tryWriteAgain(File file, Span from) {
    try {
      return file.writeAgain(from);
    } catch (BadAddressException e) {
      return -Errno.EFAULT;
    }
  }

  /** Whether a call waits is decided when it begins; only pipes look again when they wake. */
  private static boolean mayWait(Description description, boolean blocks) {
    return description.file instanceof PipeEnd ? !description.isNonBlocking() : blocks;
  }

  /** Nothing fitted; or a part, and the next call may find room or another outcome. */
  private static boolean goesOn(File file, int result, Span from) {
    return result == -Errno.EAGAIN || (result >= 0 && file.isStream() && from.remaining() > 0);
  }

  /** A receiving call of a socket; {@code message} learns what comes beside the bytes. */
  int receive(
      int fd,
      Description description,
      Socket socket,
      Span to,
      int flags,
      Message message,
      String call) {
    if (withholds(description, Socket.READABLE)) {
      return -Errno.EAGAIN;
    }
    shorten(description, to, Fault.SHORT_READ);
    message.aim(to.remaining(), FileOps.has(flags, Linux.MSG_WAITALL), socket.options());
    boolean blocks = blocks(description, flags);
    long deadline = kernel.deadline(socket.options().receiveTimeoutNanos);
    boolean sleepsOnce = to.remaining() == 0 && socket instanceof TcpSocket;
    description.acquire();
    try {
      int result = tryReceive(socket, to, flags, message);
      int woken = 0;
      while (result == -Errno.EAGAIN && blocks && woken == 0) {
        if (socket.endsBlockedReads()) {
          return 0;
        }
        woken = kernel.await(socket.queue(), socket.standing(true), deadline, call, fd);
        if (sleepsOnce && woken != -Errno.EPIPE) {
          return 0; // whatever has woken it, but that its connection is gone
        }
        result = woken < 0 ? woken : tryReceive(socket, to, flags, message);
      }
      return result < 0 && message.total > 0 ? message.total : result;
    } finally {
      description.release();
    }
  }

  private static int tryReceive(Socket socket, Span to, int flags, Message message) {
    try {
      return socket.receive(to, flags, message);
    } catch (BadAddressException e) {
      return -Errno.EFAULT;
    }
  }

  /** A sending call of a socket. */
  int send(
      int fd,
      Description description,
      Socket socket,
      Span from,
      int flags,
      @Nullable SocketAddress target,
      Attachment with,
      String call) {
    if (withholds(description, Socket.WRITABLE)) {
      return -Errno.EAGAIN;
    }
    shorten(description, from, Fault.SHORT_WRITE);
    boolean blocks = blocks(description, flags);
    long deadline = kernel.deadline(socket.options().sendTimeoutNanos);
    description.acquire();
    try {
      int all = from.remaining();
      int result = trySend(socket, from, flags, target, with, false);
      int woken = 0;
      while (blocks && woken == 0 && goesOn(socket, result, from)) {
        if (result == -Errno.EAGAIN) {
          WaitQueue room = socket.roomQueue(target);
          Standing standing = room == socket.queue() ? Standing.FRONT : Standing.EXCLUSIVE;
          woken = kernel.await(room, standing, deadline, call, fd);
        } // else the peer may have taken a part at once: there may be room
        result = woken < 0 ? woken : trySend(socket, from, flags, target, with, true);
      }
      int sent = all - from.remaining();
      if (socket.isStream() && sent > 0) {
        return sent;
      }
      return result == -Errno.EPIPE ? socket.brokenPipe() : result;
    } finally {
      description.release();
    }
  }

  private static int trySend(
      Socket socket,
      Span from,
      int flags,
      @Nullable SocketAddress target,
      Attachment with,
      boolean again) {
    try {
      return again
          ? socket.sendAgain(from, flags, target, with)
          : socket.send(from, flags, target, with);
    } catch (BadAddressException e) {
      return -Errno.EFAULT;
    }
  }

  private static boolean blocks(Description description, int flags) {
    return !description.isNonBlocking() && !FileOps.has(flags, Linux.MSG_DONTWAIT);
  }

  /** Whether the fault of a spurious EAGAIN hits this transfer, which is ready. */
  boolean withholds(Description description, int direction) {
    File file = description.file;
    boolean can = description.isNonBlocking() && (file instanceof Socket || file.isStream());
    if (!can) {
      return false;
    }
    int mask = file.readiness(); // a poll would ask to be told of room
    boolean ready = (mask & direction) != 0 && (mask & BROKEN) == 0;
    if (!ready || !kernel.hits(Fault.SPURIOUS_EAGAIN)) {
      return false;
    }
    kernel.announceLater(file.queue(), direction);
    return true;
  }

  /** Cuts a transfer of a stream short, if the fault hits it; a blocking one never is. */
  private void shorten(Description description, Span span, Fault fault) {
    File file = description.file;
    boolean can = file.isStream() && description.isNonBlocking();
    if (can && span.remaining() > 1 && kernel.hits(fault)) {
      span.limit(kernel.someOf(span.remaining() - 1));
      kernel.announceLater(
          file.queue(), fault == Fault.SHORT_READ ? Socket.READABLE : Socket.WRITABLE);
    }
  }
}
