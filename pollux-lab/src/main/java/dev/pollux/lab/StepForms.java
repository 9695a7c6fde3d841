package dev.pollux.lab;

import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The step language: reads a line as {@link Step#text} writes it, with what is expected of it. */
final class StepForms {

  private static final String NAME = "([a-z][a-zA-Z0-9_]{0,15})";
  private static final String NAMES = "([a-z][a-zA-Z0-9_]{0,15}(?:, [a-z][a-zA-Z0-9_]{0,15})*)";
  private static final String COUNT = "(\\d{1,9})";
  private static final String ERROR = "E[A-Z0-9]+";
  private static final String KNOTE = "[a-zA-Z0-9_]+ [A-Z]+( [A-Z0-9]+)*";
  private static final String KNOTES = "nothing|" + KNOTE + "(, " + KNOTE + ")*";

  private static final int MOST_BYTES = 4096;
  private static final int MOST_THREADS = 16;
  private static final int MOST_CONNECTIONS = 100;

  /** The words of a line. */
  private record Words(Matcher matcher, @Nullable String expected) {

    String word(int group) {
      return matcher.group(group);
    }

    List<String> words(int group) {
      return List.of(word(group).split(", ", -1));
    }

    int number(int group, int most) {
      int number = Integer.parseInt(word(group));
      if (number < 1 || number > most) {
        throw new IllegalArgumentException(number + " is not from 1 to " + most);
      }
      return number;
    }

    /** What is expected, or what is if nothing is said: of a call that fails, or one of these. */
    String result(String otherwise, String others, String example) {
      String result = expected == null ? otherwise : expected;
      if (expected != null && !result.matches(ERROR + "|" + others)) {
        throw new IllegalArgumentException(
            "'" + result + "' is nothing that comes of it: " + example + ", or an error as EAGAIN");
      }
      return result;
    }

    /** What is expected of a call that has no result but an error. */
    String error(String otherwise) {
      return result(otherwise, ERROR, "leave it out for success");
    }
  }

  /**
   * A form of lines.
   *
   * @param mayFail whether it takes a result
   */
  private record Form(Pattern pattern, boolean mayFail, Function<Words, Step> reads) {}

  private static final List<Form> FORMS =
      List.of(
          plain(NAME + ", " + NAME + " = pipe", w -> new Step.Pipe(w.word(1), w.word(2))),
          plain(NAME + ", " + NAME + " = socket pair", w -> new Step.Pair(w.word(1), w.word(2))),
          plain(NAME + " = eventfd", w -> new Step.EventFd(w.word(1))),
          plain(NAME + " = epoll", w -> new Step.Epoll(w.word(1))),
          plain(NAME + " = kqueue", w -> new Step.Queue(w.word(1))),
          plain(NAME + " = listener", w -> new Step.Listen(w.words(1))),
          plain(NAMES + " = listeners on one port", w -> new Step.Listen(w.words(1))),
          plain(NAME + " = connect to " + NAME, w -> new Step.Connect(w.word(1), w.word(2))),
          plain(NAME + " = dup of " + NAME, w -> new Step.Dup(w.word(2), w.word(1))),
          plain(
              NAME + " = accept from " + NAME,
              w -> new Step.Accept(w.word(1), w.word(2), Steps.OK)),
          open(
              "accept from " + NAME,
              w -> new Step.Accept(Step.UNNAMED, w.word(1), w.error(Step.ANYTHING))),
          plain("add 1 to " + NAME, w -> new Step.Signal(w.word(1))),
          open(
              "add " + NAME + " to " + NAME + ": ([A-Za-z ]+)",
              w -> new Step.Add(w.word(2), w.word(1), Mask.parse(w.word(3)), w.error(Steps.OK))),
          open(
              "modify " + NAME + " in " + NAME + ": ([A-Za-z ]+)",
              w -> new Step.Modify(w.word(2), w.word(1), Mask.parse(w.word(3)), w.error(Steps.OK))),
          open(
              "remove " + NAME + " from " + NAME,
              w -> new Step.Remove(w.word(2), w.word(1), w.error(Steps.OK))),
          open("wait on " + NAME, w -> new Step.Wait(w.word(1), Step.MAX_EVENTS, reports(w))),
          open(
              "wait on " + NAME + ", at most " + COUNT,
              w -> new Step.Wait(w.word(1), w.number(2, Step.MAX_EVENTS), reports(w))),
          open("kevent on " + NAME, w -> new Step.Kevent(w.word(1), List.of(), knotes(w))),
          open(
              "kevent on " + NAME + ": ([A-Za-z0-9_|, ]+)",
              w ->
                  new Step.Kevent(
                      w.word(1), w.words(2).stream().map(Change::parse).toList(), knotes(w))),
          open("write \"([ !#-~]{1,4096})\" to " + NAME, StepForms::write),
          plain("write to " + NAME + " until EAGAIN", w -> new Step.Fill(w.word(1))),
          open(
              "read up to " + COUNT + " from " + NAME,
              w ->
                  new Step.Read(
                      w.word(2),
                      w.number(1, MOST_BYTES),
                      w.result(Step.ANYTHING, "\"[^\"]*\"|end", "\"ab\"; end"))),
          plain("read from " + NAME + " until EAGAIN", w -> new Step.Drain(w.word(1))),
          plain("close " + NAME, w -> new Step.Close(w.word(1))),
          plain("shut down writing on " + NAME, w -> new Step.ShutdownWrite(w.word(1))),
          plain("reset " + NAME, w -> new Step.Reset(w.word(1))),
          plain(
              COUNT + " threads? waits? on " + NAMES + "(?:, one each)?",
              w -> new Step.Threads(w.number(1, MOST_THREADS), w.words(2))),
          open("who woke\\?", StepForms::woken),
          plain("end the threads", _ -> new Step.Dismiss()),
          open(COUNT + " connections to " + NAMES + ": who got some\\?", StepForms::spread));

  private StepForms() {}

  private static Form plain(String form, Function<Words, Step> reads) {
    return new Form(Pattern.compile(form), false, reads);
  }

  private static Form open(String form, Function<Words, Step> reads) {
    return new Form(Pattern.compile(form), true, reads);
  }

  private static String knotes(Words words) {
    return words.result(Step.ANYTHING, KNOTES, "r READ 5; r READ 5, 1 USER; nothing");
  }

  /** What a wait expects, if it can be. */
  private static String reports(Words words) {
    String said = words.expected();
    String expected = said == null ? Step.ANYTHING : said;
    boolean isPlain =
        List.of(Step.ANYTHING, Steps.NOTHING).contains(expected) || expected.matches("E[A-Z]+");
    for (String event : isPlain ? new String[0] : expected.split(", ", -1)) {
      Matcher matcher = Pattern.compile(NAME + " ([A-Z ]+)").matcher(event);
      if (!matcher.matches()) {
        throw new IllegalArgumentException(
            "'" + expected + "' is nothing that a wait reports: r IN; r IN, s OUT; nothing");
      }
      Mask.parse(matcher.group(2));
    }
    return expected;
  }

  private static Step spread(Words words) {
    Step step = new Step.Spread(words.words(2), words.number(1, MOST_CONNECTIONS));
    String expected = words.expected();
    if (expected != null && !expected.equals(step.expected())) {
      throw new IllegalArgumentException(
          "what comes of it is '" + step.expected() + "', if it does");
    }
    return step;
  }

  private static Step write(Words words) {
    int count = words.word(1).length();
    String all = count + (count == 1 ? " byte" : " bytes");
    return new Step.Write(
        words.word(2), words.word(1), words.result(all, "\\d+ bytes?", "2 bytes"));
  }

  private static Step woken(Words words) {
    String expected = words.expected();
    if (expected == null) {
      return new Step.Woken(0, Step.Woken.ANY_COUNT);
    }
    Matcher counts = Pattern.compile("(\\d{1,3})(?: to (\\d{1,3}))? threads?").matcher(expected);
    if (!counts.matches()) {
      throw new IllegalArgumentException(
          "'" + expected + "' is no number of threads: 1 thread, 1 to 3 threads");
    }
    int min = Integer.parseInt(counts.group(1));
    int max = counts.group(2) == null ? min : Integer.parseInt(counts.group(2));
    if (min > max) {
      throw new IllegalArgumentException(min + " to " + max + " is upside down");
    }
    return new Step.Woken(min, max);
  }

  /**
   * Reads a line without blanks around it.
   *
   * @throws IllegalArgumentException for what is no step, in words for users
   */
  static Step read(String line) {
    int text = line.startsWith("write \"") ? line.lastIndexOf("\" to ") : 0; // may have an arrow
    int arrow = line.indexOf(" -> ", Math.max(0, text));
    boolean hasResult = arrow >= 0;
    String what = hasResult ? line.substring(0, arrow).strip() : line;
    String expected = hasResult ? line.substring(arrow + " -> ".length()).strip() : null;
    for (Form form : FORMS) {
      Matcher matcher = form.pattern().matcher(what);
      if (matcher.matches()) {
        if (expected != null && !form.mayFail()) {
          throw new IllegalArgumentException(
              "'" + what + "' has to succeed, and has no result: leave '-> " + expected + "' out");
        }
        return form.reads().apply(new Words(matcher, expected));
      }
    }
    throw new IllegalArgumentException("'" + line + "' is no step");
  }

  /** Writes a step as {@link #read} reads it. */
  static String write(Step step) {
    boolean isPlain = step.expected().isEmpty() || step.expected().equals(Step.ANYTHING);
    return step.text() + (isPlain ? "" : " -> " + step.expected());
  }
}
