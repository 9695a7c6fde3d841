package dev.pollux.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A user's own experiments. */
class ScriptTest {

  private static final String TWO_BYTES =
      """
      # an edge is told once
      act: by edge
      r, w = pipe
      ep = epoll
      add r to ep: IN ET
      write "ab" to w
      wait on ep -> r IN
      wait on ep -> nothing
      read up to 1 from r
      wait on ep
      """;

  static Stream<Experiment> written() {
    return Experiments.all().stream()
        .filter(each ->
            each.acts().stream()
                .flatMap(act -> act.steps().stream())
                .noneMatch(Step.Cost.class::isInstance));
  }

  /** But for what measures: all that the laboratory does can be written. */
  @ParameterizedTest
  @MethodSource("written")
  void read_whatIsWritten_isTheSame(Experiment experiment) throws Exception {
    String text = Script.write(experiment);
    Experiment read = Script.read("other", text);
    assertEquals(experiment.acts(), read.acts(), text);
    assertEquals(experiment.name(), read.name());
    assertEquals(experiment.shows(), read.shows());
    assertEquals(experiment.expects(), read.expects());
  }

  @ParameterizedTest
  @EnumSource(Kernel.class)
  void run_ofAScript_showsWhatNobodyExpected(Kernel kernel) throws Exception {
    Timeline timeline = Runner.on(kernel).run(Script.read("mine", TWO_BYTES));
    assertTrue(timeline.isAsExpected(), timeline::toString);
    List<Timeline.Entry> entries = timeline.acts().getFirst().entries();
    assertEquals("\"a\"", entries.get(6).result());
    assertEquals("nothing", entries.getLast().result());
  }

  @Test
  void run_ofAWrongExpectation_saysSo() throws Exception {
    Experiment wrong = Script.read("mine", "r, w = pipe\nep = epoll\nadd r to ep: IN -> EEXIST");
    Timeline timeline = Runner.on(Kernel.MODEL).run(wrong);
    assertTrue(timeline.difference().orElse("").contains("EEXIST"), timeline::toString);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "jump                          | line 1: 'jump' is no step",
        "close x                       | line 1: nothing is called 'x' here; there are: ",
        "ep = epoll;wait on ep, at most 99 | line 2: 99 is not from 1 to 16",
        "ep = epoll;ep = epoll         | line 2: there is a 'ep' already: take another name",
        "r, w = pipe;wait on r         | line 2: 'r' is no epoll",
        "r, w = pipe;close r -> EBADF  | line 2: 'close r' has to succeed, and has no result:"
            + " leave '-> EBADF' out",
        "r, w = pipe;ep = epoll;add r to ep: INN | line 3: 'INN' is no event: IN, OUT, PRI, RDHUP,"
            + " ERR, HUP, ET, ONESHOT, EXCLUSIVE, or none alone",
        "q = kqueue;kevent on q: 1 NOW | line 2: '1 NOW' is no change: that is a handle, one of"
            + " [READ, WRITE, EXCEPT, TIMER, USER], then flags",
        "q = kqueue;kevent on q: x TIMER ADD 5 | line 2: 'x': a timer, or USER, has a number and no"
            + " handle",
        "e = eventfd;who woke? -> some | line 2: 'some' is no number of threads: 1 thread, 1 to 3"
            + " threads",
        "q = kqueue;close q            | line 2: 'q' is a kqueue: only kevent takes it",
        "q = kqueue;kevent on q: q READ ADD | line 2: 'q' is a kqueue: only kevent takes it",
        "ep = epoll;2 threads wait on ep;1 thread waits on ep | line 3: there are threads already:"
            + " end the threads first",
        "ep = epoll;2 threads wait on ep;close ep | line 3: threads wait on 'ep': end the threads"
            + " first",
        "ep = epoll;wait on ep -> rubbish | line 2: 'rubbish' is nothing that a wait reports: r IN;"
            + " r IN, s OUT; nothing",
        "l = listener;x = epoll;x = accept from l | line 3: there is a 'x' already: take another"
            + " name",
        "r, w = pipe;ep = epoll;add r to ep: IN -> banana | line 3: 'banana' is nothing that comes"
            + " of it: leave it out for success, or an error as EAGAIN",
        "q = kqueue;kevent on q -> a b | line 2: 'a b' is nothing that comes of it: r READ 5; r"
            + " READ 5, 1 USER; nothing, or an error as EAGAIN",
        "l = listener;3 connections to l: who got some? -> some | line 2: what comes of it is 'all"
            + " 1', if it does",
        "who woke? -> 9 to 3 threads   | line 1: 9 to 3 is upside down",
        "name: \u001b[2J              | line 1: there is a character that a terminal obeys",
        "a, b = epoll                  | line 1: 'a, b = epoll' is no step",
        "# nothing                     | there is no step in it",
        "999 threads wait on ep        | line 1: 999 is not from 1 to 16"
      })
  void read_whatIsWrong_saysWhereAndWhat(String text, String problem) {
    ScriptException wrong =
        assertThrows(ScriptException.class, () -> Script.read("x", text.replace(';', '\n')));
    assertEquals(problem.strip(), String.valueOf(wrong.getMessage()).strip());
  }

  /** What nobody has named has no name that somebody might choose. */
  @Test
  void run_ofAnAcceptWithoutAName_leavesNamesAlone() throws Exception {
    String text =
        """
        none, w = pipe
        l = listener
        c = connect to l
        accept from l
        write "x" to w
        read up to 5 from none -> "x"
        """;
    for (Kernel kernel : Kernel.values()) {
      assertTrue(Runner.on(kernel).run(Script.read("x", text)).isAsExpected());
    }
  }

  /** Their waits fail, and that is all. */
  @Test
  void run_ofThreadsOnAClosedInstance_goesOn() throws Exception {
    String text = "ep = epoll\nclose ep\n1 thread waits on ep\nwho woke? -> 1 thread";
    for (Kernel kernel : Kernel.values()) {
      for (int i = 0; i < 20; i++) {
        Timeline timeline = Runner.on(kernel).run(Script.read("x", text));
        assertTrue(timeline.isAsExpected(), timeline::toString);
      }
    }
  }

  /** A call that fails is what came of it, and does not hide what came before. */
  @Test
  void run_ofAStepThatTheKernelRefuses_showsTheError() throws Exception {
    Experiment odd = Script.read("x", "\ufeffr, w = pipe\nreset r");
    for (Kernel kernel : Kernel.values()) {
      Timeline timeline = Runner.on(kernel).run(odd);
      assertEquals(2, timeline.acts().getFirst().entries().size());
      assertTrue(timeline.difference().orElse("").endsWith("was ENOTSOCK"), timeline::toString);
    }
  }

  @Test
  void read_manyThingsThatAreWrong_saysTen() {
    ScriptException wrong =
        assertThrows(ScriptException.class, () -> Script.read("x", "jump\n".repeat(100)));
    assertEquals(10, String.valueOf(wrong.getMessage()).lines().count());
  }

  @Test
  void read_tooMuch_isRefused() {
    String steps = "e = eventfd\n" + "add 1 to e\n".repeat(200);
    ScriptException many = assertThrows(ScriptException.class, () -> Script.read("x", steps));
    assertEquals("line 201: it has more than 200 steps", many.getMessage());
    String large = "#".repeat(Script.MOST_CHARS + 1);
    ScriptException long1 = assertThrows(ScriptException.class, () -> Script.read("x", large));
    assertEquals("it has more than 65536 characters", long1.getMessage());
  }

  /** What is quoted may hold what means something elsewhere. */
  @Test
  void read_anArrowInWhatIsWritten_isText() throws Exception {
    String text = "r, w = pipe\nwrite \" -> \" to w\nread up to 9 from r -> \" -> \"";
    Experiment arrow = Script.read("x", text);
    assertEquals("\" -> \"", arrow.acts().getFirst().steps().getLast().expected());
    Step.Write write = (Step.Write) arrow.acts().getFirst().steps().get(1);
    assertEquals(" -> ", write.bytes());
    assertEquals("4 bytes", write.expected());
  }
}
