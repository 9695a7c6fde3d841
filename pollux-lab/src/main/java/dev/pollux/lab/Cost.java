package dev.pollux.lab;

import dev.pollux.sys.EpollEvents;
import dev.pollux.sys.FdSet;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Poll;
import dev.pollux.sys.Select;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a wait costs with many idle descriptors and one ready, by select, poll and epoll.
 *
 * <p>On the native kernel the cost is time: the least of several rounds, because other work on the
 * machine can only add to it. On the model it is the number of descriptors that are looked at: time
 * there would measure the model.
 *
 * <p>Measured is a call with everything prepared. For select that includes filling its set, which
 * every call overwrites.
 */
final class Cost {

  /** From the fewest descriptors to the most, the cost of what is flat grows less than this. */
  private static final double FLAT_FACTOR = 3;

  private static final int ROUNDS = 15;
  private static final int CALLS = 200;
  private static final int WARMUP_CALLS = 5_000;

  private final Machine machine;
  private final Sys sys;

  Cost(Machine machine) {
    this.machine = machine;
    this.sys = machine.sys();
  }

  /** A wait that finds the one ready descriptor. */
  @FunctionalInterface
  private interface Call {
    int run() throws SysException;
  }

  /** Measures all three at each size. */
  Outcome measure(List<Integer> sizes) throws SysException {
    Map<Mechanism, List<Long>> costs = new EnumMap<>(Mechanism.class);
    for (int size : sizes) {
      measure(size, costs);
    }
    List<String> words = new ArrayList<>();
    costs.forEach((mechanism, values) -> words.add(mechanism + " " + growth(values)));
    String unit = machine.isTransparent() ? "items" : "ns";
    return new Outcome(String.join(", ", words), BarChart.lines(sizes, costs, unit));
  }

  private static String growth(List<Long> costs) {
    return costs.getLast() < FLAT_FACTOR * Math.max(costs.getFirst(), 1) ? "is flat" : "grows";
  }

  private void measure(int size, Map<Mechanism, List<Long>> costs) throws SysException {
    try (Handles handles = new Handles(machine)) {
      int[] fds = new int[size];
      for (int i = 0; i < size; i++) {
        String name = "fd" + i;
        int initial = i == size / 2 ? 1 : 0;
        handles.put(name, "eventfd", sys.eventfd(initial, Linux.EFD_NONBLOCK | Linux.EFD_CLOEXEC));
        fds[i] = handles.fd(name);
      }
      handles.put("ep", "epoll_create1", sys.epollCreate1(Linux.EPOLL_CLOEXEC));
      for (Mechanism mechanism : Mechanism.values()) {
        Call call =
            switch (mechanism) {
              case SELECT -> select(fds);
              case POLL -> poll(fds);
              case EPOLL -> epoll(handles.fd("ep"), fds);
            };
        long cost = cost(call, mechanism, size);
        costs.computeIfAbsent(mechanism, _ -> new ArrayList<>()).add(cost);
      }
    }
    machine.transitions(_ -> ""); // thousands of registrations: not for the timeline
  }

  private Call select(int[] fds) {
    int nfds = fds[fds.length - 1] + 1;
    FdSet watched = FdSet.allocate(nfds);
    FdSet result = FdSet.allocate(nfds);
    for (int fd : fds) {
      watched.set(fd);
    }
    return () -> {
      result.copyFrom(watched);
      return Select.select(sys, nfds, result, null, null, 0);
    };
  }

  private Call poll(int[] fds) {
    Poll poll = Poll.allocate(sys, fds.length);
    for (int i = 0; i < fds.length; i++) {
      poll.set(i, fds[i], Linux.POLLIN);
    }
    return () -> poll.poll(0);
  }

  private Call epoll(int epfd, int[] fds) throws SysException {
    EpollEvents event = EpollEvents.allocate(Step.MAX_EVENTS);
    for (int i = 0; i < fds.length; i++) {
      event.set(0, Linux.EPOLLIN, i);
      int result = sys.epollCtl(epfd, Linux.EPOLL_CTL_ADD, fds[i], event.address());
      SysException.check("epoll_ctl(ADD, fd=" + fds[i] + ")", result);
    }
    return () -> sys.epollWait(epfd, event.address(), event.capacity(), 0);
  }

  private long cost(Call call, Mechanism mechanism, int size) throws SysException {
    if (machine.isTransparent()) {
      int _ = machine.takeLookCount();
      run(call, 1);
      return mechanism == Mechanism.EPOLL ? machine.takeLookCount() : size;
    }
    run(call, WARMUP_CALLS);
    long least = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long start = sys.nanoTime();
      run(call, CALLS);
      least = Math.min(least, (sys.nanoTime() - start) / CALLS);
    }
    return least;
  }

  private static void run(Call call, int count) throws SysException {
    for (int i = 0; i < count; i++) {
      int found = call.run();
      if (found != 1) {
        throw new IllegalStateException("one descriptor is ready, and a wait reports " + found);
      }
    }
  }
}
