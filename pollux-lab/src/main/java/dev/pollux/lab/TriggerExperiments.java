package dev.pollux.lab;

import static dev.pollux.lab.Mask.ET;
import static dev.pollux.lab.Mask.IN;
import static dev.pollux.lab.Mask.OUT;
import static dev.pollux.lab.Steps.EAGAIN;
import static dev.pollux.lab.Steps.NOTHING;
import static dev.pollux.lab.Steps.accept;
import static dev.pollux.lab.Steps.add;
import static dev.pollux.lab.Steps.await;
import static dev.pollux.lab.Steps.awaitOne;
import static dev.pollux.lab.Steps.connect;
import static dev.pollux.lab.Steps.drain;
import static dev.pollux.lab.Steps.epoll;
import static dev.pollux.lab.Steps.eventFd;
import static dev.pollux.lab.Steps.fill;
import static dev.pollux.lab.Steps.listen;
import static dev.pollux.lab.Steps.modify;
import static dev.pollux.lab.Steps.pair;
import static dev.pollux.lab.Steps.pipe;
import static dev.pollux.lab.Steps.read;
import static dev.pollux.lab.Steps.readGives;
import static dev.pollux.lab.Steps.remove;
import static dev.pollux.lab.Steps.signal;
import static dev.pollux.lab.Steps.write;

import java.util.List;

/** Level and edge: D1 to D8, and D16. */
final class TriggerExperiments {

  private TriggerExperiments() {}

  static List<Experiment> all() {
    return List.of(
        levelUnread(),
        edgeUnread(),
        levelRead(),
        edgeWritable(),
        edgeDrained(),
        levelWritable(),
        partialReads(),
        partialWrites());
  }

  private static Experiment levelUnread() {
    return Experiment.of(
        "D1",
        "level-unread",
        "A level-triggered item is put back on the ready list after every delivery, as long as it"
            + " is ready. A program that does not read what is there never sleeps.",
        "an event from every wait",
        Act.of(
            "level",
            pipe("r", "w"),
            epoll("ep"),
            add("ep", "r", IN),
            await("ep", NOTHING),
            write("w", "hello"),
            await("ep", "r IN"),
            await("ep", "r IN"),
            await("ep", "r IN")));
  }

  private static Experiment edgeUnread() {
    return Experiment.of(
        "D2",
        "edge-unread",
        "An edge-triggered item comes onto the ready list when something happens to its source, and"
            + " only then. Data that nobody reads is reported once; new data is a new event.",
        "one event for each arrival of data, none without",
        Act.of(
            "pipe",
            pipe("r", "w"),
            epoll("ep"),
            add("ep", "r", IN.and(ET)),
            write("w", "a"),
            await("ep", "r IN"),
            await("ep", NOTHING),
            write("w", "b"),
            await("ep", "r IN"),
            await("ep", NOTHING),
            read("r", "ab")),
        Act.of(
            "a counter that is never read",
            eventFd("e"),
            epoll("ep"),
            add("ep", "e", IN.and(ET)),
            signal("e"),
            await("ep", "e IN"),
            await("ep", NOTHING),
            signal("e"),
            await("ep", "e IN"),
            await("ep", NOTHING)));
  }

  private static Experiment levelRead() {
    return Experiment.of(
        "D3",
        "level-read",
        "A level-triggered item that was read empty is looked at once more by the next wait, which"
            + " finds nothing and drops it. Several ready items are reported in the order in which"
            + " they became ready.",
        "one event for each arrival of data, then sleep",
        Act.of(
            "one source",
            pipe("r", "w"),
            epoll("ep"),
            add("ep", "r", IN),
            write("w", "a"),
            await("ep", "r IN"),
            read("r", "a"),
            await("ep", NOTHING),
            write("w", "b"),
            await("ep", "r IN"),
            read("r", "b"),
            await("ep", NOTHING)),
        Act.of(
            "several sources",
            pipe("a", "wa"),
            pipe("b", "wb"),
            pipe("c", "wc"),
            pipe("d", "wd"),
            pipe("e", "we"),
            epoll("ep"),
            add("ep", "a", IN),
            add("ep", "b", IN),
            add("ep", "c", IN),
            add("ep", "d", IN),
            add("ep", "e", IN),
            write("wd", "1"),
            write("wa", "2"),
            write("wc", "3"),
            awaitOne("ep", "d IN"),
            awaitOne("ep", "a IN"),
            await("ep", "c IN, d IN, a IN"),
            read("d", "1"),
            read("a", "2"),
            read("c", "3"),
            await("ep", NOTHING)));
  }

  private static Experiment edgeWritable() {
    return Experiment.of(
        "D4",
        "edge-writable",
        "An edge-triggered writer is told once that there is room. While it writes nothing, nothing"
            + " happens to its buffer, and so there is no further event.",
        "one event, then sleep",
        Act.of(
            "edge",
            pair("a", "b"),
            epoll("ep"),
            add("ep", "a", OUT.and(ET)),
            await("ep", "a OUT"),
            await("ep", NOTHING),
            await("ep", NOTHING)));
  }

  private static Experiment edgeDrained() {
    return Experiment.of(
        "D5",
        "edge-drained",
        "An edge-triggered writer that fills the buffer is told again when the peer has made room."
            + " Writing until EAGAIN and then waiting loses nothing.",
        "an event after each drain",
        Act.of(
            "edge",
            pair("a", "b"),
            epoll("ep"),
            add("ep", "a", OUT.and(ET)),
            await("ep", "a OUT"),
            fill("a"),
            await("ep", NOTHING),
            drain("b"),
            await("ep", "a OUT"),
            fill("a"),
            await("ep", NOTHING),
            drain("b"),
            await("ep", "a OUT"),
            await("ep", NOTHING)));
  }

  private static Experiment levelWritable() {
    return Experiment.of(
        "D6",
        "level-writable",
        "A socket with room in its buffer is always writable. Level-triggered interest in writing"
            + " with nothing to write makes every wait return at once.",
        "an event from every wait",
        Act.of(
            "level",
            pair("a", "b"),
            epoll("ep"),
            add("ep", "a", OUT),
            await("ep", "a OUT"),
            await("ep", "a OUT"),
            await("ep", "a OUT"),
            remove("ep", "a"),
            await("ep", NOTHING)));
  }

  private static Experiment partialReads() {
    return Experiment.of(
        "D7",
        "partial-reads",
        "Six bytes arrive and each event is answered with a read of two. Level triggering repeats"
            + " the event until all is read; edge triggering leaves the rest lying until new data"
            + " comes, and then the old data is read first.",
        "level: 3 events; edge: 1 event, then the rest only with new data",
        Act.of(
            "level",
            pipe("r", "w"),
            epoll("ep"),
            add("ep", "r", IN),
            write("w", "aabbcc"),
            await("ep", "r IN"),
            read("r", "aa"),
            await("ep", "r IN"),
            read("r", "bb"),
            await("ep", "r IN"),
            read("r", "cc"),
            await("ep", NOTHING)),
        Act.of(
            "edge",
            pipe("r", "w"),
            epoll("ep"),
            add("ep", "r", IN.and(ET)),
            write("w", "aabbcc"),
            await("ep", "r IN"),
            read("r", "aa"),
            await("ep", NOTHING),
            write("w", "dd"),
            await("ep", "r IN"),
            read("r", "bb"),
            await("ep", NOTHING)),
        Act.of(
            "edge, read until EAGAIN",
            pipe("r", "w"),
            epoll("ep"),
            add("ep", "r", IN.and(ET)),
            write("w", "aabbcc"),
            await("ep", "r IN"),
            read("r", "aa"),
            read("r", "bb"),
            read("r", "cc"),
            readGives("r", 2, EAGAIN),
            await("ep", NOTHING),
            write("w", "dd"),
            await("ep", "r IN")));
  }

  private static Experiment partialWrites() {
    return Experiment.of(
        "D8",
        "partial-writes",
        "Sixteen bytes are to be written and each event is answered with a write of eight, which"
            + " level triggering goes on to report, and edge triggering does not: there was room"
            + " all the time, and TCP says nothing when the peer reads. A Unix socket makes an edge"
            + " when its peer has read a whole piece, and who relies on that is stuck on TCP.",
        "level: 2 events, then the interest is removed; edge: 1 event, the rest is stuck; on a Unix"
            + " pair an edge when the peer has read all",
        Act.of(
            "level",
            listen("l"),
            connect("a", "l"),
            accept("b", "l"),
            epoll("ep"),
            add("ep", "a", OUT),
            await("ep", "a OUT"),
            write("a", "12345678"),
            await("ep", "a OUT"),
            write("a", "90abcdef"),
            remove("ep", "a"),
            await("ep", NOTHING),
            readGives("b", 16, "\"1234567890abcdef\"")),
        Act.of(
            "edge",
            listen("l"),
            connect("a", "l"),
            accept("b", "l"),
            epoll("ep"),
            add("ep", "a", OUT.and(ET)),
            await("ep", "a OUT"),
            write("a", "12345678"),
            await("ep", NOTHING),
            readGives("b", 16, "\"12345678\""),
            await("ep", NOTHING)),
        Act.of(
            "edge, on a Unix pair",
            pair("a", "b"),
            epoll("ep"),
            add("ep", "a", OUT.and(ET)),
            await("ep", "a OUT"),
            write("a", "12345678"),
            await("ep", NOTHING),
            readGives("b", 16, "\"12345678\""),
            await("ep", "a OUT")));
  }

  static Experiment modifyRearms() {
    return Experiment.of(
        "D16",
        "modify-rearms",
        "Changing a registration looks at the source again, even if the new mask is the old one."
            + " It is the way to get a second event for an edge without a second edge.",
        "one event after each modify while there is data, none when it was read",
        Act.of(
            "edge",
            pipe("r", "w"),
            epoll("ep"),
            add("ep", "r", IN.and(ET)),
            write("w", "a"),
            await("ep", "r IN"),
            await("ep", NOTHING),
            modify("ep", "r", IN.and(ET)),
            await("ep", "r IN"),
            await("ep", NOTHING),
            read("r", "a"),
            modify("ep", "r", IN.and(ET)),
            await("ep", NOTHING)));
  }
}
