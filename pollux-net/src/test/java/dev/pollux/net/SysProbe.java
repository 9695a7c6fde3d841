package dev.pollux.net;

import dev.pollux.sys.Sys;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Sys} that passes calls on, counts them by name, and lets a test answer in the kernel's
 * place: the tool to measure spinning without a clock, to let time pass at once, and to inject
 * faults.
 */
final class SysProbe {

  /** The calls that may block for readiness. */
  static final Set<String> WAITS =
      Set.of(
          "epollWait", "epollPwait", "epollPwait2", "kevent", "poll", "ppoll", "select", "pselect");

  /** Answers a call in the kernel's place, or returns null to pass it on. */
  interface Fault {
    @Nullable Object answer(String call, Object[] arguments);
  }

  private static final Object[] NO_ARGUMENTS = {};

  private final Sys target;
  private final Sys proxy;
  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
  private volatile Fault fault = (call, arguments) -> null;
  private final AtomicLong aheadNanos = new AtomicLong();

  SysProbe(Sys target) {
    this.target = target;
    this.proxy =
        (Sys)
            Proxy.newProxyInstance(
                Sys.class.getClassLoader(),
                new Class<?>[] {Sys.class},
                (self, method, arguments) -> call(method, arguments));
  }

  private Object call(Method method, Object @Nullable [] arguments) throws Throwable {
    String name = method.getName();
    counts.computeIfAbsent(name, key -> new LongAdder()).increment();
    Object[] passed = arguments == null ? NO_ARGUMENTS : arguments;
    Object answer = fault.answer(name, passed);
    if (answer != null) {
      return answer;
    }
    try {
      Object result = method.invoke(target, passed);
      return name.equals("nanoTime") ? (Object) ((long) result + aheadNanos.get()) : result;
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  /** What the code under test calls. */
  Sys sys() {
    return proxy;
  }

  void inject(Fault newFault) {
    fault = newFault;
  }

  /** From now on the clock is ahead of the kernel's by so much more. Any thread. */
  void leap(long nanos) {
    long _ = aheadNanos.addAndGet(nanos);
  }

  /** How often a call was made. */
  long count(String call) {
    LongAdder count = counts.get(call);
    return count == null ? 0 : count.sum();
  }

  /** How often a call that may block for readiness was made. */
  long waits() {
    return WAITS.stream().mapToLong(this::count).sum();
  }
}
