package dev.pollux.kqueue.fuzz;

import dev.pollux.sys.Sys;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/** A kernel's calls, of which a queue may make so many waits at a time: one that spins is ended. */
final class Watchdog {

  /** Thrown out of a queue that spins. */
  static final class SpinException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private static final int MOST_WAITS = 500;

  private final Sys sys;
  private int waits;

  Watchdog(Sys sys) {
    this.sys = sys;
  }

  /** A call of the queue's begins. */
  void restart() {
    waits = 0;
  }

  /** The calls, counted. */
  Sys counted() {
    Class<?>[] types = {Sys.class};
    return (Sys) Proxy.newProxyInstance(Sys.class.getClassLoader(), types, this::call);
  }

  private Object call(Object proxy, Method method, Object[] arguments) throws Throwable {
    if (method.getName().startsWith("epoll") && waits++ > MOST_WAITS) {
      throw new SpinException();
    }
    try {
      return method.invoke(sys, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
