package dev.pollux.lab;

import static dev.pollux.lab.Mask.ET;
import static dev.pollux.lab.Mask.IN;
import static dev.pollux.lab.Mask.RDHUP;
import static dev.pollux.lab.Steps.END;
import static dev.pollux.lab.Steps.NOTHING;
import static dev.pollux.lab.Steps.accept;
import static dev.pollux.lab.Steps.acceptFails;
import static dev.pollux.lab.Steps.add;
import static dev.pollux.lab.Steps.addFails;
import static dev.pollux.lab.Steps.await;
import static dev.pollux.lab.Steps.close;
import static dev.pollux.lab.Steps.connect;
import static dev.pollux.lab.Steps.cost;
import static dev.pollux.lab.Steps.dup;
import static dev.pollux.lab.Steps.epoll;
import static dev.pollux.lab.Steps.listen;
import static dev.pollux.lab.Steps.pipe;
import static dev.pollux.lab.Steps.read;
import static dev.pollux.lab.Steps.readGives;
import static dev.pollux.lab.Steps.removeFails;
import static dev.pollux.lab.Steps.reset;
import static dev.pollux.lab.Steps.shutdownWrite;
import static dev.pollux.lab.Steps.write;

import java.util.List;

/** Ends of connections, backlogs, costs, duplicates, nesting: D11 to D15. */
final class LifeExperiments {

  private static final int[] COST_SIZES = {16, 128, 1024};

  private LifeExperiments() {}

  static List<Experiment> all() {
    return List.of(hangUps(), backlog(), costs(), duplicate(), nested());
  }

  private static Experiment hangUps() {
    return Experiment.of(
        "D11",
        "hang-ups",
        "A peer can end its writing half, close, or reset, and each looks different. RDHUP means"
            + " that no more will come, HUP that both halves are down, ERR that the connection was"
            + " torn.",
        "half-close: RDHUP; with IN, if that is watched; both halves: HUP as well; reset: ERR and"
            + " HUP",
        Act.of(
            "the peer shuts down its writing half",
            listen("l"),
            connect("c", "l"),
            accept("s", "l"),
            epoll("ep"),
            add("ep", "s", RDHUP),
            shutdownWrite("c"),
            await("ep", "s RDHUP"),
            readGives("s", 8, END),
            write("s", "bye"),
            read("c", "bye")),
        Act.of(
            "the peer closes",
            listen("l"),
            connect("c", "l"),
            accept("s", "l"),
            epoll("ep"),
            add("ep", "s", IN.and(RDHUP)),
            write("c", "last"),
            close("c"),
            await("ep", "s IN RDHUP"),
            read("s", "last"),
            await("ep", "s IN RDHUP"),
            readGives("s", 8, END),
            shutdownWrite("s"),
            await("ep", "s IN RDHUP HUP")),
        Act.of(
            "the peer resets",
            listen("l"),
            connect("c", "l"),
            accept("s", "l"),
            epoll("ep"),
            add("ep", "s", IN.and(RDHUP)),
            reset("c"),
            await("ep", "s IN RDHUP ERR HUP"),
            readGives("s", 8, "ECONNRESET"),
            await("ep", "s IN RDHUP HUP")));
  }

  private static Experiment backlog() {
    return Experiment.of(
        "D12",
        "edge-backlog",
        "Three clients connect before an edge-triggered listener is waited for, and each event is"
            + " answered with one accept. The others wait, though they are connected, until the"
            + " next client comes; accepting until EAGAIN leaves nobody behind.",
        "one event for three clients; the rest waits for the next connection",
        Act.of(
            "one accept for each event",
            listen("l"),
            epoll("ep"),
            add("ep", "l", IN.and(ET)),
            connect("c1", "l"),
            connect("c2", "l"),
            connect("c3", "l"),
            await("ep", "l IN"),
            accept("s1", "l"),
            await("ep", NOTHING),
            connect("c4", "l"),
            await("ep", "l IN"),
            accept("s2", "l"),
            await("ep", NOTHING)),
        Act.of(
            "accept until EAGAIN",
            listen("l"),
            epoll("ep"),
            add("ep", "l", IN.and(ET)),
            connect("c1", "l"),
            connect("c2", "l"),
            await("ep", "l IN"),
            accept("s1", "l"),
            accept("s2", "l"),
            acceptFails("l"),
            await("ep", NOTHING)));
  }

  private static Experiment costs() {
    return Experiment.of(
        "D13",
        "cost",
        "One descriptor of many is ready. select and poll are handed the whole set and look at each"
            + " member in every call; epoll looks at its ready list.",
        "select and poll grow with the number of descriptors, epoll is flat",
        Act.of("idle descriptors", cost(COST_SIZES)));
  }

  private static Experiment duplicate() {
    return Experiment.of(
        "D14",
        "duplicate",
        "A registration belongs to the open file, under the number it was made with. When that"
            + " number is closed while a duplicate lives, the events go on, and nobody can remove"
            + " them by the old number.",
        "events after the close; EBADF from remove; silence when the last duplicate is closed",
        Act.of(
            "level",
            pipe("r", "w"),
            epoll("ep"),
            add("ep", "r", IN),
            dup("r", "d"),
            close("r"),
            write("w", "a"),
            await("ep", "r IN"),
            removeFails("ep", "r", "EBADF"),
            removeFails("ep", "d", "ENOENT"),
            await("ep", "r IN"),
            close("d"),
            await("ep", NOTHING)));
  }

  private static Experiment nested() {
    return Experiment.of(
        "D15",
        "nested",
        "An epoll instance is a descriptor that another can watch: it is readable when its own"
            + " ready list has something. An instance cannot watch itself, and neither loops nor"
            + " deep chains are allowed.",
        "readable when the inner one has something; itself: EINVAL; a loop, or too deep: ELOOP",
        Act.of(
            "an instance in an instance",
            pipe("r", "w"),
            epoll("inner"),
            epoll("outer"),
            add("inner", "r", IN),
            add("outer", "inner", IN),
            await("outer", NOTHING),
            write("w", "a"),
            await("outer", "inner IN"),
            await("inner", "r IN"),
            read("r", "a"),
            await("outer", NOTHING),
            addFails("outer", "outer", "EINVAL"),
            addFails("inner", "outer", "ELOOP")),
        Act.of(
            "too deep",
            epoll("e1"),
            epoll("e2"),
            epoll("e3"),
            epoll("e4"),
            epoll("e5"),
            epoll("e6"),
            add("e1", "e2", IN),
            add("e2", "e3", IN),
            add("e3", "e4", IN),
            add("e4", "e5", IN),
            addFails("e5", "e6", "ELOOP")));
  }
}
