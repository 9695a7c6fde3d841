package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.UnixAddress;

/** The name that a Unix socket has, or will have. */
final class UnixName {

  private final UnixNames names;
  private final Socket socket;
  private UnixAddress address = UnixAddress.unnamed();

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
    if (!address.isUnnamed()) {
      // The kernel makes the file before it looks whether it is of use.
      boolean taken = !wanted.isAbstract() && names.isFile(wanted);
      return taken ? -Errno.EADDRINUSE : -Errno.EINVAL;
    }
    int result = names.bind(socket, wanted);
    address = result < 0 ? address : wanted;
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

  void release() {
    if (!address.isUnnamed()) {
      names.unbind(socket, address);
    }
  }
}
