package dev.pollux.inspect.rules;

import dev.pollux.inspect.Descriptor;
import dev.pollux.inspect.EpollItem;
import dev.pollux.inspect.EpollSet;
import dev.pollux.inspect.FileKind;
import dev.pollux.inspect.ProcessThread;
import dev.pollux.inspect.ProcessView;
import dev.pollux.inspect.SocketState;
import dev.pollux.inspect.SocketState.State;
import dev.pollux.inspect.SystemCall;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Why a program may leave something for now, and mean it so: it waits for somebody else, for a
 * time, or one of its threads is at work. Then what looks stuck is possible only.
 */
final class Reasons {

  private static final Set<FileKind> OTHERS =
      Set.of(FileKind.PIDFD, FileKind.SIGNALFD, FileKind.INOTIFY);

  private Reasons() {}

  /**
   * A reason to leave this one that is seen, in words; null if there is none.
   *
   * @param epfd the instance that it is in; -1 if it is in none
   */
  static @Nullable String toLeave(Descriptor left, int epfd, Looks looks) {
    ProcessView view = looks.last();
    if (looks.isOutputHeld()) {
      return "something written waits for a peer: it may be meant so";
    }
    ProcessThread worker = looks.atWork(epfd);
    if (worker != null) {
      return Threads.name(worker) + " is at work, perhaps on this";
    }
    for (ProcessThread thread : view.threads()) {
      SystemCall call = thread.call();
      boolean isUntold = thread.isInWait() && (call == null || call.timeoutMillis() != -1);
      if (isUntold) {
        return Threads.name(thread) + " may wait for a time only, and look then";
      }
    }
    Descriptor timer = find(view, Descriptor::isDue);
    if (timer != null) {
      return "fd " + timer.fd() + " is a timer that is due, and may be what it waits for";
    }
    Set<String> listening = listening(view);
    Descriptor backend = find(view, each -> each.fd() != left.fd() && isBackend(each, listening));
    return backend == null ? null : "fd " + backend.fd() + " may be what it waits for";
  }

  /** The ports at which it listens. */
  private static Set<String> listening(ProcessView view) {
    Set<String> ports = new HashSet<>();
    for (Descriptor each : view.all()) {
      SocketState socket = each.socket();
      if (socket != null && socket.isListening()) {
        ports.add(port(socket));
      }
    }
    return ports;
  }

  /** The first of those that somebody waits for by a set. */
  private static @Nullable Descriptor find(ProcessView view, Predicate<Descriptor> test) {
    for (EpollSet set : view.epolls()) {
      for (EpollItem item : set.items()) {
        Descriptor target = view.target(item);
        if (target != null && test.test(target)) {
          return target;
        }
      }
    }
    return null;
  }

  /** A connection that it has made, or another source than what wakes a loop. */
  private static boolean isBackend(Descriptor each, Set<String> listening) {
    SocketState socket = each.socket();
    if (socket == null) {
      return OTHERS.contains(each.kind()) || each.isReadEnd();
    }
    boolean isTcp = socket.protocol().startsWith("tcp");
    boolean isAccepted = isTcp && listening.contains(port(socket));
    boolean isConnected = socket.state() == State.OPEN && !socket.remote().isEmpty();
    return isConnected || (socket.state() == State.ESTABLISHED && !isAccepted);
  }

  private static String port(SocketState socket) {
    return socket.local().substring(socket.local().lastIndexOf(':') + 1);
  }
}
