package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.UnixAddress;
import org.jspecify.annotations.Nullable;

/** The name that a Unix socket has, or will have. */
final class UnixName {

  private final UnixNames names;
  private final Socket socket;
  private UnixAddress address = UnixAddress.unnamed();

  /** The file, if the name is a path that this socket was bound to. */
  private @Nullable FileNode file;

  UnixName(UnixNames names, Socket socket) {
    this.names = names;
    this.socket = socket;
  }

  UnixAddress address() {
    return address;
  }

  boolean isUnnamed() {
    return address.isUnnamed();
  }

  /** An accepted connection has its listener's name, and nobody finds it there. */
  void inherit(UnixName listener) {
    address = listener.address;
  }

  /** Binds; to the unnamed address is to an abstract name that the kernel chooses. */
  int bind(UnixAddress wanted) {
    if (wanted.isUnnamed()) {
      return autobind();
    }
    // The kernel makes the file before it looks whether it is of use.
    int result = wanted.isAbstract() ? 0 : names.checkPath(wanted);
    if (result == 0 && !address.isUnnamed()) {
      return -Errno.EINVAL;
    }
    if (result == 0 && wanted.isAbstract()) {
      result = names.bind(socket, wanted);
    }
    if (result == 0) {
      file = wanted.isAbstract() ? null : names.makeFile(socket, wanted);
      address = wanted;
    }
    return result;
  }

  /** Takes a name of the kernel's choice, if it has none; 0. */
  int autobind() {
    if (address.isUnnamed()) {
      address = names.unused(socket);
      int _ = names.bind(socket, address);
    }
    return 0;
  }

  /** The socket is closed. Its file stays. */
  void release() {
    if (file != null) {
      file.socket = null;
    } else if (address.isAbstract()) {
      names.unbind(socket, address);
    }
  }
}
