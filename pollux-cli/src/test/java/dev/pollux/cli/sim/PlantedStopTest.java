package dev.pollux.cli.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.cli.echo.CloseReason;
import dev.pollux.cli.echo.EchoLog;
import dev.pollux.cli.sim.SimPlan.Ending;
import dev.pollux.net.Connection;
import dev.pollux.net.HandlerFactory;
import dev.pollux.sim.Sim;
import dev.pollux.sim.SimReport;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a program does wrong that is told to end is found. */
class PlantedStopTest {

  /** At a stop, something else is done with each connection, which was read before or was not. */
  private static SimTwist stoppedBy(boolean isDeaf, Consumer<Connection> end) {
    return new SimTwist() {
      @Override
      public SimScenario around(SimScenario program) {
        return new PassingScenario(program) {
          @Override
          public void check() {
            if (isDeaf) {
              right.connections().forEach(Connection::pauseReading);
            }
            super.check();
          }

          @Override
          public void stop() {
            super.stop();
            right.connections().forEach(end);
          }
        };
      }
    };
  }

  /** At a close, something else is done with each connection before. */
  private static SimTwist closedBy(Consumer<Connection> end) {
    return new SimTwist() {
      @Override
      public SimScenario around(SimScenario program) {
        return new PassingScenario(program) {
          @Override
          public void close() {
            if (!right.isStopped()) {
              right.connections().forEach(end);
            }
            super.close();
          }
        };
      }
    };
  }

  @ParameterizedTest
  @EnumSource
  void stop_thatResets_isFound(SimRun.Program program) {
    String expected =
        switch (program) {
          case ECHO -> "the server closed the connection from .* without a reason: .*";
          case CHAT -> "the connection of m\\d+ ended without a reason: .*CUT_OFF.*";
          case PROXY -> "(client|server) \\d+ .*: reset ECONNRESET, .*, and nothing was to blame";
        };
    Planted.at(program, Ending.STOP_MIDWAY)
        .assertFound(expected, stoppedBy(false, Connection::reset));
  }

  /** What has arrived is not read any more. */
  @ParameterizedTest
  @EnumSource
  void stop_thatCloses_isFound(SimRun.Program program) {
    String expected =
        switch (program) {
          case ECHO ->
              "fd \\d+: the server stops, but of \\d+ bytes that .* arrived \\d+ were read";
          case CHAT -> "m\\d+ .* was left without a word";
          case PROXY -> "(client|server) \\d+ .* received a clean end, but .*";
        };
    boolean isDeaf = program == SimRun.Program.ECHO; // else it has read everything
    Planted.at(program, Ending.STOP_MIDWAY)
        .assertFound(expected, stoppedBy(isDeaf, Connection::close));
  }

  /** Whoever gets something in the middle of it sees a clean end. */
  @ParameterizedTest
  @EnumSource
  void close_thatEndsInOrder_isFound(SimRun.Program program) {
    String expected =
        switch (program) {
          case ECHO -> "client \\d+ .*, a clean end in the middle";
          case CHAT -> "m\\d+ .* was left without a word";
          case PROXY -> "(client|server) \\d+ .* received a clean end, but .*";
        };
    Planted.at(program, Ending.CLOSE_MIDWAY).assertFound(expected, closedBy(Connection::end));
  }

  /** The last accept gets one whose reset is on its way, when all others are gone. */
  @Test
  void connectionThatIsAcceptedAtTheStop_isNoFailure() {
    SimReport report = Sim.seeds(40).unshrunk().run(PlantedStopTest::stopWithOneMore);
    assertTrue(report.givenUp() < report.runs(), "none has stopped");
  }

  private static void stopWithOneMore(Sim sim) throws Exception {
    SimRun run = SimRun.begin(sim, SimRun.Program.ECHO, 1, UnaryOperator.identity(), new OneMore());
    if (run.plan().ending() != Ending.STOP_LAST) {
      sim.giveUp("not what is looked at");
    }
  }

  /** An echo server that accepts and ends a connection, when it is told to stop. */
  private static final class OneMore implements SimTwist {
    private static final int FD = 1000;

    private @Nullable EchoLog told;

    @Override
    public EchoLog log(EchoLog log) {
      told = log;
      return log;
    }

    @Override
    public SimScenario around(SimScenario program) {
      return new PassingScenario(program) {
        @Override
        public void stop() {
          super.stop();
          EchoLog log = told;
          if (log != null) {
            log.connected(FD, null);
            log.closed(FD, CloseReason.STOPPED, 0, 0, "");
          }
        }
      };
    }
  }

  /** A client whose connection is accepted, and then nothing. */
  @Test
  void proxyThatForgetsAClient_isFound() {
    SimTwist forgetful =
        new SimTwist() {
          private int count;

          @Override
          public HandlerFactory factory(HandlerFactory factory) {
            return connection ->
                ++count % 2 == 0
                    ? factory.handlerFor(connection)
                    : (_, data) -> data.position(data.limit());
          }
        };
    Planted.in(SimRun.Program.PROXY)
        .where(SimPlan::isLimited)
        .assertFound("client \\d+ .*: idle, .* received 0, was forgotten", forgetful);
  }

  @Test
  void chatThatSaysNoLastWord_isFound() {
    SimTwist silent =
        new SimTwist() {
          @Override
          public SimScenario around(SimScenario program) {
            return new PassingScenario(program) {
              @Override
              public void stop() {
                right.connections().forEach(Connection::finish);
              }

              @Override
              public boolean isStopped() {
                return right.connectionCount() == 0;
              }
            };
          }
        };
    Planted.at(SimRun.Program.CHAT, Ending.STOP_MIDWAY)
        .assertFound("m\\d+ .* was left without a word", silent);
  }
}
