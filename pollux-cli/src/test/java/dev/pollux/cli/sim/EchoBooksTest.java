package dev.pollux.cli.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pollux.cli.echo.CloseReason;
import dev.pollux.sim.Sim;
import dev.pollux.sim.SimFailure;
import dev.pollux.sim.SimReport;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** {@link EchoBooks}: accounts that do not balance, each by its words. */
class EchoBooksTest {

  private static final int FD = 7;
  private static final int MOST_CALLS = 6 * 16; // in a turn

  private static void run(Consumer<EchoBooks> told) {
    SimReport _ =
        Sim.seeds(1)
            .unshrunk()
            .run(sim -> {
              SimRun run =
                  SimRun.begin(
                      sim, SimRun.Program.ECHO, 1, UnaryOperator.identity(), new Unjudged());
              EchoBooks books = new EchoBooks(run);
              books.connected(FD, null);
              told.accept(books);
              sim.end();
            });
  }

  /** Nobody looks at the server, which does not open. */
  private static final class Unjudged implements SimTwist {
    @Override
    public SimScenario around(SimScenario program) {
      return new PassingScenario(program) {
        @Override
        public void check() {
          // it is not what is tested
        }
      };
    }
  }

  private static void assertFails(String expected, Consumer<EchoBooks> told) {
    assertEquals(expected, assertThrows(SimFailure.class, () -> run(told)).what());
  }

  private static void read(EchoBooks books, int times) {
    for (int i = 0; i < times; i++) {
      books.read(FD, 1);
    }
  }

  @Test
  void descriptorThatIsOpen_isNotAcceptedAgain() {
    assertFails("the server accepted fd 7 twice", books -> books.connected(FD, null));
  }

  @Test
  void descriptorThatIsNoConnection_isNotUsed() {
    assertFails(
        "the server uses fd 8, which is no connection of its", books -> books.read(FD + 1, 1));
  }

  @Test
  void write_isOfWhatWasRead() {
    assertFails(
        "the server wrote more than it read on fd 7",
        books -> {
          books.read(FD, 5);
          books.wrote(FD, 6);
        });
  }

  @Test
  void close_tellsWhatWasNotSent() {
    assertFails(
        "fd 7: read 5, wrote 1, but unsent are 3",
        books -> {
          books.read(FD, 5);
          books.wrote(FD, 1);
          books.closed(FD, CloseReason.RESET, 0, 3, "");
        });
  }

  @Test
  void end_inOrder_leavesNothingUnsent() {
    assertFails(
        "fd 7: end of stream, but bytes are unsent",
        books -> {
          books.read(FD, 5);
          books.closed(FD, CloseReason.END_OF_STREAM, 0, 5, "");
        });
  }

  @Test
  void end_inOrder_comesAfterWhatHadArrived() {
    assertFails(
        "fd 7: the server stops, but of 3 bytes that had arrived 2 were read",
        books -> {
          books.of(FD).mustRead(3);
          books.read(FD, 2);
          books.wrote(FD, 2);
          books.closed(FD, CloseReason.STOPPED, 0, 0, "");
        });
  }

  @Test
  void connection_keepsToItsShare() {
    String expected = "fd 7: more than its share of calls in one turn";
    assertFails(
        expected,
        books -> {
          read(books, MOST_CALLS + 1);
          books.requireShare(FD, books.of(FD));
        });
    assertFails(
        expected,
        books -> {
          read(books, MOST_CALLS + 1);
          books.closed(FD, CloseReason.STALLED, 0, MOST_CALLS + 1, "");
        });
    run(books -> {
      read(books, MOST_CALLS);
      books.nextTurn();
      read(books, MOST_CALLS);
      books.requireShare(FD, books.of(FD));
    });
    assertFails(
        expected, // also one whose peer is gone
        books -> {
          read(books, MOST_CALLS + 1);
          books.closed(FD, CloseReason.RESET, 0, MOST_CALLS + 1, "");
        });
  }

  @Test
  void whatNobodyAskedFor_isAFailure() {
    assertFails("fd 7 has TLS, which nobody asked for", books -> books.secured(FD, "TLS"));
    assertFails("the server sheds connections without a limit", EchoBooks::shed);
  }
}
