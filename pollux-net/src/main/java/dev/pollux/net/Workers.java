package dev.pollux.net;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Threads that answer requests, while the loops go on reading and writing: half-sync/half-reactive
 * [1].
 *
 * <pre>{@code
 * Framing lines = Framing.lines(1024);
 * try (Workers workers = Workers.platform(8, 1024)) {
 *   WorkHandler work = (request, reply) -> reply.write(query(request));
 *   HandlerFactory factory = workers.handlers(lines, work);
 *   ...
 * }
 * }</pre>
 *
 * <h2>Order and limits</h2>
 *
 * <p>The loop copies each frame and puts it into the queue; the first free worker takes it; the
 * answer goes back by a task of the loop. One request of a connection is worked on at a time, so
 * its requests and its answers are in order. Nothing is dropped while the connection lives:
 *
 * <ul>
 *   <li>The queue holds {@code queueCapacity} requests. A connection that finds it full stops
 *       reading, with that one request held back; it is queued as soon as there is room, in order
 *       of arrival, and reading goes on when it is answered.
 *   <li>A connection holds at most one more request, the next, and stops reading with it.
 *   <li>A connection whose peer does not take answers, so that it is not {@linkplain
 *       Connection#isWritable writable}, is given no more work until it is.
 *   <li>A worker that finds the queue of the loop full waits until there is room, up to 1 ms at a
 *       time: a busy loop slows the workers down.
 * </ul>
 *
 * <p>So memory is bounded by {@code queueCapacity} and two requests a connection, the second one
 * with what frames it.
 *
 * <h2>Ends</h2>
 *
 * <p>When the peer ends its stream, the requests it sent are answered before the connection is
 * closed, which is when the peer has taken the answers, or takes {@linkplain
 * ConnectionOptions#writeStall nothing of them} for too long; and {@link Server#stop} waits for
 * answers in the same way. Requests of a connection that is over are dropped and {@linkplain
 * WorkerStats#droppedCount counted}. When the connection is {@linkplain Connection#setHandler
 * handed over}, so is an answer that is late; the next request, which waits here, is the other
 * handler's to read, and reading goes on. Within a frame that {@linkplain Framing#containing
 * contains} others the connection ends: what waits is no whole frame there.
 *
 * <p>Ownership: the threads are the workers'; the loops stay the caller's. Threads: any, but {@link
 * #close} not on the thread of a loop.
 *
 * <p>[1] Schmidt, Stal, Rohnert, Buschmann: Pattern-Oriented Software Architecture 2 (2000),
 * Half-Sync/Half-Async.
 */
public final class Workers implements AutoCloseable {

  private final Threads source;
  private final WorkQueue queue;
  private final List<Thread> threads;
  private final Set<EventLoop> loops = ConcurrentHashMap.newKeySet();

  private Workers(Threads source, Thread.Builder builder, int threadCount, int queueCapacity) {
    if (threadCount < 1) {
      throw new IllegalArgumentException("count of workers: " + threadCount + " < 1");
    }
    if (queueCapacity < 1) {
      throw new IllegalArgumentException("queueCapacity: " + queueCapacity + " < 1");
    }
    this.source = source;
    this.queue = new WorkQueue(source, queueCapacity);
    List<Thread> started = new ArrayList<>();
    boolean all = false;
    try {
      for (int i = 0; i < threadCount; i++) {
        started.add(source.start(builder, () -> work(queue)));
      }
      all = true;
    } finally {
      if (!all) {
        List<WorkRequest> _ = queue.close();
        join(source, started);
      }
    }
    this.threads = List.copyOf(started);
  }

  /** So many platform threads, for work that computes: {@code worker-0} and on. */
  public static Workers platform(int threadCount, int queueCapacity) {
    return of(Thread.ofPlatform().name("worker-", 0), threadCount, queueCapacity);
  }

  /**
   * So many virtual threads, for work that waits: {@code worker-0} and on; all of them are there
   * from the beginning.
   */
  public static Workers virtual(int maxConcurrent, int queueCapacity) {
    return of(Thread.ofVirtual().name("worker-", 0), maxConcurrent, queueCapacity);
  }

  /**
   * So many threads of a builder, with names and whatever else it gives them: {@code
   * Thread.ofPlatform().name("query-", 0).daemon()}.
   *
   * @throws IllegalArgumentException if one of the numbers is less than 1
   * @throws RuntimeException what the builder throws; then none of the threads is left, which also
   *     holds for an Error
   */
  public static Workers of(Thread.Builder threads, int threadCount, int queueCapacity) {
    return of(Threads.jvm(), threads, threadCount, queueCapacity);
  }

  /**
   * As {@link #of(Thread.Builder, int, int)}, with threads from elsewhere: in a simulation those of
   * the host, {@code env.threads()}.
   */
  public static Workers of(
      Threads source, Thread.Builder threads, int threadCount, int queueCapacity) {
    return new Workers(source, threads, threadCount, queueCapacity);
  }

  /** The handler of one connection: its frames are requests to this. */
  public ConnectionHandler handler(Connection connection, Framing framing, WorkHandler handler) {
    return new WorkConnection(this, framing, handler, connection).reader();
  }

  /** The handlers of the connections of a server: their frames are requests to this. */
  public HandlerFactory handlers(Framing framing, WorkHandler handler) {
    return connection -> handler(connection, framing, handler);
  }

  /** What they have done so far. */
  public WorkerStats stats() {
    return queue.stats();
  }

  /**
   * Ends the threads, and waits for them: requests in work are finished; those that wait are
   * dropped and counted, and their connections cut off; so is a connection that sends another one.
   * Idempotent. An interrupt of the caller is kept for later.
   *
   * @throws IllegalStateException on the thread of a loop that has requests here and is open: the
   *     workers may have to wait for it, so it does not wait for them. They end all the same, each
   *     when it has finished what it has in work; called again elsewhere, this waits for that
   */
  @Override
  public void close() {
    List<WorkRequest> dropped = queue.close(); // first: from here on the threads end, come what may
    for (WorkRequest request : dropped) {
      request.owner().post(request.owner()::cutOff);
    }
    for (EventLoop loop : loops) {
      if (!loop.isClosed() && loop.inLoop()) {
        throw new IllegalStateException(
            "workers must not be closed on "
                + loop
                + ", for which they may have to wait: they end, but nobody waited for that");
      }
    }
    join(source, threads);
  }

  /** Waits for threads to end. Keeps an interrupt for later. */
  private static void join(Threads source, List<Thread> threads) {
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          source.join(thread);
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  WorkQueue.Outcome add(WorkRequest request) {
    return queue.add(request);
  }

  void dropped() {
    queue.dropped();
  }

  /** Remembers a loop that the workers may wait for. */
  void know(EventLoop loop) {
    boolean _ = loops.add(loop);
  }

  private static void work(WorkQueue queue) {
    for (WorkRequest next = queue.take(); next != null; next = queue.take()) {
      WorkConnection owner = next.owner();
      if (owner.isCancelled()) {
        queue.finished(false, false);
        continue;
      }
      boolean done = false;
      try {
        owner.handle(next.payload());
        done = true;
      } catch (Throwable t) {
        owner.post(() -> owner.failed(t));
      } finally {
        queue.finished(done, !done);
      }
      boolean _ = Thread.interrupted(); // what the handler left behind is not the next one's
    }
  }
}
