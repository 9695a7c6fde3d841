package dev.pollux.loop;

import dev.pollux.poll.Event;
import dev.pollux.poll.Registration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A handler on an eventfd that logs its calls; a test changes what they do. */
final class Watch implements LoopHandler {

  final LoopCase test;
  final EventLoop loop;
  final String name;
  final int fd;
  Registration registration;
  int readyCount;

  /** What {@link #failed} was told. */
  final List<Throwable> failures = new ArrayList<>();

  Runnable onReady;
  @Nullable Runnable onFlush;
  @Nullable Runnable onDispose;
  @Nullable Runnable onFailed;

  Watch(LoopCase test, EventLoop loop, String name, int fd) {
    this.test = test;
    this.loop = loop;
    this.name = name;
    this.fd = fd;
    this.onReady = () -> test.take(fd);
  }

  /** A second thing to do when ready. */
  Watch then(Runnable more) {
    Runnable first = onReady;
    onReady =
        () -> {
          first.run();
          more.run();
        };
    return this;
  }

  /** What a handler does that gives its descriptor back. */
  void release() {
    registration.remove();
    test.close(fd);
  }

  @Override
  public void ready(Event event) {
    readyCount++;
    test.log.add(name);
    onReady.run();
  }

  @Override
  public void flush() {
    test.log.add(name + ".flush");
    if (onFlush != null) {
      onFlush.run();
    }
  }

  @Override
  public void dispose() {
    test.log.add(name + ".dispose");
    if (onDispose != null) {
      onDispose.run();
    }
  }

  @Override
  public void failed(Throwable cause) {
    failures.add(cause);
    test.log.add(name + ".failed");
    if (onFailed != null) {
      onFailed.run();
    } else if (registration != null && registration.isActive()) {
      release();
    }
  }
}
