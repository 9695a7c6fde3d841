package dev.pollux.lab.fuzz;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.pollux.sys.Abi;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** The real kernel, wrong in one place. */
final class LyingSys {
  /** What is wrong with it. */
  enum Lie {
    /** Nothing: the proxy itself changes no result. */
    NONE,
    /** No wait reports that the peer will send no more. */
    DROPS_RDHUP,
    /** A one-shot item stays armed. */
    FORGETS_ONE_SHOT,
    /** An edge is reported again and again. */
    EDGE_IS_LEVEL,
    /** The first and the last event of a wait change places. */
    SWAPS_EVENTS,
    /** A deletion of what is not there succeeds. */
    FORGIVES_DEL,
    /** An error is another one. */
    BAD_DESCRIPTOR_IS_INVALID,
    /** The last byte that is read has one bit flipped. */
    FLIPS_A_BIT,
    /** poll leaves out hang-ups. */
    POLL_WITHOUT_HUP,
    /** A poll that sleeps is not told of bytes to read, but by the last of its descriptors. */
    POLL_SLEEPS_ON
  }

  private LyingSys() {}

  static Sys of(Lie lie) {
    Sys kernel = NativeSys.open();
    return (Sys)
        Proxy.newProxyInstance(
            Sys.class.getClassLoader(),
            new Class<?>[] {Sys.class},
            (_, method, args) -> {
              try {
                if (method.getName().equals("epollCtl") && (long) args[3] != 0) {
                  bendRegistration(lie, (long) args[3]);
                }
                if (lie == Lie.POLL_SLEEPS_ON && method.getName().equals("poll")) {
                  deafen((long) args[0], (int) args[1], (int) args[2]);
                }
                Object result = method.invoke(kernel, args);
                return result instanceof Integer n ? bend(lie, method.getName(), args, n) : result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static void bendRegistration(Lie lie, long eventAddress) {
    MemorySegment event = memory(eventAddress, Integer.BYTES);
    int mask = event.get(JAVA_INT_UNALIGNED, 0);
    if (lie == Lie.FORGETS_ONE_SHOT) {
      event.set(JAVA_INT_UNALIGNED, 0, mask & ~Linux.EPOLLONESHOT);
    } else if (lie == Lie.EDGE_IS_LEVEL) {
      event.set(JAVA_INT_UNALIGNED, 0, mask & ~Linux.EPOLLET);
    }
  }

  private static void deafen(long address, int count, int timeout) {
    MemorySegment entries = memory(address, 8L * count);
    for (int i = 0; i < count - 1 && timeout < 0; i++) {
      byte low = entries.get(JAVA_BYTE, 8L * i + 4);
      entries.set(JAVA_BYTE, 8L * i + 4, (byte) (low & ~Linux.POLLIN));
    }
  }

  private static int bend(Lie lie, String call, Object[] args, int result) {
    switch (lie) {
      case DROPS_RDHUP -> {
        if (call.equals("epollWait")) {
          return withoutRdHup((long) args[1], result);
        }
      }
      case SWAPS_EVENTS -> {
        if (call.equals("epollWait") && result > 1) {
          swapEnds((long) args[1], result);
        }
      }
      case FORGIVES_DEL -> {
        if (call.equals("epollCtl") && (int) args[1] == Linux.EPOLL_CTL_DEL) {
          return result == -Errno.ENOENT ? 0 : result;
        }
      }
      case BAD_DESCRIPTOR_IS_INVALID -> {
        if (call.equals("shutdown") && result == -Errno.EBADF) {
          return -Errno.EINVAL;
        }
      }
      case FLIPS_A_BIT -> {
        if (call.equals("read") && result > 0) {
          MemorySegment last = memory((long) args[1] + result - 1, 1);
          last.set(JAVA_BYTE, 0, (byte) (last.get(JAVA_BYTE, 0) ^ 1));
        }
      }
      case POLL_WITHOUT_HUP -> {
        if (call.equals("poll")) {
          MemorySegment entries = memory((long) args[0], 8L * (int) args[1]);
          for (int i = 0; i < (int) args[1]; i++) {
            byte low = entries.get(JAVA_BYTE, 8L * i + 6);
            entries.set(JAVA_BYTE, 8L * i + 6, (byte) (low & ~Linux.POLLHUP));
          }
        }
      }
      case NONE, FORGETS_ONE_SHOT, EDGE_IS_LEVEL, POLL_SLEEPS_ON -> {}
    }
    return result;
  }

  private static int withoutRdHup(long address, int count) {
    for (int i = 0; i < count; i++) {
      MemorySegment event = memory(address + (long) i * Abi.CURRENT.epollEventSize, Integer.BYTES);
      int mask = event.get(JAVA_INT_UNALIGNED, 0);
      event.set(JAVA_INT_UNALIGNED, 0, mask & ~Linux.EPOLLRDHUP);
    }
    return count;
  }

  private static void swapEnds(long address, int count) {
    int size = Abi.CURRENT.epollEventSize;
    MemorySegment first = memory(address, size);
    MemorySegment last = memory(address + (long) (count - 1) * size, size);
    byte[] bytes = first.toArray(JAVA_BYTE);
    first.copyFrom(last);
    MemorySegment.copy(bytes, 0, last, JAVA_BYTE, 0, size);
  }

  private static MemorySegment memory(long address, long size) {
    return MemorySegment.ofAddress(address).reinterpret(size);
  }
}
