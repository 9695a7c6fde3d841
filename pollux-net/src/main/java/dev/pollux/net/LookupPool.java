package dev.pollux.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Resolver} by look-ups that block, on threads of its own, away from the loops.
 *
 * <p>They are platform threads, because a look-up blocks in the C library, where a virtual thread
 * would hold its carrier; so many at most, made when they are needed, and gone after {@value
 * #KEEP_SECONDS} s without work. They are daemons: nobody has to end them, and a process ends
 * without them.
 *
 * <p>Limits: so many look-ups wait at most; one more fails at once, in words. A look-up that hangs
 * holds its thread: a {@link Connector} gives up by its own time, and does not wait for it.
 *
 * <p>Ownership: nobody's; it holds nothing while nothing is looked up. Threads: any.
 */
public final class LookupPool implements Resolver {

  private static final int KEEP_SECONDS = 10;
  private static final int SHARED_THREADS = 4;
  private static final int SHARED_WAITING = 1024;

  /** That of {@link Resolver#SYSTEM}: 4 threads, and 1,024 look-ups that wait for one. */
  public static final LookupPool SHARED =
      new LookupPool(LookupPool::system, SHARED_THREADS, SHARED_WAITING);

  private final Lookup lookup;
  private final int waiting;
  private final ThreadPoolExecutor threads;

  private LookupPool(Lookup lookup, int threadCount, int waiting) {
    this.lookup = lookup;
    this.waiting = waiting;
    this.threads =
        new ThreadPoolExecutor(
            threadCount,
            threadCount,
            KEEP_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(waiting),
            Thread.ofPlatform().daemon().name("pollux-lookup-", 1).factory());
    this.threads.allowCoreThreadTimeOut(true);
  }

  /**
   * A pool for look-ups of one's own.
   *
   * @param threads how many run at once, at least 1
   * @param waiting how many more may wait, at least 1
   */
  public static LookupPool of(Lookup lookup, int threads, int waiting) {
    return new LookupPool(
        Objects.requireNonNull(lookup),
        OptionChecks.atLeast("threads", threads, 1),
        OptionChecks.atLeast("waiting", waiting, 1));
  }

  @Override
  public void resolve(String host, Answer answer) {
    try {
      threads.execute(() -> lookUp(host, answer));
    } catch (RejectedExecutionException e) {
      UnknownHostException busy =
          new UnknownHostException(
              host + ": " + waiting + " names wait to be looked up already; try again later");
      busy.initCause(e);
      answer.failed(busy);
    }
  }

  private void lookUp(String host, Answer answer) {
    List<InetAddress> found;
    try {
      found = checked(host, lookup.addressesOf(host));
    } catch (Throwable t) { // also a lookup of the program's own that fails in another way
      answer.failed(t);
      return;
    }
    answer.resolved(found);
  }

  /** A copy of what was found, which is a failure if it is null or has a null in it. */
  static List<InetAddress> checked(String host, @Nullable List<InetAddress> found)
      throws UnknownHostException {
    List<@Nullable InetAddress> copy = found == null ? List.of() : new ArrayList<>(found);
    if (found == null || copy.contains(null)) {
      throw new UnknownHostException(host + ": looked up, and the answer was " + found);
    }
    return List.copyOf(found);
  }

  private static List<InetAddress> system(String host) throws UnknownHostException {
    return List.of(InetAddress.getAllByName(host));
  }
}
