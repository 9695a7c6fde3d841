package dev.pollux.lab;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.pollux.sys.EpollEvents;
import dev.pollux.sys.Errno;
import dev.pollux.sys.IoBuffer;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Poll;
import dev.pollux.sys.Sockets;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Carries steps out by system calls.
 *
 * <p>All calls are non-blocking, but for the waits that expect an event, the threads, and what the
 * network needs to deliver; those are bounded by {@link ActRun#LIMIT_MILLIS}.
 */
final class Interpreter {

  private static final int FLAGS = Linux.O_NONBLOCK | Linux.O_CLOEXEC;
  private static final int CHUNK_BYTES = 1 << 12; // 4 KiB

  private final Machine machine;
  private final Sys sys;
  private final Handles handles;
  private final Network network;
  private final Queues queues;
  private final Waiters threads;
  private final EpollEvents event = EpollEvents.allocate(1);
  private final EpollEvents events = EpollEvents.allocate(Step.MAX_EVENTS);
  private final IoBuffer memory = IoBuffer.allocate(CHUNK_BYTES);
  private final List<String> openEpolls = new ArrayList<>();

  Interpreter(Machine machine, Handles handles) {
    this.machine = machine;
    this.sys = machine.sys();
    this.handles = handles;
    this.network = new Network(sys, handles);
    this.queues = new Queues(sys, handles);
    this.threads = new Waiters(machine, this::reports);
  }

  /** The epoll instances that are open, in the order they were made. */
  List<String> openEpolls() {
    return openEpolls;
  }

  /** Does a step, and lets the threads that it wakes come to rest. */
  Outcome perform(Step step) throws SysException {
    Outcome outcome = carryOut(step);
    threads.settle();
    return outcome;
  }

  /** Whether threads are about: then the order of what happens to the items is chance. */
  boolean hasThreads() {
    return threads.areActive();
  }

  private Outcome carryOut(Step step) throws SysException {
    return switch (step) {
      case Step.Pipe pipe -> pipe(pipe);
      case Step.Pair pair -> pair(pair);
      case Step.EventFd eventFd -> eventFd(eventFd);
      case Step.Signal signal -> signal(signal.handle());
      case Step.Epoll epoll -> epoll(epoll.name());
      case Step.Add add -> control(Linux.EPOLL_CTL_ADD, add.epoll(), add.handle(), add.interest());
      case Step.Modify modify ->
          control(Linux.EPOLL_CTL_MOD, modify.epoll(), modify.handle(), modify.interest());
      case Step.Remove remove ->
          control(Linux.EPOLL_CTL_DEL, remove.epoll(), remove.handle(), new Mask(0));
      case Step.Wait wait -> await(wait);
      case Step.Queue queue -> queues.open(queue.name());
      case Step.Kevent kevent -> queues.call(kevent);
      case Step.Write write -> write(write);
      case Step.Fill fill -> fill(fill.handle());
      case Step.Read read -> read(read);
      case Step.Drain drain -> drain(drain.handle());
      case Step.Dup dup -> dup(dup);
      case Step.Close close -> close(close.handle());
      case Step.ShutdownWrite shutdown ->
          Outcome.call(sys.shutdown(handles.fd(shutdown.handle()), Linux.SHUT_WR));
      case Step.Reset reset -> reset(reset.handle());
      case Step.Listen listen -> network.listen(listen.names());
      case Step.Connect connect -> network.connect(connect.name(), connect.listener());
      case Step.Accept accept -> accept(accept);
      case Step.Spread spread -> spread(spread);
      case Step.Threads start ->
          threads.start(start.count(), start.epolls().stream().map(handles::fd).toList());
      case Step.Woken woken -> threads.woken(woken.min());
      case Step.Dismiss _ -> dismiss();
      case Step.Cost cost -> new Cost(machine).measure(cost.sizes());
    };
  }

  /** What is inside the kqueues. */
  List<QueueView> queueViews() {
    return queues.views();
  }

  /** Ends the threads, and the queues. */
  void close() {
    threads.close();
    queues.close();
  }

  private Outcome pipe(Step.Pipe pipe) throws SysException {
    int[] ends = Sockets.pipe(sys, FLAGS);
    handles.put(pipe.reader(), "pipe2", ends[0]);
    handles.put(pipe.writer(), "pipe2", ends[1]);
    return Outcome.of(Steps.OK);
  }

  private Outcome pair(Step.Pair pair) throws SysException {
    int[] ends = Sockets.pair(sys, Linux.AF_UNIX, Linux.SOCK_STREAM);
    handles.put(pair.left(), "socketpair", ends[0]);
    handles.put(pair.right(), "socketpair", ends[1]);
    return Outcome.of(Steps.OK);
  }

  private Outcome eventFd(Step.EventFd step) throws SysException {
    handles.put(step.name(), "eventfd", sys.eventfd(0, Linux.EFD_NONBLOCK | Linux.EFD_CLOEXEC));
    return Outcome.of(Steps.OK);
  }

  private Outcome signal(String handle) {
    memory.buffer().clear().order(ByteOrder.nativeOrder()).putLong(1).flip();
    return Outcome.call(memory.write(sys, handles.fd(handle)));
  }

  private Outcome epoll(String name) throws SysException {
    handles.put(name, "epoll_create1", sys.epollCreate1(Linux.EPOLL_CLOEXEC));
    openEpolls.add(name);
    return Outcome.of(Steps.OK);
  }

  private Outcome control(int op, String epoll, String handle, Mask interest) {
    event.set(0, interest.bits(), handles.index(handle));
    return Outcome.call(sys.epollCtl(handles.fd(epoll), op, handles.fd(handle), event.address()));
  }

  private Outcome await(Step.Wait wait) {
    int timeout = ActRun.limitMillis(wait);
    int result;
    do {
      result = sys.epollWait(handles.fd(wait.epoll()), events.address(), wait.maxEvents(), timeout);
    } while (result == -Errno.EINTR);
    return Outcome.of(reports(result, events));
  }

  /** The result of a wait in words. */
  private String reports(int result, EpollEvents reported) {
    if (result < 0) {
      return Errno.name(-result);
    }
    if (result == 0) {
      return Steps.NOTHING;
    }
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < result; i++) {
      texts.add(handles.name(reported.data(i)) + " " + new Mask(reported.events(i)));
    }
    return String.join(", ", texts);
  }

  private Outcome write(Step.Write write) {
    memory.buffer().clear().put(write.bytes().getBytes(US_ASCII)).flip();
    int n = memory.write(sys, handles.fd(write.handle()));
    return n < 0 ? Outcome.call(n) : Outcome.of(n + (n == 1 ? " byte" : " bytes"));
  }

  private Outcome fill(String handle) {
    int n;
    do {
      memory.buffer().clear();
      n = memory.write(sys, handles.fd(handle));
    } while (n > 0);
    return untilEagain(n);
  }

  private Outcome read(Step.Read read) throws SysException {
    int fd = handles.fd(read.handle());
    if (!read.expected().equals(Steps.EAGAIN)) {
      awaitReadable(fd, ActRun.limitMillis(read));
    }
    ByteBuffer buffer = memory.buffer().clear().limit(read.maxBytes());
    int n = memory.read(sys, fd);
    if (n < 0) {
      return Outcome.call(n);
    }
    return Outcome.of(n == 0 ? Steps.END : Steps.quote(US_ASCII.decode(buffer.flip()).toString()));
  }

  private Outcome drain(String handle) {
    int n;
    do {
      memory.buffer().clear();
      n = memory.read(sys, handles.fd(handle));
    } while (n > 0);
    return untilEagain(n);
  }

  private static Outcome untilEagain(int last) {
    return last == -Errno.EAGAIN ? Outcome.of(Steps.OK) : Outcome.call(last);
  }

  private Outcome dup(Step.Dup dup) throws SysException {
    handles.put(dup.name(), "dup", sys.dup(handles.fd(dup.handle())));
    return Outcome.of(Steps.OK);
  }

  private Outcome close(String handle) {
    openEpolls.remove(handle);
    return Outcome.call(handles.close(handle));
  }

  private Outcome reset(String handle) throws SysException {
    Sockets.linger(sys, handles.fd(handle), 0);
    return close(handle);
  }

  private Outcome accept(Step.Accept accept) throws SysException {
    int listener = handles.fd(accept.listener());
    if (!accept.expected().equals(Steps.EAGAIN)) {
      awaitReadable(listener, ActRun.limitMillis(accept));
    }
    int fd = Sockets.accept(sys, listener);
    if (fd >= 0) {
      handles.put(accept.name(), "accept4", fd);
    }
    return Outcome.call(fd);
  }

  private Outcome spread(Step.Spread spread) throws SysException {
    Outcome outcome = network.spread(spread.listeners(), spread.connectionCount());
    machine.transitions(_ -> ""); // one for each connection: not for the timeline
    return outcome;
  }

  private Outcome dismiss() {
    threads.close();
    return Outcome.of(threads.areActive() ? "they do not end" : Steps.OK);
  }

  /** Gives the network time to deliver what is on its way. */
  private void awaitReadable(int fd, int limitMillis) throws SysException {
    Poll poll = Poll.allocate(sys, 1);
    poll.set(0, fd, Linux.POLLIN);
    int _ = poll.poll(limitMillis);
  }
}
