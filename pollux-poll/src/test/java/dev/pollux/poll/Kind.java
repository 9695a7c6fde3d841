package dev.pollux.poll;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.SysException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The kinds of descriptor, each for reading and, where it can be full, for writing. */
enum Kind {
  TCP(true),
  UNIX(true),
  PIPE(true),
  EVENTFD(true),
  TIMERFD(true),
  UDP(true),
  LISTENER(true),
  TCP_WRITING(false),
  UNIX_WRITING(false),
  PIPE_WRITING(false),
  EVENTFD_WRITING(false);

  /** The kinds that are about reading: a second arrival means something to them. */
  static final List<Kind> READING = Arrays.stream(values()).filter(kind -> kind.reading).toList();

  private static final int SEND_BUFFER_BYTES = 1 << 14; // 16 KiB
  private static final int RECEIVE_BUFFER_BYTES = 200_000; // below net.core.rmem_max
  private static final long EVENTFD_MAX = -2; // 0xfffffffffffffffe, see eventfd(2)

  private final boolean reading;

  Kind(boolean reading) {
    this.reading = reading;
  }

  Interest interest() {
    return reading ? Interest.READABLE : Interest.WRITABLE;
  }

  /** A new one, not ready. */
  Source open(Io io) throws SysException {
    return switch (this) {
      case TCP -> reading(io, io.tcpPair());
      case UNIX -> reading(io, io.unixPair());
      case PIPE -> reading(io, io.pipe());
      case UDP -> reading(io, io.udpPair());
      case EVENTFD -> eventfd(io);
      case TIMERFD -> timer(io);
      case LISTENER -> listener(io);
      case TCP_WRITING -> writing(io, fixed(io, io.tcpPair()));
      case UNIX_WRITING -> writing(io, fixed(io, io.unixPair()));
      case PIPE_WRITING -> {
        int[] pipe = io.pipe();
        yield writing(io, new int[] {pipe[1], pipe[0]});
      }
      case EVENTFD_WRITING -> fullEventfd(io);
    };
  }

  private Source reading(Io io, int[] fds) {
    return new Source(this, fds[0]) {
      @Override
      void arrive() {
        int n = io.write(fds[1], 3);
        assert n == 3 : n;
        io.awaitMask(fd, Linux.POLLIN);
      }

      @Override
      void drain() {
        io.readAll(fd);
      }
    };
  }

  private Source eventfd(Io io) {
    return new Source(this, io.eventfd(0)) {
      @Override
      void arrive() {
        int n = io.writeNumber(fd, 1);
        assert n == Long.BYTES : n;
      }

      @Override
      void drain() {
        io.readAll(fd);
      }
    };
  }

  private Source timer(Io io) {
    return new Source(this, io.timerfd()) {
      @Override
      void arrive() {
        io.setTimer(fd, 1);
        io.awaitMask(fd, Linux.POLLIN);
      }

      @Override
      void drain() {
        io.readAll(fd);
      }
    };
  }

  private Source listener(Io io) throws SysException {
    return new Source(this, io.listener()) {
      @Override
      void arrive() {
        try {
          int client = io.connect(fd);
          io.awaitMask(client, Linux.POLLOUT);
          io.awaitMask(fd, Linux.POLLIN);
        } catch (SysException e) {
          throw new AssertionError(e);
        }
      }

      @Override
      void drain() {
        io.acceptAll(fd);
      }
    };
  }

  /** Fixed sizes: no buffer grows behind the test, and the window stays wider than a segment. */
  private static int[] fixed(Io io, int[] fds) throws SysException {
    Sockets.setOption(io.sys(), fds[0], Linux.SOL_SOCKET, Linux.SO_SNDBUF, SEND_BUFFER_BYTES);
    Sockets.setOption(io.sys(), fds[1], Linux.SOL_SOCKET, Linux.SO_RCVBUF, RECEIVE_BUFFER_BYTES);
    return fds;
  }

  private Source writing(Io io, int[] fds) {
    Source source =
        new Source(this, fds[0]) {
          @Override
          void arrive() {
            Deadline deadline = Deadline.forThe("room in fd " + fd);
            deadline.await(() -> {
              io.readAll(fds[1]);
              return (io.mask(fd) & Linux.POLLOUT) != 0;
            });
          }

          @Override
          void drain() {
            Deadline settled = Deadline.forThe("peer of fd " + fd + " to acknowledge");
            do {
              io.writeAll(fd);
              if (kind == TCP_WRITING) {
                settled.await(() -> !io.isUnderWay(fd));
              }
            } while ((io.mask(fd) & Linux.POLLOUT) != 0);
          }
        };
    source.drain();
    return source;
  }

  private Source fullEventfd(Io io) {
    Source source =
        new Source(this, io.eventfd(0)) {
          @Override
          void arrive() {
            io.readAll(fd);
          }

          @Override
          void drain() {
            io.readAll(fd);
            int n = io.writeNumber(fd, EVENTFD_MAX);
            assert n == Long.BYTES && io.writeNumber(fd, 1) == -Errno.EAGAIN : n;
          }
        };
    source.drain();
    return source;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
