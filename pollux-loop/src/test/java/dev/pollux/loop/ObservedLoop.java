package dev.pollux.loop;

import dev.pollux.model.Faults;
import dev.pollux.model.ModelSys;
import dev.pollux.poll.Event;
import dev.pollux.poll.Interest;
import dev.pollux.poll.Registration;
import dev.pollux.poll.Trigger;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** A loop that a test steps or runs, with descriptors that are closed at the end. */
final class ObservedLoop implements AutoCloseable {

  final Sys sys;
  final EventLoop loop;
  private final IoBuffer buffer = IoBuffer.allocate(1 << 12);
  private final List<Integer> owned = new ArrayList<>();

  ObservedLoop(Sys sys, LoopOptions options) throws SysException {
    this.sys = sys;
    this.loop = EventLoop.open(sys, options);
  }

  ObservedLoop(Sys sys) throws SysException {
    this(sys, LoopOptions.DEFAULT);
  }

  /** Both kernels, the model's under virtual time. */
  static Stream<Arguments> kernels() {
    return Stream.of(
        Arguments.argumentSet("native", NativeSys.open()),
        Arguments.argumentSet("model, virtual time", ModelSys.virtual(1, Faults.none())));
  }

  int own(int fd) {
    owned.add(fd);
    return fd;
  }

  /** Its reading end, then its writing end. */
  int[] pipe() throws SysException {
    int[] pipe = Sockets.pipe(sys, Linux.O_NONBLOCK | Linux.O_CLOEXEC);
    own(pipe[0]);
    own(pipe[1]);
    return pipe;
  }

  int[] unixPair() throws SysException {
    int[] pair = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
    own(pair[0]);
    own(pair[1]);
    return pair;
  }

  void close(int fd) {
    if (!owned.remove((Object) fd) || sys.close(fd) != 0) {
      throw new AssertionError("cannot close fd " + fd);
    }
  }

  void write(int fd, int count) {
    if (sys.write(fd, buffer.address(), count) != count) {
      throw new AssertionError("short write to fd " + fd);
    }
  }

  int read(int fd, int count) {
    return sys.read(fd, buffer.address(), count);
  }

  Registration add(int fd, Interest interest, Consumer<Event> handler) throws SysException {
    return loop.add(fd, interest, Trigger.LEVEL, new Handler(handler));
  }

  void turns(int count) throws SysException {
    for (int i = 0; i < count; i++) {
      int _ = loop.runOnce(0);
    }
  }

  /** Lets time pass: under virtual time exactly so long. */
  void pass(int millis) {
    int _ = sys.poll(0, 0, millis);
  }

  @Override
  public void close() {
    loop.close();
    owned.forEach(sys::close);
  }

  /** A handler known by its class. */
  static final class Handler implements LoopHandler {
    private final Consumer<Event> ready;

    Handler(Consumer<Event> ready) {
      this.ready = ready;
    }

    @Override
    public void ready(Event event) {
      ready.accept(event);
    }

    @Override
    public void failed(Throwable cause) {
      if (!(cause instanceof ClosedLoopException)) {
        throw new AssertionError("a handler failed", cause);
      }
    }
  }
}
