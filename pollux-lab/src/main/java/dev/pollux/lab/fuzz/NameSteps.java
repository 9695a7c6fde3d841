package dev.pollux.lab.fuzz;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The operations on sockets that have a name. */
final class NameSteps {
  private static final int ADDRESS = 64; // of what getsockname writes, behind its length

  private final Handles handles;
  private final Names names;
  private final MemorySegment small;
  private final Outcome outcome;

  NameSteps(Handles handles, Names names, Outcome outcome) {
    this.handles = handles;
    this.names = names;
    this.small = handles.small;
    this.outcome = outcome;
  }

  int execute(Op op) {
    Sys sys = handles.sys();
    int fd = handles.fd(op, 0);
    return switch (op.kind()) {
      case UNIX -> {
        int type = op.arg(1) == 0 ? Linux.SOCK_STREAM : Linux.SOCK_DGRAM;
        yield handles.settle(op, sys.socket(Linux.AF_UNIX, type | Linux.SOCK_NONBLOCK, 0));
      }
      case DATAGRAM -> {
        int type = Linux.SOCK_DGRAM | Linux.SOCK_NONBLOCK;
        yield handles.settle(op, sys.socket(Linux.AF_INET, type, 0));
      }
      case BIND -> {
        int length = names.write(small, fd, op.arg(1), 0);
        names.binding(op.arg(1));
        int result = sys.bind(fd, small.address(), length);
        if (result >= 0) {
          names.bound(fd, op.arg(1));
        }
        yield result;
      }
      case UNLINK -> unlink(op.arg(0));
      case BACKLOG -> sys.listen(fd, op.arg(1));
      case SELF, PEER -> name(op, fd);
      default -> {
        small.set(JAVA_INT, 0, op.arg(2));
        int option = op.arg(1) == 0 ? Linux.SO_REUSEADDR : Linux.SO_REUSEPORT;
        yield sys.setsockopt(fd, Linux.SOL_SOCKET, option, small.address(), Integer.BYTES);
      }
    };
  }

  private int unlink(int name) {
    try (Arena arena = Arena.ofConfined()) {
      return handles.sys().unlink(names.path(name, arena).address());
    }
  }

  /** Whose name: which of the program's it is. */
  private int name(Op op, int fd) {
    Sys sys = handles.sys();
    small.set(JAVA_INT, 0, Linux.SIZEOF_SOCKADDR_STORAGE);
    long length = small.address();
    int result =
        op.kind() == Kind.SELF
            ? sys.getsockname(fd, length + ADDRESS, length)
            : sys.getpeername(fd, length + ADDRESS, length);
    if (result >= 0) {
      int bytes = small.get(JAVA_INT, 0);
      outcome.add(bytes);
      outcome.add(names.of(fd, small, ADDRESS, bytes));
    }
    return result;
  }
}
