package dev.pollux.cli.sim;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Something wrong between a program and its kernel, begun anew with each program. */
interface PlantedBug {

  /**
   * The result of a call, or null if the kernel makes it. A gathered write comes as a send of its
   * first part.
   */
  @Nullable Integer instead(Call call);

  /** What the clock says. */
  default long clock(long nanos) {
    return nanos;
  }

  /** A call of the program's. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  record Call(Sys kernel, Method method, Object... arguments) {

    private static final Set<String> WAITS =
        Set.of("epollWait", "epollPwait2", "poll", "ppoll", "select", "pselect");

    /** Whether it has this name; all that wait for events are "wait". */
    boolean is(String name) {
      return name.equals(WAITS.contains(method.getName()) ? "wait" : method.getName());
    }

    int fd() {
      return (int) arguments[0];
    }

    long address() {
      return (long) arguments[1];
    }

    /** The second argument of a call on a descriptor that takes an int there. */
    int second() {
      return (int) arguments[1];
    }

    long size() {
      return (long) arguments[2];
    }

    /** As this, by a byte less. */
    Call shorter() {
      return new Call(kernel, method, fd(), address(), size() - 1, arguments[3]);
    }

    /** As this, to another descriptor. */
    Call to(int fd) {
      return new Call(kernel, method, fd, address(), size(), arguments[3]);
    }

    int result() {
      return (int) make();
    }

    private Object make() {
      try {
        return method.invoke(kernel, arguments);
      } catch (InvocationTargetException e) {
        if (e.getCause() instanceof RuntimeException cause) {
          throw cause;
        }
        throw (Error) e.getCause();
      } catch (IllegalAccessException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** What one call does instead of what it should. */
  interface Once {
    int call(Call call);
  }

  /** At one call of these, and no other: the n-th. */
  static PlantedBug at(int n, Predicate<Call> calls, Once once) {
    return new PlantedBug() {
      private int seen;

      @Override
      public @Nullable Integer instead(Call call) {
        return calls.test(call) && ++seen == n ? once.call(call) : null;
      }
    };
  }

  /** At every n-th of these calls. */
  static PlantedBug every(int n, Predicate<Call> calls, Once once) {
    return new PlantedBug() {
      private int seen;

      @Override
      public @Nullable Integer instead(Call call) {
        return calls.test(call) && ++seen % n == 0 ? once.call(call) : null;
      }
    };
  }

  /** A kernel with the mistake before it. */
  static Sys over(Sys kernel, PlantedBug bug) {
    return (Sys)
        Proxy.newProxyInstance(
            Sys.class.getClassLoader(),
            new Class<?>[] {Sys.class},
            (_, method, arguments) -> {
              if (method.getName().equals("nanoTime")) {
                return bug.clock(kernel.nanoTime());
              }
              Call call = new Call(kernel, method, arguments);
              Call made = call.is("writev") ? firstOf(call) : call;
              Integer result = bug.instead(made);
              return result == null ? made.make() : result;
            });
  }

  private static Call firstOf(Call writev) throws NoSuchMethodException {
    Method send = Sys.class.getMethod("send", int.class, long.class, long.class, int.class);
    MemorySegment iovec = MemorySegment.ofAddress(writev.address()).reinterpret(16);
    return new Call(
        writev.kernel(),
        send,
        writev.fd(),
        iovec.get(ValueLayout.JAVA_LONG, 0),
        iovec.get(ValueLayout.JAVA_LONG, Long.BYTES),
        Linux.MSG_NOSIGNAL);
  }
}
