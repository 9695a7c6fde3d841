package dev.pollux.lab.fuzz;

import dev.pollux.lab.fuzz.Draft.Thing;
import dev.pollux.sys.Linux;
import java.util.List;

/**
 * Makes random programs: the same number and seed give the same program, for ever.
 *
 * <p>Most operations make sense ({@link Draft}). The generator knows no results: what a program
 * does may differ from what was meant, which is as good.
 */
final class Generator {
  private static final int MIN_LENGTH = 12;
  private static final int MAX_LENGTH = 90;
  private static final int WATCHERS = 3; // probable epoll_waits between other things

  /** Of the programs with threads, one operation in so many is a thread's. */
  private static final int BLOCKING_ONE = 5;

  private static final Thing[] READABLE = {
    Thing.PIPE_OUT,
    Thing.UNIX,
    Thing.UNIX,
    Thing.TCP,
    Thing.TCP,
    Thing.UDP,
    Thing.EVENTFD,
    Thing.TIMER
  };
  private static final Thing[] WRITABLE = {
    Thing.PIPE_IN, Thing.UNIX, Thing.UNIX, Thing.TCP, Thing.TCP, Thing.UDP, Thing.EVENTFD
  };

  private static final int[] EVENT_BITS = {
    Linux.EPOLLIN,
    Linux.EPOLLOUT,
    Linux.EPOLLRDHUP,
    Linux.EPOLLPRI,
    Linux.EPOLLERR,
    Linux.EPOLLHUP,
    Linux.EPOLLRDNORM,
    Linux.EPOLLRDBAND,
    Linux.EPOLLWRNORM,
    Linux.EPOLLWRBAND,
    Linux.EPOLLMSG
  };
  private static final int ACCOMPANY_EXCLUSIVE =
      Linux.EPOLLIN | Linux.EPOLLOUT | Linux.EPOLLERR | Linux.EPOLLHUP | Linux.EPOLLET;
  private static final int[] LOW_WATER = {1, 2, 5, 100};
  private static final int[] MAX_EVENTS = {
    1, 1, 1, 2, 2, 3, 3, 8, 8, 8, 8, 8, 16, 16, 64, 64, 64, 64, 64, 64, 0, -1
  };

  private final Draft draft;
  private final SocketGenerator sockets;
  private final Meetings meetings;
  private boolean tcp;
  private boolean nested;
  private boolean threads;
  private boolean names;
  private boolean messages;
  private boolean full;
  private boolean ticks;

  private Generator(long seed) {
    this.draft = new Draft(seed);
    this.sockets = new SocketGenerator(draft);
    this.meetings = new Meetings(draft);
  }

  /** One program of a series. */
  static List<Op> program(long seed, long number) {
    return new Generator(seed * 0x9e3779b97f4a7c15L + number).generate();
  }

  private List<Op> generate() {
    int length = draft.random.nextInt(MIN_LENGTH, MAX_LENGTH);
    tcp = draft.chance(4); // connections cost the most time
    nested = draft.chance(4);
    threads = draft.chance(8); // and so do threads
    names = draft.chance(4);
    messages = draft.chance(4);
    full = draft.chance(16);
    ticks = draft.chance(400); // they take real time
    if (tcp && !full && draft.chance(3)) {
      draft.add(Kind.DELAY, 0);
    }
    draft.add(Kind.EPOLL, draft.fresh(Thing.EPOLL), 1);
    for (int i = draft.random.nextInt(1, 4); i > 0; i--) {
      create();
    }
    while (draft.program.size() < length) {
      step();
    }
    return List.copyOf(draft.program);
  }

  private void step() {
    if (ticks && draft.chance(6)) {
      draft.add(Kind.PASS, draft.random.nextInt(1, 3));
      return;
    }
    if (full && draft.chance(3)) {
      sockets.fill();
      return;
    }
    if (names && draft.chance(3)) {
      sockets.name();
      return;
    }
    if (messages && draft.chance(4)) {
      sockets.message();
      return;
    }
    if (threads && draft.chance(BLOCKING_ONE)) {
      block();
      return;
    }
    switch (draft.random.nextInt(20)) {
      case 0 -> create();
      case 1, 2, 3 -> control();
      case 4, 5, 6 -> await();
      case 7, 8 -> poll();
      case 9, 10, 11 -> write();
      case 12, 13 -> read();
      case 14 -> lifetime();
      case 15 -> {
        if (tcp) {
          connect();
        } else {
          write();
        }
      }
      case 16 -> rare();
      default -> touchAndWait();
    }
  }

  /** A source changes and the epoll is asked at once: where edges are won or lost. */
  private void touchAndWait() {
    if (draft.random.nextBoolean()) {
      write();
    } else {
      read();
    }
    for (int i = draft.random.nextInt(WATCHERS); i >= 0; i--) {
      await();
    }
  }

  private void await() {
    int variant = draft.random.nextInt(20);
    Kind kind = variant == 0 ? Kind.PWAIT : variant == 1 ? Kind.PWAIT2 : Kind.WAIT;
    draft.add(kind, draft.one(Thing.EPOLL), draft.any(MAX_EVENTS));
  }

  private void create() {
    if (nested && draft.chance(2)) {
      draft.add(Kind.EPOLL, draft.fresh(Thing.EPOLL), 1);
      return;
    }
    int first = draft.program.size();
    switch (draft.random.nextInt(tcp ? 11 : 7)) {
      case 0, 1 -> draft.add(Kind.PIPE, draft.fresh(Thing.PIPE_OUT), draft.fresh(Thing.PIPE_IN));
      case 2, 3 ->
          draft.add(
              draft.chance(6) ? Kind.DGRAMS : Kind.PAIR,
              draft.fresh(Thing.UNIX),
              draft.fresh(Thing.UNIX));
      case 4 ->
          draft.add(
              Kind.EVENTFD,
              draft.fresh(Thing.EVENTFD),
              draft.chance(3) ? 3 : 0,
              draft.random.nextInt(2));
      case 5 ->
          draft.add(
              Kind.EPOLL,
              draft.fresh(Thing.EPOLL),
              draft.chance(9) ? draft.random.nextInt(-1, 1) : 1);
      case 6 -> {
        if (draft.chance(4)) {
          draft.add(Kind.NULL, draft.fresh(Thing.NULL));
        } else {
          draft.add(Kind.TIMERFD, draft.fresh(Thing.TIMER));
        }
      }
      case 7 -> draft.add(Kind.UDP, draft.fresh(Thing.UDP), draft.fresh(Thing.UDP));
      default -> connection();
    }
    if (draft.program.size() > first && !draft.chance(3)) {
      watch(draft.program.get(first));
    }
  }

  /** Registers what an operation creates: one of two ends, or both. */
  private void watch(Op creation) {
    int ends = Math.min(creation.size(), 2);
    for (int i = 0; i < ends; i++) {
      if (creation.kind().arg(i) == Arg.NEW && !draft.chance(3)) {
        draft.add(
            Kind.CTL,
            draft.one(Thing.EPOLL),
            Linux.EPOLL_CTL_ADD,
            creation.arg(i),
            events(),
            draft.data());
      }
    }
  }

  /** A listener, a client and most often the accepted end. */
  private void connection() {
    int listener = draft.one(Thing.TCP_LISTENER);
    if (listener == Op.NO_HANDLE || draft.things[listener] != Thing.TCP_LISTENER) {
      listener = draft.fresh(Thing.TCP_LISTENER);
      draft.add(Kind.SOCKET, listener);
      draft.add(Kind.LISTEN, listener);
    }
    int client = draft.fresh(Thing.TCP);
    draft.add(Kind.SOCKET, client);
    if (draft.chance(3)) {
      draft.add(
          Kind.CTL, draft.one(Thing.EPOLL), Linux.EPOLL_CTL_ADD, client, events(), draft.data());
    }
    draft.add(Kind.CONNECT, client, listener);
    if (!draft.chance(4)) {
      draft.add(Kind.ACCEPT, draft.fresh(Thing.TCP), listener);
    }
  }

  private void connect() {
    switch (draft.random.nextInt(12)) {
      case 0 -> draft.add(Kind.SOCKET, draft.fresh(Thing.TCP_NEW));
      case 1 -> draft.add(Kind.LISTEN, draft.one(Thing.TCP_NEW));
      case 2 ->
          draft.add(
              draft.chance(3) ? Kind.DISCONNECT : Kind.REFUSED,
              draft.one(Thing.TCP_NEW, Thing.TCP));
      case 3, 4 ->
          draft.add(
              Kind.CONNECT, draft.one(Thing.TCP_NEW, Thing.TCP), draft.one(Thing.TCP_LISTENER));
      case 5, 6 -> draft.add(Kind.ACCEPT, draft.fresh(Thing.TCP), draft.one(Thing.TCP_LISTENER));
      case 9 -> {
        int socket = draft.one(Thing.TCP);
        draft.add(Kind.WRITE, socket, 100);
        draft.add(Kind.LINGER, socket);
        draft.add(Kind.CLOSE, socket);
      }
      case 7, 8 -> urgent();
      default -> connection();
    }
  }

  /** Urgent data: sent, looked for, received. */
  private void urgent() {
    int socket = draft.one(Thing.TCP);
    switch (draft.random.nextInt(5)) {
      case 0, 1 -> draft.add(Kind.SEND, socket, draft.any(new int[] {1, 1, 1, 3}), Linux.MSG_OOB);
      case 2 ->
          draft.add(Kind.RECV, socket, 1, Linux.MSG_OOB | (draft.chance(4) ? Linux.MSG_PEEK : 0));
      default -> draft.add(Kind.INLINE, socket, draft.random.nextInt(2));
    }
  }

  private void control() {
    int epoll = draft.one(Thing.EPOLL);
    int target = draft.chance(nested ? 2 : 8) ? draft.one(Thing.EPOLL) : draft.one(Draft.SOURCES);
    int op =
        switch (draft.random.nextInt(12)) {
          case 0, 1 -> Linux.EPOLL_CTL_DEL;
          case 2, 3, 4 -> Linux.EPOLL_CTL_MOD;
          case 5 -> draft.chance(5) ? draft.random.nextInt(-1, 6) : Linux.EPOLL_CTL_MOD;
          default -> Linux.EPOLL_CTL_ADD;
        };
    if (draft.chance(60)) {
      draft.add(Kind.CTLNULL, epoll, op, target);
    } else {
      draft.add(Kind.CTL, epoll, op, target, events(), draft.data());
    }
  }

  private int events() {
    int mask = 0;
    switch (draft.random.nextInt(8)) {
      case 0, 1 -> mask = Linux.EPOLLIN;
      case 2 -> mask = Linux.EPOLLOUT;
      case 3, 4 -> mask = Linux.EPOLLIN | Linux.EPOLLOUT;
      case 5 -> mask = Linux.EPOLLIN | Linux.EPOLLRDHUP;
      default -> {
        for (int i = draft.random.nextInt(5); i > 0; i--) {
          mask |= draft.any(EVENT_BITS);
        }
      }
    }
    mask |= draft.chance(2) ? Linux.EPOLLET : 0;
    mask |= draft.chance(5) ? Linux.EPOLLONESHOT : 0;
    if (draft.chance(14)) { // with what may accompany it, most often
      mask = (draft.chance(4) ? mask : mask & ACCOMPANY_EXCLUSIVE) | Linux.EPOLLEXCLUSIVE;
    }
    mask |= draft.chance(20) ? Linux.EPOLLWAKEUP : 0;
    return mask;
  }

  private void poll() {
    boolean select = draft.chance(3);
    int count = draft.random.nextInt(1, 6);
    int[] args = new int[2 * count];
    for (int i = 0; i < count; i++) {
      args[2 * i] = draft.chance(8) ? draft.one(Thing.EPOLL) : draft.one(Draft.SOURCES);
      args[2 * i + 1] = select ? draft.random.nextInt(1, 8) : events() & 0xffff;
    }
    boolean other = draft.chance(6);
    Kind poll = other ? Kind.PPOLL : Kind.POLL;
    draft.program.add(Op.of(select ? (other ? Kind.PSELECT : Kind.SELECT) : poll, args));
  }

  private void write() {
    int target = draft.one(WRITABLE);
    boolean socket = target < Op.HANDLES && draft.isSocket(target);
    if (target < Op.HANDLES && draft.things[target] == Thing.EVENTFD && !draft.chance(8)) {
      draft.add(Kind.COUNT, target, draft.random.nextInt(Executor.countsSize()));
    } else if (draft.chance(15)) {
      draft.add(Kind.FILL, target);
    } else if ((socket && draft.chance(3)) || draft.chance(40)) {
      draft.add(
          Kind.SEND, target, draft.any(Draft.SIZES), draft.chance(2) ? Linux.MSG_DONTWAIT : 0);
    } else {
      draft.add(Kind.WRITE, target, draft.any(Draft.SIZES));
    }
  }

  private void read() {
    int target = draft.one(READABLE);
    boolean socket = target < Op.HANDLES && draft.isSocket(target);
    if (draft.chance(6)) {
      draft.add(Kind.DRAIN, target);
    } else if ((socket && draft.chance(3)) || draft.chance(40)) {
      draft.add(Kind.RECV, target, draft.any(Draft.SIZES), draft.chance(2) ? Linux.MSG_PEEK : 0);
    } else {
      draft.add(Kind.READ, target, draft.any(Draft.SIZES));
    }
  }

  /** Another thread makes a call that may block. */
  private void block() {
    if (draft.chance(12)) {
      meetings.herd();
      if (draft.chance(2)) {
        write();
      }
      return;
    }
    if (draft.chance(8)) {
      meetings.meet();
      return;
    }
    if (draft.chance(6)) {
      draft.add(Kind.LOWAT, draft.one(Thing.UNIX, Thing.TCP), draft.any(LOW_WATER));
    }
    int first = draft.program.size();
    switch (draft.random.nextInt(12)) {
      case 0, 1, 2 -> read();
      case 3, 4 -> write();
      case 5, 6 -> await();
      case 7, 8 -> poll();
      default -> {
        if (names && draft.chance(2)) {
          sockets.blockOnName();
        } else if (messages && draft.chance(2)) {
          sockets.message();
        } else if (!tcp) {
          read();
        } else if (draft.chance(4)) {
          draft.add(
              Kind.CONNECT, draft.one(Thing.TCP_NEW, Thing.TCP), draft.one(Thing.TCP_LISTENER));
        } else {
          draft.add(Kind.ACCEPT, draft.fresh(Thing.TCP), draft.one(Thing.TCP_LISTENER));
        }
      }
    }
    if (draft.program.size() > first && draft.program.getLast().kind().mayBlock()) {
      int howLong = ticks && draft.chance(2) ? draft.random.nextInt(1, 3) : Op.FOREVER;
      Op op = draft.program.removeLast();
      draft.program.add(op.by(draft.random.nextInt(1, Op.THREADS + 1), howLong));
      if (draft.chance(4)) {
        crowd(op);
      }
    }
  }

  /** All threads make the same call; then, maybe, what they wait for is shut down. */
  private void crowd(Op op) {
    draft.program.removeLast();
    for (int thread = 1; thread <= Op.THREADS; thread++) {
      boolean accepts = op.kind() == Kind.ACCEPT;
      Op mine = accepts ? op.with(0, draft.fresh(Thing.TCP)) : op;
      draft.program.add(mine.by(thread, Op.FOREVER));
    }
    if (draft.chance(3)) {
      int socket = op.kind() == Kind.ACCEPT ? op.arg(1) : draft.one(Draft.SOCKETS);
      draft.add(Kind.SHUTDOWN, socket, draft.random.nextInt(3));
    }
  }

  private void lifetime() {
    switch (draft.random.nextInt(6)) {
      case 0 -> {
        int source = draft.chance(6) ? draft.one(Thing.EPOLL) : draft.one(Draft.SOURCES);
        Thing thing = source < Op.HANDLES ? draft.things[source] : Thing.NONE;
        boolean over = draft.chance(3);
        int target = over ? draft.random.nextInt(Op.HANDLES) : draft.fresh(thing);
        draft.things[target] = thing;
        draft.add(Kind.DUP, target, source);
      }
      case 1, 2 -> {
        int target = draft.chance(8) ? draft.one(Thing.EPOLL) : draft.one(Draft.SOURCES);
        if (draft.chance(4)) {
          draft.add(Kind.LINGER, draft.one(Thing.TCP));
        }
        draft.add(Kind.CLOSE, target);
        if (target < Op.HANDLES && !draft.chance(8)) {
          draft.things[target] = Thing.NONE; // else it is used on, closed
        }
      }
      default -> {
        if (draft.has(Draft.SOCKETS) || draft.chance(Draft.ODD_ONE)) {
          draft.add(
              Kind.SHUTDOWN,
              draft.one(Draft.SOCKETS),
              draft.chance(20) ? 3 : draft.random.nextInt(3));
        } else {
          read();
        }
      }
    }
  }

  private void rare() {
    switch (draft.random.nextInt(9)) {
      case 0 -> draft.add(Kind.AVAILABLE, draft.one(READABLE));
      case 1 -> draft.add(Kind.ERROR, draft.one(Draft.SOCKETS));
      case 2 -> draft.add(Kind.GETFL, draft.one(Draft.SOURCES));
      case 3 ->
          draft.add(
              Kind.SETFL,
              draft.one(Draft.SOURCES),
              Linux.O_NONBLOCK | (draft.chance(2) ? Linux.O_APPEND : 0));
      case 4 -> draft.add(Kind.LINGER, draft.one(Draft.SOCKETS));
      case 5 -> draft.add(Kind.LOWAT, draft.one(Draft.SOCKETS), draft.any(LOW_WATER));
      case 6 -> draft.add(Kind.AVAILABLE, draft.one(Draft.SOURCES));
      default -> {
        if (!draft.has(Thing.TIMER)) {
          draft.add(Kind.TIMERFD, draft.fresh(Thing.TIMER));
          watch(draft.program.getLast());
        }
        int deadlines = ticks ? Deadline.COUNT : Deadline.TIMELESS;
        draft.add(Kind.SETTIME, draft.one(Thing.TIMER), draft.random.nextInt(deadlines));
      }
    }
  }
}
