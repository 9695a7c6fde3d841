package dev.pollux.lab.fuzz;

import dev.pollux.sys.Linux;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Makes random programs: the same number and seed give the same program, for ever.
 *
 * <p>The generator remembers what each handle probably is, so that most operations make sense; one
 * in {@value #ODD_ONE} takes any handle, open or not. It knows no results: what a program does may
 * differ from what was meant, which is as good.
 */
final class Generator {
  private static final int ODD_ONE = 20;
  private static final int MIN_LENGTH = 12;
  private static final int MAX_LENGTH = 90;
  private static final int WATCHERS = 3; // probable epoll_waits between other things
  private static final int MAX_DATA = 99;

  /** Of the programs with threads, one operation in so many is a thread's. */
  private static final int BLOCKING_ONE = 5;

  /** What a handle probably is. */
  private enum Thing {
    NONE,
    PIPE_OUT,
    PIPE_IN,
    UNIX,
    TCP_NEW,
    TCP_LISTENER,
    TCP,
    UDP,
    EVENTFD,
    TIMER,
    EPOLL,
    NULL
  }

  private static final Thing[] SOURCES = {
    Thing.PIPE_OUT,
    Thing.PIPE_IN,
    Thing.UNIX,
    Thing.UDP,
    Thing.TCP,
    Thing.TCP_NEW,
    Thing.TCP_LISTENER,
    Thing.EVENTFD,
    Thing.TIMER,
    Thing.NULL
  };
  private static final Thing[] SOCKETS = {
    Thing.UNIX, Thing.UDP, Thing.TCP, Thing.TCP_NEW, Thing.TCP_LISTENER
  };
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
  private static final int[] SIZES = {
    0, 1, 1, 1, 2, 3, 7, 8, 8, 9, 100, 1000, 4095, 4096, 4097, 5000, 8192, 20_000, 65_536
  };
  private static final int[] MAX_EVENTS = {
    1, 1, 1, 2, 2, 3, 3, 8, 8, 8, 8, 8, 16, 16, 64, 64, 64, 64, 64, 64, 0, -1
  };

  private final SplittableRandom random;
  private final Thing[] things = new Thing[Op.HANDLES];
  private final List<Op> program = new ArrayList<>();
  private boolean tcp;
  private boolean nested;
  private boolean threads;

  private Generator(long seed) {
    this.random = new SplittableRandom(seed);
    Arrays.fill(things, Thing.NONE);
  }

  /** One program of a series. */
  static List<Op> program(long seed, long number) {
    return new Generator(seed * 0x9e3779b97f4a7c15L + number).generate();
  }

  private List<Op> generate() {
    int length = random.nextInt(MIN_LENGTH, MAX_LENGTH);
    tcp = chance(4); // connections cost the most time
    nested = chance(4);
    threads = chance(6); // and so do threads
    add(Kind.EPOLL, fresh(Thing.EPOLL), 1);
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      create();
    }
    while (program.size() < length) {
      step();
    }
    return List.copyOf(program);
  }

  private void step() {
    if (threads && chance(BLOCKING_ONE)) {
      block();
      return;
    }
    switch (random.nextInt(20)) {
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
    if (random.nextBoolean()) {
      write();
    } else {
      read();
    }
    for (int i = random.nextInt(WATCHERS); i >= 0; i--) {
      await();
    }
  }

  private void await() {
    int variant = random.nextInt(20);
    Kind kind = variant == 0 ? Kind.PWAIT : variant == 1 ? Kind.PWAIT2 : Kind.WAIT;
    add(kind, one(Thing.EPOLL), any(MAX_EVENTS));
  }

  private void create() {
    if (nested && chance(2)) {
      add(Kind.EPOLL, fresh(Thing.EPOLL), 1);
      return;
    }
    int first = program.size();
    switch (random.nextInt(tcp ? 11 : 7)) {
      case 0, 1 -> add(Kind.PIPE, fresh(Thing.PIPE_OUT), fresh(Thing.PIPE_IN));
      case 2, 3 -> add(chance(6) ? Kind.DGRAMS : Kind.PAIR, fresh(Thing.UNIX), fresh(Thing.UNIX));
      case 4 -> add(Kind.EVENTFD, fresh(Thing.EVENTFD), chance(3) ? 3 : 0, random.nextInt(2));
      case 5 -> add(Kind.EPOLL, fresh(Thing.EPOLL), chance(9) ? random.nextInt(-1, 1) : 1);
      case 6 -> {
        if (chance(4)) {
          add(Kind.NULL, fresh(Thing.NULL));
        } else {
          add(Kind.TIMERFD, fresh(Thing.TIMER));
        }
      }
      case 7 -> add(Kind.UDP, fresh(Thing.UDP), fresh(Thing.UDP));
      default -> connection();
    }
    if (program.size() > first && !chance(3)) {
      watch(program.get(first));
    }
  }

  /** Registers what an operation creates: one of two ends, or both. */
  private void watch(Op creation) {
    int ends = Math.min(creation.size(), 2);
    for (int i = 0; i < ends; i++) {
      if (creation.kind().arg(i) == Arg.NEW && !chance(3)) {
        add(Kind.CTL, one(Thing.EPOLL), Linux.EPOLL_CTL_ADD, creation.arg(i), events(), data());
      }
    }
  }

  /** A listener, a client and most often the accepted end. */
  private void connection() {
    int listener = one(Thing.TCP_LISTENER);
    if (listener == Op.NO_HANDLE || things[listener] != Thing.TCP_LISTENER) {
      listener = fresh(Thing.TCP_LISTENER);
      add(Kind.SOCKET, listener);
      add(Kind.LISTEN, listener);
    }
    int client = fresh(Thing.TCP);
    add(Kind.SOCKET, client);
    if (chance(3)) {
      add(Kind.CTL, one(Thing.EPOLL), Linux.EPOLL_CTL_ADD, client, events(), data());
    }
    add(Kind.CONNECT, client, listener);
    if (!chance(4)) {
      add(Kind.ACCEPT, fresh(Thing.TCP), listener);
    }
  }

  private void connect() {
    switch (random.nextInt(12)) {
      case 0 -> add(Kind.SOCKET, fresh(Thing.TCP_NEW));
      case 1 -> add(Kind.LISTEN, one(Thing.TCP_NEW));
      case 2 -> add(chance(3) ? Kind.DISCONNECT : Kind.REFUSED, one(Thing.TCP_NEW, Thing.TCP));
      case 3, 4 -> add(Kind.CONNECT, one(Thing.TCP_NEW, Thing.TCP), one(Thing.TCP_LISTENER));
      case 5, 6 -> add(Kind.ACCEPT, fresh(Thing.TCP), one(Thing.TCP_LISTENER));
      case 7, 8, 9 -> urgent();
      default -> connection();
    }
  }

  /** Urgent data: sent, looked for, received. */
  private void urgent() {
    int socket = one(Thing.TCP);
    switch (random.nextInt(5)) {
      case 0, 1 -> add(Kind.SEND, socket, any(new int[] {1, 1, 1, 3}), Linux.MSG_OOB);
      case 2 -> add(Kind.RECV, socket, 1, Linux.MSG_OOB | (chance(4) ? Linux.MSG_PEEK : 0));
      default -> add(Kind.INLINE, socket, random.nextInt(2));
    }
  }

  private void control() {
    int epoll = one(Thing.EPOLL);
    int target = chance(nested ? 2 : 8) ? one(Thing.EPOLL) : one(SOURCES);
    int op =
        switch (random.nextInt(12)) {
          case 0, 1 -> Linux.EPOLL_CTL_DEL;
          case 2, 3, 4 -> Linux.EPOLL_CTL_MOD;
          case 5 -> chance(5) ? random.nextInt(-1, 6) : Linux.EPOLL_CTL_MOD;
          default -> Linux.EPOLL_CTL_ADD;
        };
    if (chance(60)) {
      add(Kind.CTLNULL, epoll, op, target);
    } else {
      add(Kind.CTL, epoll, op, target, events(), data());
    }
  }

  private int data() {
    return random.nextInt(1, MAX_DATA + 1);
  }

  private int events() {
    int mask = 0;
    switch (random.nextInt(8)) {
      case 0, 1 -> mask = Linux.EPOLLIN;
      case 2 -> mask = Linux.EPOLLOUT;
      case 3, 4 -> mask = Linux.EPOLLIN | Linux.EPOLLOUT;
      case 5 -> mask = Linux.EPOLLIN | Linux.EPOLLRDHUP;
      default -> {
        for (int i = random.nextInt(5); i > 0; i--) {
          mask |= any(EVENT_BITS);
        }
      }
    }
    mask |= chance(2) ? Linux.EPOLLET : 0;
    mask |= chance(5) ? Linux.EPOLLONESHOT : 0;
    if (chance(14)) { // with what may accompany it, most often
      mask = (chance(4) ? mask : mask & ACCOMPANY_EXCLUSIVE) | Linux.EPOLLEXCLUSIVE;
    }
    mask |= chance(20) ? Linux.EPOLLWAKEUP : 0;
    return mask;
  }

  private void poll() {
    boolean select = chance(3);
    int count = random.nextInt(1, 6);
    int[] args = new int[2 * count];
    for (int i = 0; i < count; i++) {
      args[2 * i] = chance(8) ? one(Thing.EPOLL) : one(SOURCES);
      args[2 * i + 1] = select ? random.nextInt(1, 8) : events() & 0xffff;
    }
    boolean other = chance(6);
    Kind poll = other ? Kind.PPOLL : Kind.POLL;
    program.add(Op.of(select ? (other ? Kind.PSELECT : Kind.SELECT) : poll, args));
  }

  private void write() {
    int target = one(WRITABLE);
    boolean socket = target < Op.HANDLES && isSocket(target);
    if (target < Op.HANDLES && things[target] == Thing.EVENTFD && !chance(8)) {
      add(Kind.COUNT, target, random.nextInt(Executor.countsSize()));
    } else if (chance(15)) {
      add(Kind.FILL, target);
    } else if ((socket && chance(3)) || chance(40)) {
      add(Kind.SEND, target, any(SIZES), chance(2) ? Linux.MSG_DONTWAIT : 0);
    } else {
      add(Kind.WRITE, target, any(SIZES));
    }
  }

  private void read() {
    int target = one(READABLE);
    boolean socket = target < Op.HANDLES && isSocket(target);
    if (chance(6)) {
      add(Kind.DRAIN, target);
    } else if ((socket && chance(3)) || chance(40)) {
      add(Kind.RECV, target, any(SIZES), chance(2) ? Linux.MSG_PEEK : 0);
    } else {
      add(Kind.READ, target, any(SIZES));
    }
  }

  /** Another thread makes a call that may block. */
  private void block() {
    int first = program.size();
    switch (random.nextInt(12)) {
      case 0, 1, 2 -> read();
      case 3, 4 -> write();
      case 5, 6 -> await();
      case 7, 8 -> poll();
      default -> {
        if (!tcp) {
          read();
        } else if (chance(4)) {
          add(Kind.CONNECT, one(Thing.TCP_NEW, Thing.TCP), one(Thing.TCP_LISTENER));
        } else {
          add(Kind.ACCEPT, fresh(Thing.TCP), one(Thing.TCP_LISTENER));
        }
      }
    }
    if (program.size() > first && program.getLast().kind().mayBlock()) {
      program.add(program.removeLast().by(random.nextInt(1, Op.THREADS + 1), Op.FOREVER));
    }
  }

  private void lifetime() {
    switch (random.nextInt(6)) {
      case 0 -> {
        int source = chance(6) ? one(Thing.EPOLL) : one(SOURCES);
        Thing thing = source < Op.HANDLES ? things[source] : Thing.NONE;
        boolean over = chance(3);
        int target = over ? random.nextInt(Op.HANDLES) : fresh(thing);
        things[target] = thing;
        add(Kind.DUP, target, source);
      }
      case 1, 2 -> {
        int target = chance(8) ? one(Thing.EPOLL) : one(SOURCES);
        if (chance(4)) {
          add(Kind.LINGER, one(Thing.TCP));
        }
        add(Kind.CLOSE, target);
        if (target < Op.HANDLES && !chance(8)) {
          things[target] = Thing.NONE; // else it is used on, closed
        }
      }
      default -> {
        if (has(SOCKETS) || chance(ODD_ONE)) {
          add(Kind.SHUTDOWN, one(SOCKETS), chance(20) ? 3 : random.nextInt(3));
        } else {
          read();
        }
      }
    }
  }

  private void rare() {
    switch (random.nextInt(9)) {
      case 0 -> add(Kind.AVAILABLE, one(READABLE));
      case 1 -> add(Kind.ERROR, one(SOCKETS));
      case 2 -> add(Kind.GETFL, one(SOURCES));
      case 3 -> add(Kind.SETFL, one(SOURCES), Linux.O_NONBLOCK | (chance(2) ? Linux.O_APPEND : 0));
      case 4 -> add(Kind.LINGER, one(SOCKETS));
      case 5 -> add(Kind.LOWAT, one(SOCKETS), any(new int[] {1, 1, 2, 5, 100}));
      case 6 -> add(Kind.AVAILABLE, one(SOURCES));
      default -> {
        if (!has(Thing.TIMER)) {
          add(Kind.TIMERFD, fresh(Thing.TIMER));
          watch(program.getLast());
        }
        add(Kind.SETTIME, one(Thing.TIMER), random.nextInt(Deadline.COUNT));
      }
    }
  }

  private boolean isSocket(int handle) {
    return switch (things[handle]) {
      case UNIX, UDP, TCP, TCP_NEW, TCP_LISTENER -> true;
      default -> false;
    };
  }

  /** A handle for something new: a free one, if there is any. */
  private int fresh(Thing thing) {
    int handle = random.nextInt(Op.HANDLES);
    for (int i = 0; i < Op.HANDLES && things[handle] != Thing.NONE; i++) {
      handle = (handle + 1) % Op.HANDLES;
    }
    things[handle] = thing;
    return handle;
  }

  /** A handle that probably is one of these things; sometimes any other, or none. */
  private int one(Thing... wanted) {
    if (chance(ODD_ONE)) {
      int handle = random.nextInt(Op.HANDLES + 1);
      return handle == Op.HANDLES ? Op.NO_HANDLE : handle;
    }
    Thing thing = wanted[random.nextInt(wanted.length)];
    int exact = pick(thing);
    if (exact >= 0) {
      return exact;
    }
    for (Thing other : wanted) {
      int handle = pick(other);
      if (handle >= 0) {
        return handle;
      }
    }
    for (Thing other : SOURCES) {
      int handle = pick(other);
      if (handle >= 0 && !chance(3)) {
        return handle;
      }
    }
    return random.nextInt(Op.HANDLES);
  }

  private boolean has(Thing... wanted) {
    for (Thing thing : wanted) {
      if (pick(thing) >= 0) {
        return true;
      }
    }
    return false;
  }

  private int pick(Thing thing) {
    int start = random.nextInt(Op.HANDLES);
    for (int i = 0; i < Op.HANDLES; i++) {
      int handle = (start + i) % Op.HANDLES;
      if (things[handle] == thing) {
        return handle;
      }
    }
    return -1;
  }

  private boolean chance(int oneIn) {
    return random.nextInt(oneIn) == 0;
  }

  private int any(int[] values) {
    return values[random.nextInt(values.length)];
  }

  private void add(Kind kind, int... args) {
    program.add(Op.of(kind, args));
  }
}
