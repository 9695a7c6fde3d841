package dev.pollux.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
 * <p>A name is looked up once for all who ask for it meanwhile. A look-up that has not begun when
 * {@linkplain Answer#isWanted nobody waits for it any more} is dropped.
 *
 * <p>Limits: so many names wait at most, and so many who ask for one; one more fails at once, in
 * words. A look-up that hangs holds its thread, and who asks for its name waits for it: a {@link
 * Connector} gives up by its own time.
 *
 * <p>Ownership: nobody's; it holds nothing while nothing is looked up. Threads: any.
 */
public final class LookupPool implements Resolver {

  private static final int KEEP_SECONDS = 10;
  private static final int SHARED_THREADS = 4;
  private static final int SHARED_WAITING = 1024;

  /** That of {@link Resolver#SYSTEM}: 4 threads, and 1,024 look-ups that wait for one. */
  public static final LookupPool SHARED =
      new LookupPool(AddressOrder::system, SHARED_THREADS, SHARED_WAITING);

  private final Lookup lookup;
  private final int waiting;
  private final ThreadPoolExecutor threads;

  /** What is being looked up, or is to be. Guarded by itself. */
  private final Map<String, Question> asked = new HashMap<>();

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
    RejectedExecutionException busy = null;
    boolean taken;
    synchronized (asked) {
      Question question = asked.get(host);
      if (question == null) {
        question = new Question(host);
        busy = begin(question);
      }
      taken = busy == null && question.add(answer, waiting);
    }
    if (!taken) {
      String who = busy == null ? " wait for its addresses" : " names wait to be looked up";
      UnknownHostException failure =
          new UnknownHostException(host + ": " + waiting + who + " already; try again later");
      failure.initCause(busy);
      answer.failed(failure);
    }
  }

  /**
   * Has a thread look it up, if need be in the place of what nobody waits for; null if one will.
   */
  private @Nullable RejectedExecutionException begin(Question question) {
    try {
      threads.execute(question);
    } catch (RejectedExecutionException full) {
      if (!threads.getQueue().removeIf(each -> each instanceof Question old && old.isGivenUp())) {
        return full;
      }
      threads.execute(question);
    }
    asked.put(question.host, question);
    return null;
  }

  /** A name, and who waits for its addresses. Guarded by {@link #asked}. */
  private final class Question implements Runnable {
    private final String host;
    private final List<Answer> answers = new ArrayList<>();

    Question(String host) {
      this.host = host;
    }

    boolean add(Answer answer, int most) {
      boolean _ = answers.removeIf(each -> !isWanted(each));
      return answers.size() < most && answers.add(answer);
    }

    /** Whether nobody waits for it; then nobody will. */
    boolean isGivenUp() {
      boolean givenUp = answers.stream().noneMatch(Question::isWanted);
      return givenUp && asked.remove(host, this);
    }

    @Override
    public void run() {
      synchronized (asked) {
        if (isGivenUp()) {
          return;
        }
      }
      List<InetAddress> found = List.of();
      Throwable failure = null;
      try {
        found = checked(host, lookup.addressesOf(host));
      } catch (Throwable t) { // also a lookup of the program's own that fails in another way
        failure = t;
      }
      synchronized (asked) {
        asked.remove(host, this); // from here on nobody adds to the answers
      }
      for (Answer each : answers) {
        give(each, found, failure);
      }
    }

    /** What one of them throws is not the others' loss. */
    private static void give(Answer answer, List<InetAddress> found, @Nullable Throwable failure) {
      try {
        if (failure == null) {
          answer.resolved(found);
        } else {
          answer.failed(failure);
        }
      } catch (Throwable t) {
        report(t);
      }
    }

    /** One that does not say so is wanted. */
    private static boolean isWanted(Answer answer) {
      try {
        return answer.isWanted();
      } catch (Throwable t) {
        report(t);
        return true;
      }
    }

    private static void report(Throwable thrown) {
      Thread thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
    }
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
}
