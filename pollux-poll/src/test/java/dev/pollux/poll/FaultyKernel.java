package dev.pollux.poll;

import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** The running kernel, of which one call fails. */
final class FaultyKernel {

  private FaultyKernel() {}

  /** The call of this name always fails and is not made. */
  static Sys without(String call, int errno) {
    Sys real = NativeSys.open();
    return (Sys)
        Proxy.newProxyInstance(
            FaultyKernel.class.getClassLoader(),
            new Class<?>[] {Sys.class},
            (_, method, arguments) -> {
              if (method.getName().equals(call)) {
                return -errno;
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
