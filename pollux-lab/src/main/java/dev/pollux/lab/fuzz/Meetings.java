package dev.pollux.lab.fuzz;

import dev.pollux.lab.fuzz.Draft.Thing;
import dev.pollux.sys.Linux;

/** Lets the threads of a program meet at one file. */
final class Meetings {
  private static final Thing[] HERDED = {
    Thing.UNIX, Thing.TCP, Thing.UDP, Thing.UNIX_LISTENER, Thing.TCP_LISTENER
  };

  private static final int[] FEW = {1, 2, 8, 100, 5_000};

  private final Draft draft;

  Meetings(Draft draft) {
    this.draft = draft;
  }

  /** Each thread waits at an epoll of its own for the same socket, one of them to be woken. */
  void herd() {
    int socket = draft.one(HERDED);
    boolean edge = draft.chance(2);
    for (int thread = 1; thread <= Op.THREADS; thread++) {
      int epoll = draft.fresh(Thing.EPOLL);
      int events = Linux.EPOLLIN | Linux.EPOLLEXCLUSIVE | (edge ? Linux.EPOLLET : 0);
      draft.add(Kind.EPOLL, epoll, 1);
      draft.add(Kind.CTL, epoll, Linux.EPOLL_CTL_ADD, socket, events, draft.data());
      draft.program.add(Op.of(Kind.WAIT, epoll, 1).by(thread, Op.FOREVER));
    }
    if (draft.chance(3)) {
      draft.add(Kind.SHUTDOWN, socket, draft.random.nextInt(3));
    }
  }

  /** One thread looks at a file, another transfers there, and both have something to find. */
  void meet() {
    int first = draft.program.size();
    switch (draft.random.nextInt(4)) {
      case 0 -> draft.add(Kind.PIPE, draft.fresh(Thing.PIPE_OUT), draft.fresh(Thing.PIPE_IN));
      case 1 -> draft.add(Kind.DGRAMS, draft.fresh(Thing.UNIX), draft.fresh(Thing.UNIX));
      case 2 -> draft.add(Kind.PAIR, draft.fresh(Thing.UNIX), draft.fresh(Thing.UNIX));
      default -> draft.add(Kind.UDP, draft.fresh(Thing.UDP), draft.fresh(Thing.UDP));
    }
    int out = draft.program.get(first).arg(0);
    int in = draft.program.get(first).arg(1);
    boolean reads = draft.program.get(first).kind() == Kind.UDP || draft.chance(2);
    int met = reads ? out : in;
    if (!reads) {
      draft.add(Kind.FILL, in);
    }
    Op look = look(met, reads ? Linux.EPOLLIN : Linux.EPOLLOUT);
    Op transfer = Op.of(reads ? Kind.READ : Kind.WRITE, met, draft.any(FEW));
    int thread = draft.random.nextInt(1, Op.THREADS + 1);
    boolean isLookFirst = draft.chance(2);
    draft.program.add((isLookFirst ? look : transfer).by(thread, Op.FOREVER));
    draft.program.add((isLookFirst ? transfer : look).by(3 - thread, Op.FOREVER));
    for (int i = draft.random.nextInt(1, 3); i > 0; i--) {
      if (draft.chance(6)) {
        draft.add(Kind.SHUTDOWN, reads ? in : out, draft.random.nextInt(3));
      } else if (reads) {
        draft.add(Kind.WRITE, in, draft.any(FEW));
      } else {
        receive(out);
      }
    }
  }

  private void receive(int target) {
    if (draft.chance(2)) {
      draft.add(Kind.DRAIN, target);
    } else {
      draft.add(Kind.READ, target, draft.any(Draft.SIZES));
    }
  }

  /** A look for an event by poll, or by an epoll of its own. */
  private Op look(int target, int events) {
    if (draft.chance(2)) {
      return Op.of(draft.chance(4) ? Kind.PPOLL : Kind.POLL, target, events);
    }
    int epoll = draft.fresh(Thing.EPOLL);
    draft.add(Kind.EPOLL, epoll, 1);
    int trigger = draft.chance(2) ? Linux.EPOLLET : 0;
    draft.add(Kind.CTL, epoll, Linux.EPOLL_CTL_ADD, target, events | trigger, draft.data());
    return Op.of(Kind.WAIT, epoll, draft.random.nextInt(1, 3));
  }
}
