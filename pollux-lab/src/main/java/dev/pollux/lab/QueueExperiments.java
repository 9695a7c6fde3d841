package dev.pollux.lab;

import static dev.pollux.kqueue.Kevent.EVFILT_READ;
import static dev.pollux.kqueue.Kevent.EVFILT_TIMER;
import static dev.pollux.kqueue.Kevent.EVFILT_USER;
import static dev.pollux.kqueue.Kevent.EVFILT_WRITE;
import static dev.pollux.kqueue.Kevent.EV_ADD;
import static dev.pollux.kqueue.Kevent.EV_CLEAR;
import static dev.pollux.kqueue.Kevent.EV_DELETE;
import static dev.pollux.kqueue.Kevent.EV_DISPATCH;
import static dev.pollux.kqueue.Kevent.EV_ENABLE;
import static dev.pollux.kqueue.Kevent.EV_ONESHOT;
import static dev.pollux.kqueue.Kevent.NOTE_TRIGGER;
import static dev.pollux.lab.Mask.ET;
import static dev.pollux.lab.Mask.IN;
import static dev.pollux.lab.Mask.ONESHOT;
import static dev.pollux.lab.Steps.NOTHING;
import static dev.pollux.lab.Steps.add;
import static dev.pollux.lab.Steps.await;
import static dev.pollux.lab.Steps.close;
import static dev.pollux.lab.Steps.epoll;
import static dev.pollux.lab.Steps.kevent;
import static dev.pollux.lab.Steps.modify;
import static dev.pollux.lab.Steps.pair;
import static dev.pollux.lab.Steps.pipe;
import static dev.pollux.lab.Steps.queue;
import static dev.pollux.lab.Steps.read;
import static dev.pollux.lab.Steps.write;

import java.util.List;

/** kqueue, beside epoll where that has the same: K1 to K5. */
final class QueueExperiments {

  private QueueExperiments() {}

  static List<Experiment> all() {
    return List.of(triggers(), end(), wakeup(), timer(), manyChanges());
  }

  private static Change change(String ident, int filter, int flags) {
    return Change.of(ident, filter, flags);
  }

  private static Experiment triggers() {
    return Experiment.of(
        "K1",
        "kqueue-triggers",
        "A knote without flags reports as a level, one with EV_CLEAR as an edge, and one with"
            + " EV_DISPATCH once until it is enabled. Each event says how many bytes there are.",
        "what epoll reports with the same trigger, and the count",
        Act.of(
            "level",
            pipe("r", "w"),
            epoll("ep"),
            queue("kq"),
            add("ep", "r", IN),
            kevent("kq", NOTHING, change("r", EVFILT_READ, EV_ADD)),
            write("w", "hello"),
            await("ep", "r IN"),
            kevent("kq", "r READ 5"),
            await("ep", "r IN"),
            kevent("kq", "r READ 5"),
            read("r", "hello"),
            await("ep", NOTHING),
            kevent("kq", NOTHING)),
        Act.of(
            "EV_CLEAR and edge",
            pipe("r", "w"),
            epoll("ep"),
            queue("kq"),
            add("ep", "r", IN.and(ET)),
            kevent("kq", NOTHING, change("r", EVFILT_READ, EV_ADD | EV_CLEAR)),
            write("w", "a"),
            await("ep", "r IN"),
            kevent("kq", "r READ 1"),
            await("ep", NOTHING),
            kevent("kq", NOTHING),
            write("w", "b"),
            await("ep", "r IN"),
            kevent("kq", "r READ 2")),
        Act.of(
            "EV_DISPATCH and one-shot",
            pipe("r", "w"),
            epoll("ep"),
            queue("kq"),
            add("ep", "r", IN.and(ONESHOT)),
            kevent("kq", NOTHING, change("r", EVFILT_READ, EV_ADD | EV_DISPATCH)),
            write("w", "a"),
            await("ep", "r IN"),
            kevent("kq", "r READ 1"),
            await("ep", NOTHING),
            kevent("kq", NOTHING),
            modify("ep", "r", IN.and(ONESHOT)),
            await("ep", "r IN"),
            kevent("kq", "r READ 1", change("r", EVFILT_READ, EV_ENABLE))));
  }

  private static Experiment end() {
    return Experiment.of(
        "K2",
        "kqueue-end",
        "EV_EOF says that nothing more will come, and does not say that nothing is there. The data"
            + " of the same event is what is left to read.",
        "EOF beside the bytes, until they are read, and without them then",
        Act.of(
            "a socket whose peer has gone",
            pair("s", "t"),
            queue("kq"),
            write("t", "bye"),
            close("t"),
            kevent("kq", "s READ 3 EOF", change("s", EVFILT_READ, EV_ADD)),
            read("s", "bye"),
            kevent("kq", "s READ 0 EOF")));
  }

  private static Experiment wakeup() {
    return Experiment.of(
        "K3",
        "kqueue-wakeup",
        "A knote of EVFILT_USER is triggered by the program, and takes no descriptor. Without"
            + " EV_CLEAR it stays triggered, so that every wait reports it.",
        "with EV_CLEAR one event for each trigger, else one from every wait",
        Act.of(
            "EV_CLEAR",
            queue("kq"),
            kevent("kq", NOTHING, change("1", EVFILT_USER, EV_ADD | EV_CLEAR)),
            kevent("kq", "1 USER", new Change("1", EVFILT_USER, 0, NOTE_TRIGGER, 0)),
            kevent("kq", NOTHING)),
        Act.of(
            "without",
            queue("kq"),
            kevent("kq", "1 USER", new Change("1", EVFILT_USER, EV_ADD, NOTE_TRIGGER, 0)),
            kevent("kq", "1 USER"),
            kevent("kq", "1 USER")));
  }

  private static Experiment timer() {
    return Experiment.of(
        "K4",
        "kqueue-timer",
        "A timer is a knote whose identifier is any number of the program's. It tells how often it"
            + " has expired, and one with EV_ONESHOT forgets itself.",
        "one event, and then there is no such knote",
        Act.of(
            "once, in 5 ms",
            queue("kq"),
            kevent("kq", "7 TIMER 1", new Change("7", EVFILT_TIMER, EV_ADD | EV_ONESHOT, 0, 5)),
            kevent("kq", "7 TIMER ENOENT", change("7", EVFILT_TIMER, EV_DELETE))));
  }

  private static Experiment manyChanges() {
    return Experiment.of(
        "K5",
        "kqueue-changes",
        "One call makes any number of changes, for which epoll takes a call each. One that fails is"
            + " an event with its error, and the others are made.",
        "the error of one, then the events of the others",
        Act.of(
            "four changes",
            pipe("r", "w"),
            queue("kq"),
            kevent(
                "kq",
                "r WRITE ENOENT",
                change("r", EVFILT_READ, EV_ADD),
                change("w", EVFILT_WRITE, EV_ADD | EV_CLEAR),
                change("r", EVFILT_WRITE, EV_DELETE),
                change("1", EVFILT_USER, EV_ADD | EV_CLEAR)),
            kevent("kq", "w WRITE"),
            write("w", "a"),
            kevent("kq", "r READ 1")));
  }
}
