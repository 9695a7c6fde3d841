package dev.pollux.lab;

import java.util.List;
import java.util.stream.Collectors;

/**
 * One thing an experiment does, as data: what, on which handles, and the result that is expected.
 *
 * <p>A handle is a name that an earlier step gave to a descriptor, such as {@code r} for the read
 * end of a pipe. Names stand for descriptors everywhere, so that the same experiment reads the same
 * on every kernel and in every run.
 *
 * <p>A result is a text, and so is what is expected: empty for a call that only has to succeed,
 * {@code r IN, s IN OUT} for what a wait reports, {@code nothing} if it reports nothing, the bytes
 * that were read or {@code end}, or the name of an errno such as {@code EAGAIN}.
 *
 * <p>{@link Runner} interprets the steps. The records are printed as they are in the JSON form.
 */
public sealed interface Step {

  /** What is done, in words: {@code write "aa" to w}. */
  String text();

  /** The result that is expected. */
  String expected();

  /** Whether a result is as expected. */
  default boolean accepts(String result) {
    return result.equals(expected()) || expected().equals(ANYTHING);
  }

  /** Step that only has to succeed. */
  sealed interface Setup extends Step {
    @Override
    default String expected() {
      return "";
    }
  }

  /** Makes a pipe. */
  record Pipe(String reader, String writer) implements Setup {
    @Override
    public String text() {
      return reader + ", " + writer + " = pipe";
    }
  }

  /** Makes a connected pair of Unix stream sockets. */
  record Pair(String left, String right) implements Setup {
    @Override
    public String text() {
      return left + ", " + right + " = socket pair";
    }
  }

  /** Makes a counter that can be watched, an eventfd, at zero. */
  record EventFd(String name) implements Setup {
    @Override
    public String text() {
      return name + " = eventfd";
    }
  }

  /** Adds 1 to an eventfd. */
  record Signal(String handle) implements Setup {
    @Override
    public String text() {
      return "add 1 to " + handle;
    }
  }

  /** Makes listeners on loopback; more than one share a port by SO_REUSEPORT. */
  record Listen(List<String> names) implements Setup {
    /** Defensive copy. */
    public Listen {
      names = List.copyOf(names);
    }

    @Override
    public String text() {
      return String.join(", ", names)
          + (names.size() > 1 ? " = listeners on one port" : " = listener");
    }
  }

  /** Connects a client to a listener, and waits until the connection is made. */
  record Connect(String name, String listener) implements Setup {
    @Override
    public String text() {
      return name + " = connect to " + listener;
    }
  }

  /** Accepts one connection; the name, or {@link #UNNAMED}, is for the case that one is there. */
  record Accept(String name, String listener, String expected) implements Step {
    @Override
    public String text() {
      return (name.equals(UNNAMED) ? "" : name + " = ") + "accept from " + listener;
    }
  }

  /**
   * Connects so many clients to the port that listeners share, and accepts them all. The result is
   * {@code all} if every listener got one, else how many did.
   */
  record Spread(List<String> listeners, int connectionCount) implements Step {
    /** Defensive copy. */
    public Spread {
      listeners = List.copyOf(listeners);
    }

    @Override
    public String text() {
      return connectionCount
          + " connections to "
          + String.join(", ", listeners)
          + ": who got some?";
    }

    @Override
    public String expected() {
      return "all " + listeners.size();
    }
  }

  /** Makes an epoll instance. */
  record Epoll(String name) implements Setup {
    @Override
    public String text() {
      return name + " = epoll";
    }
  }

  /** Registers a handle. */
  record Add(String epoll, String handle, Mask interest, String expected) implements Step {
    @Override
    public String text() {
      return "add " + handle + " to " + epoll + ": " + interest;
    }
  }

  /** Changes a registration. */
  record Modify(String epoll, String handle, Mask interest, String expected) implements Step {
    @Override
    public String text() {
      return "modify " + handle + " in " + epoll + ": " + interest;
    }
  }

  /** Takes a registration away. */
  record Remove(String epoll, String handle, String expected) implements Step {
    @Override
    public String text() {
      return "remove " + handle + " from " + epoll;
    }
  }

  /** Waits: until there is an event if one is expected, else without blocking. */
  record Wait(String epoll, int maxEvents, String expected) implements Step {
    @Override
    public String text() {
      return "wait on " + epoll + (maxEvents == MAX_EVENTS ? "" : ", at most " + maxEvents);
    }
  }

  /** Makes a kqueue. */
  record Queue(String name) implements Setup {
    @Override
    public String text() {
      return name + " = kqueue";
    }
  }

  /**
   * One call of kevent: changes, and a wait, until there is an event if one is expected, else
   * without blocking.
   */
  record Kevent(String queue, List<Change> changes, String expected) implements Step {
    /** Defensive copy. */
    public Kevent {
      changes = List.copyOf(changes);
    }

    @Override
    public String text() {
      String what = changes.stream().map(Change::text).collect(Collectors.joining(", "));
      return "kevent on " + queue + (what.isEmpty() ? "" : ": " + what);
    }
  }

  /** Writes text; the result is how many bytes the kernel took. */
  record Write(String handle, String bytes, String expected) implements Step {
    @Override
    public String text() {
      return "write \"" + bytes + "\" to " + handle;
    }
  }

  /** Writes until EAGAIN. How much that is, is the kernel's affair and no part of the result. */
  record Fill(String handle) implements Setup {
    @Override
    public String text() {
      return "write to " + handle + " until EAGAIN";
    }
  }

  /** Reads once, at most so many bytes. */
  record Read(String handle, int maxBytes, String expected) implements Step {
    @Override
    public String text() {
      return "read up to " + maxBytes + " from " + handle;
    }
  }

  /** Reads until EAGAIN. */
  record Drain(String handle) implements Setup {
    @Override
    public String text() {
      return "read from " + handle + " until EAGAIN";
    }
  }

  /** Duplicates a descriptor: a second number for the same open file. */
  record Dup(String handle, String name) implements Setup {
    @Override
    public String text() {
      return name + " = dup of " + handle;
    }
  }

  /** Closes a descriptor. */
  record Close(String handle) implements Setup {
    @Override
    public String text() {
      return "close " + handle;
    }
  }

  /** Shuts down the writing half of a connection. */
  record ShutdownWrite(String handle) implements Setup {
    @Override
    public String text() {
      return "shut down writing on " + handle;
    }
  }

  /** Closes a TCP connection with a reset instead of an orderly end. */
  record Reset(String handle) implements Setup {
    @Override
    public String text() {
      return "reset " + handle;
    }
  }

  /**
   * Starts threads that each wait once for one event: all on one epoll instance, or each on its
   * own. Complete when all of them sleep in their wait.
   */
  record Threads(int count, List<String> epolls) implements Setup {
    /** Defensive copy. */
    public Threads {
      epolls = List.copyOf(epolls);
      if (epolls.size() != 1 && epolls.size() != count) {
        throw new IllegalArgumentException(count + " threads on " + epolls.size() + " instances");
      }
    }

    @Override
    public String text() {
      return count
          + (count == 1 ? " thread waits on " : " threads wait on ")
          + String.join(", ", epolls)
          + (epolls.size() == 1 ? "" : ", one each");
    }
  }

  /**
   * Waits until every thread has returned from its wait or sleeps in it; the result is how many
   * woke since the last look.
   */
  record Woken(int min, int max) implements Step {
    /** More threads than there can be: any number will do. */
    static final int ANY_COUNT = 1000;

    @Override
    public String text() {
      return "who woke?";
    }

    @Override
    public String expected() {
      return max >= ANY_COUNT
          ? ANYTHING
          : min == max ? woken(min) : min + " to " + max + " threads";
    }

    @Override
    public boolean accepts(String result) {
      boolean isAnyOfThese = false;
      for (int count = min; count <= max; count++) {
        isAnyOfThese |= result.equals(woken(count));
      }
      return isAnyOfThese;
    }

    static String woken(int count) {
      return count == 1 ? "1 thread" : count + " threads";
    }
  }

  /** Ends the threads: those who still sleep are woken. */
  record Dismiss() implements Setup {
    @Override
    public String text() {
      return "end the threads";
    }
  }

  /**
   * Finds out what a wait costs with so many idle descriptors watched and one ready, by select,
   * poll and epoll. The result says which of the three grow with the number.
   */
  record Cost(List<Integer> sizes) implements Step {
    /** Defensive copy. */
    public Cost {
      sizes = List.copyOf(sizes);
    }

    @Override
    public String text() {
      return "watch " + sizes.getFirst() + " to " + sizes.getLast() + ", one ready";
    }

    @Override
    public String expected() {
      return "select grows, poll grows, epoll is flat";
    }
  }

  /** What a step expects that takes whatever comes of it. */
  String ANYTHING = "?";

  /** No name that a script can have. */
  String UNNAMED = "-";

  /** Room for events in a wait that does not say otherwise. */
  int MAX_EVENTS = 16;
}
