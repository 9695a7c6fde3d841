package dev.pollux.kqueue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.KeventMemory;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import dev.pollux.sys.Timespec;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * A kernel whose {@code kevent} answers what a test says, and keeps what it was asked; all else is
 * the real one's.
 */
final class ScriptedKqueue {

  /** What a call of {@code kevent} was given. */
  record Call(List<String> changes, int room, long timeoutNanos) {}

  /** An answer: writes events, and returns how many, or {@code -errno}. */
  interface Answer {
    int to(KeventMemory events);
  }

  private final Sys real = NativeSys.open();
  private final Queue<Answer> answers = new ArrayDeque<>();
  final List<Call> calls = new ArrayList<>();
  final List<Integer> closed = new ArrayList<>();
  boolean hasUser = true;
  int kqueueResult;

  /** What the next call answers that is asked for events. */
  ScriptedKqueue then(Answer answer) {
    boolean _ = answers.add(answer);
    return this;
  }

  Sys sys() {
    Class<?>[] type = {Sys.class};
    return (Sys) Proxy.newProxyInstance(Sys.class.getClassLoader(), type, this::invoke);
  }

  private Object invoke(Object proxy, Method method, Object[] a) throws Throwable {
    return switch (method.getName()) {
      case "kqueue" -> kqueueResult != 0 ? kqueueResult : real.dup(0);
      case "kevent" -> kevent((long) a[1], (int) a[2], (long) a[3], (int) a[4], (long) a[5]);
      case "close" -> {
        boolean _ = closed.add((int) a[0]);
        yield real.close((int) a[0]);
      }
      default -> method.invoke(real, a);
    };
  }

  private int kevent(long changes, int count, long events, int room, long timespec) {
    KeventMemory given = KeventMemory.at(changes, count);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      texts.add(Kevent.filterName(given.filter(i)) + " " + Kevent.flagNames(given.flags(i)));
      if (given.filter(i) == Kevent.EVFILT_USER && !hasUser) {
        return -Errno.EINVAL;
      }
    }
    synchronized (this) {
      boolean _ = calls.add(new Call(texts, room, Timespec.readAt(timespec)));
    }
    Answer answer = room == 0 ? null : answers.poll();
    return answer == null ? 0 : answer.to(KeventMemory.at(events, room));
  }
}
