package dev.pollux.kqueue;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Sys;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A kernel that has kqueue, and nothing that only Linux has: to run a program on Linux by the way
 * it takes on macOS or a BSD. {@code kqueue} and {@code kevent} are calls there, as {@link Kqueue}
 * makes them of epoll; epoll itself is missing ({@code ENOSYS}), and so are eventfd, timerfd,
 * signalfd, inotify, pidfd and openat2.
 *
 * <p>It is for trials: each call takes memory.
 *
 * <p>Threads: any.
 */
public final class KqueueSys implements InvocationHandler {

  private static final Set<String> MISSING =
      Set.of(
          "eventfd",
          "timerfdCreate",
          "timerfdSettime",
          "timerfdGettime",
          "signalfd",
          "inotifyInit1",
          "inotifyAddWatch",
          "inotifyRmWatch",
          "pidfdOpen",
          "openat2");

  private final Sys kernel;
  private final KqueueCalls calls;

  private KqueueSys(Sys kernel, boolean takesErrors) {
    this.kernel = kernel;
    this.calls = new KqueueCalls(kernel, takesErrors);
  }

  /**
   * Such a kernel over another one, whose descriptors are its own. The error of a socket is in the
   * flags of an event, and gone by that: see {@link Kqueue#openLeavingErrors}.
   */
  public static Sys over(Sys kernel) {
    return new KqueueSys(kernel, true).proxy();
  }

  /** The same, where the error of a socket is left to be asked for, and is in no event. */
  public static Sys leavingErrors(Sys kernel) {
    return new KqueueSys(kernel, false).proxy();
  }

  private Sys proxy() {
    Class<?>[] type = {Sys.class};
    return (Sys) Proxy.newProxyInstance(Sys.class.getClassLoader(), type, this);
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    String name = method.getName();
    Object[] a = arguments == null ? new Object[0] : arguments;
    return switch (name) {
      case "kqueue" -> calls.kqueue();
      case "kevent" ->
          calls.kevent((int) a[0], (long) a[1], (int) a[2], (long) a[3], (int) a[4], (long) a[5]);
      case "close" -> calls.close((int) a[0]);
      case "equals" -> isSame(proxy, a[0]);
      case "hashCode" -> System.identityHashCode(proxy);
      case "toString" -> "kqueue over " + kernel;
      default ->
          name.startsWith("epoll") || MISSING.contains(name)
              ? -Errno.ENOSYS
              : forward(method, arguments);
    };
  }

  @SuppressWarnings("ReferenceEquality") // that is what is meant
  private static boolean isSame(Object proxy, @Nullable Object other) {
    return proxy == other;
  }

  private @Nullable Object forward(Method method, Object @Nullable [] arguments) throws Throwable {
    try {
      return method.invoke(kernel, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
