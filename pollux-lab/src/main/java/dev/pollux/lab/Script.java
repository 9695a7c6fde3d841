package dev.pollux.lab;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * An experiment as text, which anybody can write: the steps as they are printed, a line each, with
 * {@code ->} and what is expected where one wants to say it.
 *
 * <pre>
 * # comments, and lines without words, are passed over
 * shows: Two bytes, one edge.
 * act: by edge
 * r, w = pipe
 * ep = epoll
 * add r to ep: IN ET
 * write "ab" to w
 * wait on ep -> r IN
 * wait on ep -> nothing
 * </pre>
 */
final class Script {

  /** How long a script may be. */
  static final int MOST_CHARS = 1 << 16; // 64 KiB

  private static final int MOST_STEPS = 200;
  private static final int MOST_PROBLEMS = 10;

  private static final String BYTE_ORDER_MARK = "\ufeff";
  private static final String NAME = "name:";
  private static final String SHOWS = "shows:";
  private static final String EXPECTS = "expects:";
  private static final String ACT = "act:";

  /** What a name stands for. */
  private enum Kind {
    EPOLL,
    KQUEUE,
    LISTENER,
    OTHER
  }

  private final List<Act> acts = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private final Map<String, String> head = new TreeMap<>();
  private final Map<String, Kind> names = new TreeMap<>();
  private final Set<String> waitedFor = new HashSet<>(); // instances that threads wait on
  private List<Step> steps = new ArrayList<>();
  private String title = "";
  private int stepCount;

  private Script() {}

  /**
   * Reads a script.
   *
   * @param name what it is called where it does not say so
   * @throws ScriptException with all that is wrong, up to ten lines
   */
  static Experiment read(String name, String text) throws ScriptException {
    if (text.length() > MOST_CHARS) {
      throw new ScriptException(List.of("it has more than " + MOST_CHARS + " characters"));
    }
    Script script = new Script();
    int number = 0;
    for (String line : text.replace(BYTE_ORDER_MARK, "").split("\r?\n", -1)) {
      number++;
      try {
        script.line(line.strip());
      } catch (IllegalArgumentException e) {
        script.problems.add("line " + number + ": " + e.getMessage());
      }
    }
    script.endAct();
    if (script.problems.isEmpty() && script.acts.isEmpty()) {
      script.problems.add("there is no step in it");
    }
    if (!script.problems.isEmpty()) {
      int told = Math.min(MOST_PROBLEMS, script.problems.size());
      throw new ScriptException(script.problems.subList(0, told));
    }
    return new Experiment(
        "script",
        script.head.getOrDefault(NAME, name),
        script.head.getOrDefault(SHOWS, ""),
        script.head.getOrDefault(EXPECTS, ""),
        script.acts);
  }

  /** Writes an experiment as {@link #read} reads it. */
  static String write(Experiment experiment) {
    StringBuilder text = new StringBuilder();
    text.append(NAME).append(' ').append(experiment.name()).append('\n');
    text.append(SHOWS).append(' ').append(experiment.shows()).append('\n');
    text.append(EXPECTS).append(' ').append(experiment.expects()).append('\n');
    for (Act act : experiment.acts()) {
      text.append('\n').append(ACT).append(' ').append(act.title()).append('\n');
      act.steps().forEach(step -> text.append(StepForms.write(step)).append('\n'));
    }
    return text.toString();
  }

  private void line(String line) {
    if (line.chars().anyMatch(Script::isObeyed)) {
      throw new IllegalArgumentException("there is a character that a terminal obeys");
    }
    if (line.isEmpty() || line.startsWith("#")) {
      return;
    }
    for (String key : List.of(NAME, SHOWS, EXPECTS)) {
      if (line.startsWith(key)) {
        head.put(key, line.substring(key.length()).strip());
        return;
      }
    }
    if (line.startsWith(ACT)) {
      endAct();
      title = line.substring(ACT.length()).strip();
      return;
    }
    Step step = StepForms.read(line);
    if (++stepCount > MOST_STEPS) {
      throw new IllegalArgumentException("it has more than " + MOST_STEPS + " steps");
    }
    steps.add(step);
    check(step);
  }

  private static boolean isObeyed(int c) {
    int type = Character.getType(c);
    return c != '\t' && (type == Character.CONTROL || type == Character.FORMAT);
  }

  private void endAct() {
    if (!steps.isEmpty()) {
      acts.add(new Act(title.isEmpty() ? "steps" : title, steps));
    }
    steps = new ArrayList<>();
    names.clear();
    waitedFor.clear();
    title = "";
  }

  // ---- names

  private void check(Step step) {
    switch (step) {
      case Step.Pipe pipe -> make(Kind.OTHER, pipe.reader(), pipe.writer());
      case Step.Pair pair -> make(Kind.OTHER, pair.left(), pair.right());
      case Step.EventFd eventFd -> make(Kind.OTHER, eventFd.name());
      case Step.Epoll epoll -> make(Kind.EPOLL, epoll.name());
      case Step.Queue queue -> make(Kind.KQUEUE, queue.name());
      case Step.Listen listen -> make(Kind.LISTENER, listen.names().toArray(String[]::new));
      case Step.Connect connect -> {
        require(Kind.LISTENER, connect.listener());
        make(Kind.OTHER, connect.name());
      }
      case Step.Accept accept -> {
        require(Kind.LISTENER, accept.listener());
        if (!accept.name().equals(Step.UNNAMED)) {
          make(Kind.OTHER, accept.name());
        }
      }
      case Step.Dup dup -> {
        requireAny(dup.handle());
        make(names.getOrDefault(dup.handle(), Kind.OTHER), dup.name());
      }
      case Step.Signal signal -> requireAny(signal.handle());
      case Step.Add add -> requireItem(add.epoll(), add.handle());
      case Step.Modify modify -> requireItem(modify.epoll(), modify.handle());
      case Step.Remove remove -> requireItem(remove.epoll(), remove.handle());
      case Step.Wait wait -> require(Kind.EPOLL, wait.epoll());
      case Step.Kevent kevent -> {
        require(Kind.KQUEUE, kevent.queue());
        kevent.changes().stream().filter(Change::isOfHandle).forEach(c -> requireAny(c.ident()));
        kevent.changes().stream().filter(c -> !c.isOfHandle()).forEach(Script::requireNumber);
      }
      case Step.Write write -> requireAny(write.handle());
      case Step.Fill fill -> requireAny(fill.handle());
      case Step.Read read -> requireAny(read.handle());
      case Step.Drain drain -> requireAny(drain.handle());
      case Step.Close close -> {
        requireAny(close.handle());
        if (waitedFor.contains(close.handle())) {
          throw new IllegalArgumentException(
              "threads wait on '" + close.handle() + "': end the threads first");
        }
      }
      case Step.ShutdownWrite shutdown -> requireAny(shutdown.handle());
      case Step.Reset reset -> requireAny(reset.handle());
      case Step.Threads threads -> {
        threads.epolls().forEach(each -> require(Kind.EPOLL, each));
        if (!waitedFor.isEmpty()) {
          throw new IllegalArgumentException("there are threads already: end the threads first");
        }
        waitedFor.addAll(threads.epolls());
      }
      case Step.Spread spread -> spread.listeners().forEach(each -> require(Kind.LISTENER, each));
      case Step.Dismiss _ -> waitedFor.clear();
      case Step.Woken _, Step.Cost _ -> {}
    }
  }

  private void make(Kind kind, String... made) {
    for (String name : made) {
      if (names.put(name, kind) != null) {
        throw new IllegalArgumentException("there is a '" + name + "' already: take another name");
      }
    }
  }

  private void requireItem(String epoll, String handle) {
    require(Kind.EPOLL, epoll);
    requireAny(handle);
  }

  private void requireAny(String name) {
    if (names.get(name) == Kind.KQUEUE) {
      throw new IllegalArgumentException("'" + name + "' is a kqueue: only kevent takes it");
    }
    requireKnown(name);
  }

  private void requireKnown(String name) {
    if (!names.containsKey(name)) {
      throw new IllegalArgumentException(
          "nothing is called '" + name + "' here; there are: " + String.join(", ", names.keySet()));
    }
  }

  private void require(Kind kind, String name) {
    requireKnown(name);
    if (names.get(name) != kind) {
      throw new IllegalArgumentException(
          "'" + name + "' is no " + kind.name().toLowerCase(Locale.ROOT));
    }
  }

  private static void requireNumber(Change change) {
    if (!change.ident().matches("\\d{1,6}")) {
      throw new IllegalArgumentException(
          "'" + change.ident() + "': a timer, or USER, has a number and no handle");
    }
  }
}
