package dev.pollux.sys;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The running kernel with faults: named calls fail with a chosen errno instead of being made, or
 * something happens at the moment when they have been made.
 */
final class FaultySys {

  private final Map<String, Integer> answers = new HashMap<>();
  private final Map<String, Runnable> sequels = new HashMap<>();
  private final List<String> calls = new ArrayList<>();

  /** From now on this call fails. */
  FaultySys fail(String call, int errno) {
    return answer(call, -errno);
  }

  /** From now on this call is not made, and has this result. */
  FaultySys answer(String call, int result) {
    answers.put(call, result);
    return this;
  }

  /** From now on this happens when this call has been made. */
  FaultySys after(String call, Runnable sequel) {
    sequels.put(call, sequel);
    return this;
  }

  /** The names of all calls made so far, failed ones included. */
  List<String> calls() {
    return List.copyOf(calls);
  }

  Sys sys() {
    Sys real = NativeSys.open();
    return (Sys)
        Proxy.newProxyInstance(
            FaultySys.class.getClassLoader(),
            new Class<?>[] {Sys.class},
            (proxy, method, arguments) -> {
              calls.add(method.getName());
              Integer answer = answers.get(method.getName());
              if (answer != null) {
                return answer;
              }
              try {
                Object result = method.invoke(real, arguments);
                sequels.getOrDefault(method.getName(), () -> {}).run();
                return result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
