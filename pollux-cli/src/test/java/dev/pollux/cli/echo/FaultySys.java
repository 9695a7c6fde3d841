package dev.pollux.cli.echo;

import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A kernel, the running one by default, with faults: a rule for each call may answer in its place.
 *
 * <p>Threads: any may call; rules and the clock are one test thread's.
 */
public final class FaultySys implements InvocationHandler {

  /** Decides about one call. */
  public interface Rule {
    /**
     * Whether and how the call fails.
     *
     * @param count how often this call was made, this time included
     * @param arguments the call's, which the rule may change
     * @return the result, or null to go on to the kernel
     */
    @Nullable Integer apply(int count, Object[] arguments);
  }

  private final Map<String, Rule> rules = new ConcurrentHashMap<>();
  private final Map<String, Integer> counts = new ConcurrentHashMap<>();
  private final Sys kernel;
  private final AtomicLong clockOffsetNanos = new AtomicLong();
  private volatile long slownessNanos;

  public FaultySys() {
    this(NativeSys.open());
  }

  public FaultySys(Sys kernel) {
    this.kernel = kernel;
  }

  /** The seam to hand to the code under test. */
  public Sys sys() {
    return (Sys)
        Proxy.newProxyInstance(Sys.class.getClassLoader(), new Class<?>[] {Sys.class}, this);
  }

  public FaultySys on(String call, Rule rule) {
    rules.put(call, rule);
    counts.remove(call);
    return this;
  }

  /** The call fails always. */
  public FaultySys fail(String call, int errno) {
    return on(call, (_, _) -> -errno);
  }

  /** The call fails every so many times, first at the first. */
  FaultySys failEvery(String call, int period, int errno) {
    return on(call, (count, _) -> count % period == 1 ? -errno : null);
  }

  FaultySys heal(String call) {
    rules.remove(call);
    return this;
  }

  int count(String call) {
    return counts.getOrDefault(call, 0);
  }

  /** Lets time pass; or, by a negative number, moves what is due further away. */
  void advance(long nanos) {
    clockOffsetNanos.addAndGet(nanos);
  }

  /** By the clock, each call takes so much longer: a machine as slow as one likes, at once. */
  public FaultySys slow(long nanosPerCall) {
    slownessNanos = nanosPerCall;
    return this;
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    String name = method.getName();
    advance(slownessNanos);
    int count = counts.merge(name, 1, Integer::sum);
    Rule rule = rules.get(name);
    if (rule != null && arguments != null) {
      Integer result = rule.apply(count, arguments);
      if (result != null) {
        return result;
      }
    }
    try {
      Object result = method.invoke(kernel, arguments);
      return name.equals("nanoTime") ? (Object) ((Long) result + clockOffsetNanos.get()) : result;
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
