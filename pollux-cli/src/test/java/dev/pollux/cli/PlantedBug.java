package dev.pollux.cli;

import dev.pollux.sys.Sys;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Something wrong between the server and its kernel, at one call of many. */
final class PlantedBug {

  /** What is wrong. */
  interface Change {
    /**
     * Makes one call differently.
     *
     * @param kernel the right one
     * @param arguments the call's
     * @return the result
     */
    int call(Sys kernel, Object[] arguments);
  }

  private PlantedBug() {}

  /** From the count-th call on by one of these names, the calls are changed; or that one only. */
  static UnaryOperator<Sys> at(List<String> calls, int count, boolean always, Change change) {
    return kernel -> {
      InvocationHandler handler =
          new InvocationHandler() {
            private int seen;

            @Override
            public @Nullable Object invoke(
                Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
              if (arguments != null && calls.contains(method.getName())) {
                seen++;
                if (seen == count || (always && seen > count)) {
                  return change.call(kernel, arguments);
                }
              }
              try {
                return method.invoke(kernel, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }

            @Override
            public String toString() {
              return Arrays.toString(calls.toArray());
            }
          };
      return (Sys)
          Proxy.newProxyInstance(Sys.class.getClassLoader(), new Class<?>[] {Sys.class}, handler);
    };
  }
}
