package dev.pollux.lab.fuzz;

import dev.pollux.lab.fuzz.Draft.Thing;
import dev.pollux.sys.Linux;

/** The part of the {@link Generator} that makes sockets with names, messages and full ones. */
final class SocketGenerator {
  private static final Thing[] NAMED = {
    Thing.UNIX_NEW,
    Thing.TCP_NEW,
    Thing.DATAGRAM,
    Thing.UNIX_LISTENER,
    Thing.TCP_LISTENER,
    Thing.UNIX,
    Thing.TCP
  };
  private static final Thing[] LOW_WATER = {Thing.TCP, Thing.UNIX};
  private static final int[] BACKLOGS = {0, 0, 1, 1, 2, 128, -1};
  private static final int[] VALUES = {0, 1, 1, 2, 5, 100, -1, 70_000, 1 << 30};
  private static final int[] SEND_FLAGS = {
    0,
    0,
    Linux.MSG_DONTWAIT,
    Linux.MSG_MORE,
    Linux.MSG_EOR,
    Linux.MSG_OOB,
    Linux.MSG_DONTWAIT | Linux.MSG_EOR
  };
  private static final int[] RECEIVE_FLAGS = {
    0,
    Linux.MSG_DONTWAIT,
    Linux.MSG_PEEK,
    Linux.MSG_TRUNC,
    Linux.MSG_TRUNC | Linux.MSG_PEEK,
    Linux.MSG_WAITALL,
    Linux.MSG_WAITALL | Linux.MSG_PEEK,
    Linux.MSG_WAITALL | Linux.MSG_DONTWAIT,
    Linux.MSG_OOB,
    Linux.MSG_CTRUNC,
  };

  private final Draft draft;

  SocketGenerator(Draft draft) {
    this.draft = draft;
  }

  void blockOnName() {
    switch (draft.random.nextInt(3)) {
      case 0 ->
          draft.add(Kind.TO, draft.one(Thing.UNIX_NEW, Thing.TCP_NEW, Thing.DATAGRAM), anyName());
      case 1 -> draft.add(Kind.ACCEPT, draft.fresh(Thing.UNIX), draft.one(Thing.UNIX_LISTENER));
      default -> draft.add(Kind.ACCEPT, draft.fresh(Thing.TCP), draft.one(Thing.TCP_LISTENER));
    }
  }

  private int anyName() {
    return draft.chance(2) ? 0 : draft.random.nextInt(Names.COUNT);
  }

  /** Sockets with names come, listen, are connected to, and go. */
  void name() {
    switch (draft.random.nextInt(19)) {
      case 18 -> restart();
      case 0 -> draft.add(Kind.UNIX, draft.fresh(Thing.UNIX_NEW), draft.chance(3) ? 1 : 0);
      case 1 -> draft.add(Kind.SOCKET, draft.fresh(Thing.TCP_NEW));
      case 2 -> draft.add(Kind.DATAGRAM, draft.fresh(Thing.DATAGRAM));
      case 3, 4 -> nameAndListen();
      case 5, 6 -> draft.add(Kind.BIND, draft.one(NAMED), anyName());
      case 7, 8, 9 -> {
        boolean unix = draft.chance(2);
        int socket = draft.fresh(unix ? Thing.UNIX : Thing.TCP);
        if (unix) {
          draft.add(Kind.UNIX, socket, 0);
        } else {
          draft.add(Kind.SOCKET, socket);
        }
        draft.add(Kind.TO, socket, anyName());
      }
      case 10 -> draft.add(Kind.TO, draft.one(NAMED), anyName());
      case 11 ->
          draft.add(
              Kind.ACCEPT,
              draft.fresh(Thing.UNIX),
              draft.one(Thing.UNIX_LISTENER, Thing.TCP_LISTENER));
      case 12, 13 -> {
        draft.add(Kind.CLOSE, draft.one(Thing.UNIX_LISTENER, Thing.TCP_LISTENER));
        nameAndListen();
      }
      case 16 -> draft.add(Kind.UNLINK, anyName());
      case 17 -> {
        draft.add(Kind.UNLINK, anyName());
        nameAndListen();
      }
      case 14 ->
          draft.add(Kind.REUSE, draft.one(NAMED), draft.random.nextInt(2), draft.chance(4) ? 0 : 1);
      default ->
          draft.add(
              draft.chance(2) ? Kind.SELF : Kind.PEER,
              draft.one(draft.chance(2) ? NAMED : Draft.SOCKETS));
    }
  }

  /** A server goes, its connection too, on either side first; then another one comes. */
  private void restart() {
    int name = anyName();
    int listener = draft.fresh(Thing.TCP_LISTENER);
    draft.add(Kind.SOCKET, listener);
    draft.add(Kind.BIND, listener, name);
    draft.add(Kind.BACKLOG, listener, 1);
    int client = draft.fresh(Thing.TCP);
    draft.add(Kind.SOCKET, client);
    draft.add(Kind.TO, client, name);
    int server = draft.fresh(Thing.TCP);
    draft.add(Kind.ACCEPT, server, listener);
    boolean serverFirst = draft.chance(2);
    draft.add(Kind.CLOSE, listener);
    draft.add(Kind.CLOSE, serverFirst ? server : client);
    draft.add(Kind.CLOSE, serverFirst ? client : server);
    int next = draft.fresh(Thing.TCP_NEW);
    draft.add(Kind.SOCKET, next);
    draft.add(Kind.REUSE, next, 0, draft.random.nextInt(2));
    draft.add(Kind.BIND, next, name);
  }

  private void nameAndListen() {
    boolean unix = draft.chance(2);
    int socket = draft.fresh(unix ? Thing.UNIX_LISTENER : Thing.TCP_LISTENER);
    if (unix) {
      draft.add(Kind.UNIX, socket, 0);
    } else {
      draft.add(Kind.SOCKET, socket);
    }
    if (draft.chance(2)) {
      draft.add(Kind.REUSE, socket, draft.chance(4) ? 1 : 0, 1);
    }
    draft.add(Kind.BIND, socket, anyName());
    draft.add(Kind.BACKLOG, socket, draft.any(BACKLOGS));
  }

  /** Options, and messages with their flags. */
  void message() {
    int pieces = draft.random.nextInt(MessageCalls.MAX_PIECES + 1);
    switch (draft.random.nextInt(11)) {
      case 0 -> {
        int socket = draft.one(Draft.SOCKETS);
        int option = draft.random.nextInt(Options.count());
        draft.add(Kind.SETOPT, socket, option, draft.any(VALUES));
        draft.add(Kind.GETOPT, socket, option);
      }
      case 1 ->
          draft.add(Kind.GETOPT, draft.one(Draft.SOCKETS), draft.random.nextInt(Options.count()));
      case 10 -> draft.add(Kind.LOWAT, draft.one(LOW_WATER), draft.any(VALUES));
      case 2, 3 ->
          draft.add(
              Kind.SENDMSG,
              draft.one(Draft.SOCKETS),
              draft.any(Draft.SIZES),
              draft.any(SEND_FLAGS),
              pieces);
      case 4 ->
          draft.add(
              Kind.SENDTO,
              draft.one(Draft.SOCKETS),
              draft.any(Draft.SIZES),
              draft.any(SEND_FLAGS),
              anyName());
      case 5 ->
          draft.add(
              Kind.SEND, draft.one(Draft.SOCKETS), draft.any(Draft.SIZES), draft.any(SEND_FLAGS));
      case 6, 7 ->
          draft.add(
              Kind.RECVMSG,
              draft.one(Draft.SOCKETS),
              draft.any(Draft.SIZES),
              draft.any(RECEIVE_FLAGS),
              pieces);
      default ->
          draft.add(
              Kind.RECV,
              draft.one(Draft.SOCKETS),
              draft.any(Draft.SIZES),
              draft.any(RECEIVE_FLAGS));
    }
  }

  private void watch() {
    int events = Linux.EPOLLIN | Linux.EPOLLOUT | (draft.chance(3) ? 0 : Linux.EPOLLET);
    for (int i = 0; i < 2; i++) {
      int socket = draft.program.getLast().arg(i);
      draft.program.add(
          Op.of(Kind.CTL, draft.one(Thing.EPOLL), Linux.EPOLL_CTL_ADD, socket, events, socket));
    }
  }

  /** A connection is filled, or emptied, and the epoll is asked. */
  void fill() {
    if (!draft.has(Thing.SMALL)) {
      draft.add(Kind.SMALL, draft.fresh(Thing.SMALL), draft.fresh(Thing.SMALL));
      watch();
    }
    int from = draft.one(Thing.SMALL);
    int to = draft.one(Thing.SMALL);
    switch (draft.random.nextInt(8)) {
      case 0, 1 -> draft.add(Kind.FLOOD, from);
      case 2, 3 -> draft.add(Kind.LOAD, from);
      case 4, 5, 6 -> {
        draft.add(Kind.EMPTY, from, to);
        draft.add(Kind.EMPTY, to, from);
      }
      default -> draft.add(draft.chance(2) ? Kind.READ : Kind.WRITE, from, draft.any(Draft.SIZES));
    }
    draft.add(Kind.WAIT, draft.one(Thing.EPOLL), Executor.MAX_EVENTS);
  }
}
