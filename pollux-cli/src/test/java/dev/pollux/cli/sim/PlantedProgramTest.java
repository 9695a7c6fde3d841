package dev.pollux.cli.sim;

import dev.pollux.cli.echo.EchoOptions;
import dev.pollux.cli.sim.SimPlan.Ending;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopTimer;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.ConnectionTrace;
import dev.pollux.poll.Backend;
import dev.pollux.poll.Interest;
import dev.pollux.poll.Registration;
import dev.pollux.poll.Trigger;
import dev.pollux.sim.Env;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.SysException;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** What a program does wrong with its loops and its memory is found. */
class PlantedProgramTest {

  private static SimTwist around(UnaryOperator<SimScenario> change) {
    return new SimTwist() {
      @Override
      public SimScenario around(SimScenario program) {
        return change.apply(program);
      }
    };
  }

  @ParameterizedTest
  @EnumSource
  void programThatDoesNotOpen_isFound(SimRun.Program program) {
    Planted.in(program)
        .assertFoundAtKernel(
            "the program does not open: .*EACCES.*",
            () -> PlantedBug.at(1, call -> call.is("bind"), _ -> -Errno.EACCES));
  }

  @ParameterizedTest
  @EnumSource
  void programThatDoesNotStop_isFound(SimRun.Program program) {
    Planted.at(program, Ending.STOP_LAST)
        .assertFound(
            "the program does not stop in time",
            around(right ->
                new PassingScenario(right) {
                  @Override
                  public void stop() {
                    // it does not listen
                  }
                }));
  }

  @ParameterizedTest
  @EnumSource
  void timerThatRunsForNobody_isFound(SimRun.Program program) {
    Planted.at(program, Ending.CLOSE_LAST)
        .assertFound(
            "timers run without a connection",
            around(right ->
                new PassingScenario(right) {
                  @Override
                  public void open(Env env, List<EventLoop> loops) throws SysException {
                    super.open(env, loops);
                    again(loops.getFirst());
                  }

                  private void again(EventLoop loop) {
                    loop.schedule(new LoopTimer(() -> again(loop)), 1_000_000_000);
                  }
                }));
  }

  @Test
  void registrationThatIsLeft_isFound() {
    Planted.in(SimRun.Program.ECHO)
        .where(plan -> !plan.isLimited())
        .assertFound(
            "1 registrations are left after the server's close",
            around(right ->
                new PassingScenario(right) {
                  @Override
                  public void open(Env env, List<EventLoop> loops) throws SysException {
                    super.open(env, loops);
                    int fd = SysException.check("eventfd", env.sys().eventfd(0, 0));
                    Registration _ =
                        loops.getFirst().poller().add(fd, Interest.READABLE, Trigger.LEVEL, null);
                  }
                }));
  }

  /** It is closed, and a duplicate of it is watched on. */
  @Test
  void eventThatComesTooLate_isFound() {
    Planted.in(SimRun.Program.ECHO)
        .where(plan -> plan.backend() == Backend.EPOLL)
        .assertFoundAtKernel("\\d+ events came for what was closed", LateEvents::new);
  }

  private static final class LateEvents implements PlantedBug {
    private final Set<Integer> accepted = new HashSet<>();

    @Override
    public @Nullable Integer instead(Call call) {
      if (call.is("accept4")) {
        int fd = call.result();
        accepted.add(fd);
        return fd;
      }
      if (call.is("close") && accepted.remove(call.fd())) {
        int _ = call.kernel().fcntl(call.fd(), Linux.F_DUPFD_CLOEXEC, 0);
      }
      boolean isRemoval = call.is("epollCtl") && call.second() == Linux.EPOLL_CTL_DEL;
      return isRemoval ? 0 : null;
    }
  }

  @Test
  void connectionThatIsLeft_isFound() {
    Planted.at(SimRun.Program.ECHO, Ending.CLOSE_MIDWAY)
        .assertFound(
            "\\d+ connections are left after the server's close",
            around(right ->
                new PassingScenario(right) {
                  @Override
                  public void close() {
                    right.finish(); // while it is at work
                    super.close();
                  }
                }));
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "ECHO")
  void connectionThatReceives_thoughItIsPaused_isFound(SimRun.Program program) {
    Planted.in(program)
        .assertFound(
            "fd \\d+ is paused, and received \\d+ bytes",
            new SimTwist() {
              @Override
              public ConnectionOptions options(ConnectionOptions options) {
                ConnectionTrace right = Objects.requireNonNull(options.trace());
                return options.withTrace(
                    new ConnectionTrace() {
                      @Override
                      public void read(Connection connection, int sizeBytes) {
                        connection.pauseReading();
                        right.read(connection, sizeBytes);
                      }

                      @Override
                      public void wrote(Connection connection, int sizeBytes) {
                        right.wrote(connection, sizeBytes);
                      }
                    });
              }
            });
  }

  @Test
  void echoThatReadsOn_forWantOfRoom_isFound() {
    Planted.in(SimRun.Program.ECHO)
        .assertFound(
            "fd \\d+: read although reading is paused",
            around(right ->
                new PassingScenario(right) {
                  @Override
                  public void check() {
                    super.check();
                    right.connections().forEach(Connection::resumeReading);
                  }
                }));
  }

  @Test
  void echoThatKeepsTooMuch_isFound() {
    Planted.in(SimRun.Program.ECHO)
        .assertFound(
            "fd \\d+ keeps \\d+ bytes of output",
            new SimTwist() {
              @Override
              public EchoOptions echo(EchoOptions options) {
                return new EchoOptions(
                    options.address(), options.backlog(), options.trigger(), 1 << 20, null);
              }
            });
  }

  @Test
  void proxyThatKeepsTooMuch_isFound() {
    Planted.in(SimRun.Program.PROXY)
        .assertFound(
            "connection .* keeps \\d+ bytes of output",
            new SimTwist() {
              @Override
              public ConnectionOptions options(ConnectionOptions options) {
                int more = 4 * options.maxQueuedBytes();
                return options.withMaxQueuedBytes(2 * more).withHighWaterBytes(more);
              }
            });
  }
}
