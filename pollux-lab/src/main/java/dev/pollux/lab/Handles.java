package dev.pollux.lab;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.util.ArrayList;
import java.util.List;

/**
 * The descriptors of an act, by name.
 *
 * <p>Ownership: owns what was put in; {@link #close} closes what is still open.
 *
 * <p>A name stays known after its descriptor was closed: an experiment may use the old number on
 * purpose.
 */
final class Handles implements AutoCloseable {

  /**
   * Descriptors are moved up here on the native kernel, where nothing else in this process takes a
   * number: one that an experiment has closed stays unused.
   */
  private static final int FIRST_FD = 700;

  private static final String UNKNOWN = "?";

  private final Machine machine;
  private final List<Handle> handles = new ArrayList<>();

  Handles(Machine machine) {
    this.machine = machine;
  }

  private static final class Handle {
    final String name;
    final int fd;
    boolean isOpen = true;

    Handle(String name, int fd) {
      this.name = name;
      this.fd = fd;
    }
  }

  /** Takes a descriptor, or the error of the call that was to open it. */
  void put(String name, String call, int fd) throws SysException {
    SysException.check(call, fd);
    handles.add(new Handle(name, machine.kernel() == Kernel.NATIVE ? moved(fd) : fd));
  }

  /** The number behind a name, even if it is closed. */
  int fd(String name) {
    return handles.get(index(name)).fd;
  }

  /** The user data that names a handle in a registration. */
  int index(String name) {
    for (int i = handles.size() - 1; i >= 0; i--) {
      if (handles.get(i).name.equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException("no step has made the handle " + name);
  }

  /** The name of a handle by the user data of its registration. */
  String name(long index) {
    return index >= 0 && index < handles.size() ? handles.get((int) index).name : UNKNOWN;
  }

  /** Closes one; the result of {@code close(2)}. */
  int close(String name) {
    Handle handle = handles.get(index(name));
    handle.isOpen = false;
    return machine.sys().close(handle.fd);
  }

  @Override
  public void close() {
    for (Handle handle : handles.reversed()) {
      if (handle.isOpen) {
        handle.isOpen = false;
        int _ = machine.sys().close(handle.fd);
      }
    }
  }

  private int moved(int fd) throws SysException {
    Sys sys = machine.sys();
    int high = sys.fcntl(fd, Linux.F_DUPFD_CLOEXEC, FIRST_FD);
    int _ = sys.close(fd);
    return SysException.check("fcntl(fd=" + fd + ", F_DUPFD_CLOEXEC)", high);
  }
}
