package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import org.jspecify.annotations.Nullable;

/** getsockopt and setsockopt, under the kernel's lock, of a socket that was found. */
final class OptionOps {

  // struct linger { int l_onoff; int l_linger; };
  private static final int LINGER_SECONDS = Integer.BYTES;

  private final Kernel kernel;
  private final Memory memory;

  OptionOps(Kernel kernel) {
    this.kernel = kernel;
    this.memory = kernel.memory;
  }

  int get(Socket socket, int level, int name, long value, long lengthAddress) {
    if (!memory.valid(lengthAddress, Integer.BYTES)) {
      return -Errno.EFAULT;
    }
    int room = memory.getInt(lengthAddress);
    if (room < 0) {
      return -Errno.EINVAL;
    }
    if (!memory.valid(value, room)) {
      return -Errno.EFAULT;
    }
    boolean general = level == Linux.SOL_SOCKET;
    byte[] bytes = new byte[Linux.SIZEOF_LINGER];
    int size = Integer.BYTES;
    if (general && name == Linux.SO_LINGER) {
      int seconds = socket.options().lingerSeconds;
      Bytes.putLong(bytes, 0, seconds < 0 ? 0 : 1 | (long) seconds << Integer.SIZE);
      size = Linux.SIZEOF_LINGER;
    } else if (isTimeout(level, name)) {
      bytes = SocketTimeout.get(socket.options(), name);
      size = bytes.length;
    } else if (general && name == Linux.SO_PEERCRED) {
      return kernel.unsupported("getsockopt(SO_PEERCRED)");
    } else {
      Integer found = find(socket, level, name);
      if (found == null) {
        boolean unix = socket.options().isUnix() && !general;
        return unix ? -Errno.EOPNOTSUPP : -Errno.ENOPROTOOPT;
      }
      Bytes.putLong(bytes, 0, found); // little-endian: its first half is the int
    }
    int length = Math.min(room, size);
    memory.copyOut(bytes, 0, value, length);
    memory.setInt(lengthAddress, length);
    return 0;
  }

  private static boolean isTimeout(int level, int name) {
    return level == Linux.SOL_SOCKET && (name == Linux.SO_RCVTIMEO || name == Linux.SO_SNDTIMEO);
  }

  private static @Nullable Integer find(Socket socket, int level, int name) {
    if (level == Linux.SOL_SOCKET && name == Linux.SO_ERROR) {
      return socket.takeError();
    }
    if (level == Linux.SOL_SOCKET && name == Linux.SO_ACCEPTCONN) {
      return socket.isListening() ? 1 : 0;
    }
    return socket.options().get(level, name);
  }

  int set(Socket socket, int level, int name, long value, int length) {
    boolean linger = level == Linux.SOL_SOCKET && name == Linux.SO_LINGER;
    if (length < (linger ? Linux.SIZEOF_LINGER : Integer.BYTES)) {
      return -Errno.EINVAL;
    }
    if (!memory.valid(value, length)) {
      return -Errno.EFAULT;
    }
    if (linger) {
      boolean on = memory.getInt(value) != 0;
      socket.options().lingerSeconds = on ? memory.getInt(value + LINGER_SECONDS) : -1;
      return 0;
    }
    if (isTimeout(level, name)) {
      return SocketTimeout.set(socket.options(), name, memory, value, length);
    }
    int result = socket.options().set(level, name, memory.getInt(value));
    if (result == 0 && level == Linux.SOL_SOCKET && name == Linux.SO_RCVLOWAT) {
      socket.lowWaterChanged();
    }
    if (result == 0 && level == Linux.SOL_SOCKET && name == Linux.SO_SNDBUF) {
      socket.sendBufferChanged();
    }
    return result;
  }
}
