package dev.pollux.net;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.IntUnaryOperator;

/** A kernel that moves less at once than it is asked to, so that records are cut anywhere. */
final class TlsWire {

  private final Sys kernel;

  /** From how much is asked for to how much is done. */
  IntUnaryOperator pieces = count -> count;

  long preads;

  TlsWire(Sys kernel) {
    this.kernel = kernel;
  }

  Sys sys() {
    return (Sys)
        Proxy.newProxyInstance(
            TlsWire.class.getClassLoader(),
            new Class<?>[] {Sys.class},
            (_, method, arguments) -> {
              switch (method.getName()) {
                case "recv" -> arguments[2] = (long) shorter((Long) arguments[2]);
                case "send" -> {
                  return send((Integer) arguments[0], (Long) arguments[1], (Long) arguments[2]);
                }
                case "writev" -> {
                  MemorySegment first =
                      MemorySegment.ofAddress((Long) arguments[1]).reinterpret(2 * Long.BYTES);
                  long bytes = first.get(JAVA_LONG, Long.BYTES);
                  return send((Integer) arguments[0], first.get(JAVA_LONG, 0), bytes);
                }
                case "pread" -> preads++;
                default -> {}
              }
              try {
                return method.invoke(kernel, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private int send(int fd, long address, long count) {
    return kernel.send(fd, address, shorter(count), Linux.MSG_NOSIGNAL);
  }

  private int shorter(long count) {
    return Math.max(1, Math.min((int) count, pieces.applyAsInt((int) count)));
  }
}
