package dev.pollux.lab;

import static dev.pollux.lab.Mask.ET;
import static dev.pollux.lab.Mask.EXCLUSIVE;
import static dev.pollux.lab.Mask.IN;
import static dev.pollux.lab.Mask.ONESHOT;
import static dev.pollux.lab.Mask.OUT;
import static dev.pollux.lab.Mask.RDHUP;
import static dev.pollux.lab.Steps.NOTHING;
import static dev.pollux.lab.Steps.accept;
import static dev.pollux.lab.Steps.add;
import static dev.pollux.lab.Steps.await;
import static dev.pollux.lab.Steps.awaitOne;
import static dev.pollux.lab.Steps.close;
import static dev.pollux.lab.Steps.connect;
import static dev.pollux.lab.Steps.dup;
import static dev.pollux.lab.Steps.epoll;
import static dev.pollux.lab.Steps.listen;
import static dev.pollux.lab.Steps.modify;
import static dev.pollux.lab.Steps.pair;
import static dev.pollux.lab.Steps.read;
import static dev.pollux.lab.Steps.readGives;
import static dev.pollux.lab.Steps.removeFails;
import static dev.pollux.lab.Steps.shutdownWrite;
import static dev.pollux.lab.Steps.threads;
import static dev.pollux.lab.Steps.woken;
import static dev.pollux.lab.Steps.write;

/**
 * How an item came into the state in which somebody found it: experiments in whose steps the names
 * are those of a real process.
 */
final class Stories {

  private static final String PEER = "peer";
  private static final Mask NO_EVENTS = new Mask(0);

  private final String fd;
  private final String ep;

  /** With the names of the item's descriptor and of its instance, such as {@code fd7}. */
  Stories(String fd, String ep) {
    this.fd = fd;
    this.ep = ep;
  }

  Experiment of(Story story) {
    return switch (story) {
      case LOST_EDGE -> lostEdge();
      case ONESHOT_NOT_ARMED -> oneshot();
      case HANGUP_ON_EMPTY_MASK -> hangup();
      case WRITABLE_SPIN -> writable();
      case END_UNREAD -> end();
      case ORPHAN -> orphan();
      case THUNDERING_HERD -> herd();
      case SMALL_BATCH -> batch();
      case PAUSED_INPUT -> paused();
      case LEVEL -> level();
      case EDGE -> edge();
    };
  }

  private static Experiment story(String name, String shows, String expects, Step... steps) {
    return Experiment.of("story", name, shows, expects, Act.of("as it came about", steps));
  }

  private Experiment lostEdge() {
    return story(
        "lost-edge",
        "An edge is told once: the wait takes the item off the ready list, and only what comes"
            + " anew puts it there. Bytes that were left unread put nothing there.",
        "no event for the bytes that are left, and one when more come",
        pair(fd, PEER),
        epoll(ep),
        add(ep, fd, IN.and(ET)),
        write(PEER, "hello"),
        await(ep, fd + " IN"),
        read(fd, "he"),
        await(ep, NOTHING),
        await(ep, NOTHING),
        write(PEER, "!"),
        await(ep, fd + " IN"));
  }

  private Experiment oneshot() {
    return story(
        "oneshot-not-armed",
        "When a one-shot is told, the kernel takes its whole mask away. What comes then finds"
            + " nothing asked for, until EPOLL_CTL_MOD sets a mask again.",
        "one event, then none, and one again when it is armed",
        pair(fd, PEER),
        epoll(ep),
        add(ep, fd, IN.and(ONESHOT)),
        write(PEER, "a"),
        await(ep, fd + " IN"),
        read(fd, "a"),
        write(PEER, "b"),
        await(ep, NOTHING),
        modify(ep, fd, IN.and(ONESHOT)),
        await(ep, fd + " IN"));
  }

  private Experiment hangup() {
    return story(
        "hangup-on-empty-mask",
        "The kernel adds ERR and HUP to each mask, also to an empty one. By level a hang-up is"
            + " reported at each wait.",
        "a hang-up from every wait",
        pair(fd, PEER),
        epoll(ep),
        add(ep, fd, NO_EVENTS),
        await(ep, NOTHING),
        close(PEER),
        await(ep, fd + " HUP"),
        await(ep, fd + " HUP"),
        await(ep, fd + " HUP"));
  }

  private Experiment writable() {
    return story(
        "writable-spin",
        "A socket is writable as long as there is room, which is nearly always. By level each"
            + " wait puts it back on the ready list.",
        "an event from every wait, until nothing is asked for",
        pair(fd, PEER),
        epoll(ep),
        add(ep, fd, IN.and(OUT)),
        await(ep, fd + " OUT"),
        await(ep, fd + " OUT"),
        modify(ep, fd, IN),
        await(ep, NOTHING));
  }

  private Experiment end() {
    return story(
        "end-unread",
        "The end of a stream stays readable: a read gives 0 bytes, and the next one again. By"
            + " level it is reported at each wait.",
        "an event from every wait, also after a read",
        pair(fd, PEER),
        epoll(ep),
        add(ep, fd, IN.and(RDHUP)),
        shutdownWrite(PEER),
        await(ep, fd + " IN RDHUP"),
        readGives(fd, 10, Steps.END),
        await(ep, fd + " IN RDHUP"),
        await(ep, fd + " IN RDHUP"));
  }

  private Experiment orphan() {
    return story(
        "orphan",
        "An item belongs to the open file, not to the number. A duplicate keeps the file open when"
            + " the number is closed, so the item stays, and its events go on.",
        "events of a number that is closed, and no way to remove the item",
        pair(fd, PEER),
        epoll(ep),
        add(ep, fd, IN),
        dup(fd, "copy"),
        close(fd),
        write(PEER, "x"),
        await(ep, fd + " IN"),
        removeFails(ep, fd, "EBADF"),
        await(ep, fd + " IN"));
  }

  private Experiment herd() {
    return Experiment.of(
        "story",
        "thundering-herd",
        "A connection wakes one waiter of each instance that has the listener. EPOLLEXCLUSIVE has"
            + " the kernel stop at the first that takes it.",
        "both are woken, and one of them with EPOLLEXCLUSIVE",
        herdOn("plain", IN, 2, 2),
        herdOn("exclusive", IN.and(EXCLUSIVE), 1, 2));
  }

  private Act herdOn(String name, Mask mask, int least, int most) {
    String second = ep + "'";
    return Act.of(
        name,
        listen(fd),
        epoll(ep),
        epoll(second),
        add(ep, fd, mask),
        add(second, fd, mask),
        threads(2, ep, second),
        connect("c", fd),
        woken(least, most),
        accept("s", fd));
  }

  private Experiment batch() {
    return story(
        "small-batch",
        "A wait takes as many items off the ready list as there is room for; the others wait for"
            + " the next. By level those that were told go behind them.",
        "one after the other",
        pair(fd, PEER),
        pair("other", "peer2"),
        epoll(ep),
        add(ep, fd, IN),
        add(ep, "other", IN),
        write(PEER, "a"),
        write("peer2", "b"),
        awaitOne(ep, fd + " IN"),
        awaitOne(ep, "other IN"),
        awaitOne(ep, fd + " IN"));
  }

  private Experiment paused() {
    return story(
        "paused-input",
        "What is not asked for is not told. The bytes wait, and by level they are told as soon as"
            + " they are asked for.",
        "nothing, and an event when input is asked for again",
        pair(fd, PEER),
        epoll(ep),
        add(ep, fd, IN),
        modify(ep, fd, RDHUP),
        write(PEER, "hello"),
        await(ep, NOTHING),
        modify(ep, fd, IN),
        await(ep, fd + " IN"));
  }

  private Experiment level() {
    return story(
        "level",
        "By level an item is told at each wait, as long as it is ready.",
        "events until all is read",
        pair(fd, PEER),
        epoll(ep),
        add(ep, fd, IN),
        await(ep, NOTHING),
        write(PEER, "hello"),
        await(ep, fd + " IN"),
        await(ep, fd + " IN"),
        read(fd, "hello"),
        await(ep, NOTHING));
  }

  private Experiment edge() {
    return story(
        "edge",
        "By edge an item is told when something comes, and not of what is there.",
        "one event for each arrival",
        pair(fd, PEER),
        epoll(ep),
        add(ep, fd, IN.and(ET)),
        await(ep, NOTHING),
        write(PEER, "hello"),
        await(ep, fd + " IN"),
        await(ep, NOTHING),
        read(fd, "hello"),
        write(PEER, "again"),
        await(ep, fd + " IN"));
  }
}
