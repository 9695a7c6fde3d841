package dev.pollux.lab;

import java.util.List;
import java.util.stream.IntStream;

/** Short ways to write {@link Step}s. */
final class Steps {

  static final String OK = "";
  static final String NOTHING = "nothing";
  static final String EAGAIN = "EAGAIN";
  static final String END = "end";

  private Steps() {}

  static Step pipe(String reader, String writer) {
    return new Step.Pipe(reader, writer);
  }

  static Step pair(String left, String right) {
    return new Step.Pair(left, right);
  }

  static Step eventFd(String name) {
    return new Step.EventFd(name);
  }

  static Step signal(String handle) {
    return new Step.Signal(handle);
  }

  static Step listen(String... names) {
    return new Step.Listen(List.of(names));
  }

  static Step connect(String name, String listener) {
    return new Step.Connect(name, listener);
  }

  static Step accept(String name, String listener) {
    return new Step.Accept(name, listener, OK);
  }

  static Step acceptFails(String listener) {
    return new Step.Accept(Step.UNNAMED, listener, EAGAIN);
  }

  static Step epoll(String name) {
    return new Step.Epoll(name);
  }

  static Step add(String epoll, String handle, Mask interest) {
    return new Step.Add(epoll, handle, interest, OK);
  }

  static Step addFails(String epoll, String handle, String errno) {
    return new Step.Add(epoll, handle, Mask.IN, errno);
  }

  static Step modify(String epoll, String handle, Mask interest) {
    return new Step.Modify(epoll, handle, interest, OK);
  }

  static Step remove(String epoll, String handle) {
    return new Step.Remove(epoll, handle, OK);
  }

  static Step removeFails(String epoll, String handle, String errno) {
    return new Step.Remove(epoll, handle, errno);
  }

  /** A wait that reports this, such as {@code "r IN"} or {@link #NOTHING}. */
  static Step await(String epoll, String expected) {
    return new Step.Wait(epoll, Step.MAX_EVENTS, expected);
  }

  static Step awaitOne(String epoll, String expected) {
    return new Step.Wait(epoll, 1, expected);
  }

  static Step queue(String name) {
    return new Step.Queue(name);
  }

  /** A call of kevent that makes changes, and reports this. */
  static Step kevent(String queue, String expected, Change... changes) {
    return new Step.Kevent(queue, List.of(changes), expected);
  }

  static Step write(String handle, String bytes) {
    return new Step.Write(
        handle, bytes, bytes.length() + (bytes.length() == 1 ? " byte" : " bytes"));
  }

  static Step writeFails(String handle, String bytes, String errno) {
    return new Step.Write(handle, bytes, errno);
  }

  static Step fill(String handle) {
    return new Step.Fill(handle);
  }

  /** A read of as many bytes as are expected. */
  static Step read(String handle, String bytes) {
    return new Step.Read(handle, bytes.length(), quote(bytes));
  }

  static Step readGives(String handle, int maxBytes, String expected) {
    return new Step.Read(handle, maxBytes, expected);
  }

  static Step drain(String handle) {
    return new Step.Drain(handle);
  }

  static Step dup(String handle, String name) {
    return new Step.Dup(handle, name);
  }

  static Step close(String handle) {
    return new Step.Close(handle);
  }

  static Step shutdownWrite(String handle) {
    return new Step.ShutdownWrite(handle);
  }

  static Step reset(String handle) {
    return new Step.Reset(handle);
  }

  static Step threads(int count, String... epolls) {
    return new Step.Threads(count, List.of(epolls));
  }

  static Step woken(int count) {
    return new Step.Woken(count, count);
  }

  static Step woken(int min, int max) {
    return new Step.Woken(min, max);
  }

  static Step dismiss() {
    return new Step.Dismiss();
  }

  static Step spread(int connectionCount, String... listeners) {
    return new Step.Spread(List.of(listeners), connectionCount);
  }

  static Step cost(int... sizes) {
    return new Step.Cost(IntStream.of(sizes).boxed().toList());
  }

  static String quote(String bytes) {
    return '"' + bytes + '"';
  }
}
