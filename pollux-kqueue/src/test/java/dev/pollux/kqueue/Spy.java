package dev.pollux.kqueue;

import dev.pollux.sys.Sys;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A kernel with some of its calls counted, and answered by a test as often as that says. */
final class Spy implements InvocationHandler {

  private final Sys target;
  private final Set<String> names;
  final AtomicInteger calls = new AtomicInteger();

  /** How many of the next calls are answered by {@link #answer}. */
  final AtomicInteger answers = new AtomicInteger();

  volatile int answer;

  Spy(Sys target, String... names) {
    this.target = target;
    this.names = Set.of(names);
  }

  /** Counts the waits. */
  static Spy ofWaits(Sys target) {
    return new Spy(target, "epollWait", "epollPwait2");
  }

  /** Has the next call fail, or all that come. */
  Spy failing(int errno, int howOften) {
    answer = -errno;
    answers.set(howOften);
    return this;
  }

  Sys sys() {
    ClassLoader loader = Sys.class.getClassLoader();
    return (Sys) Proxy.newProxyInstance(loader, new Class<?>[] {Sys.class}, this);
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    if (names.contains(method.getName())) {
      int _ = calls.incrementAndGet();
      if (answers.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
        return answer;
      }
    }
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
