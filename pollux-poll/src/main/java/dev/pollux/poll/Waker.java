package dev.pollux.poll;

/**
 * What ends a wait on request.
 *
 * <p>Threads: {@link #ring} from any thread; {@link #drain} from any waiter, several at once
 * included.
 */
interface Waker {

  /** Has one wait return, the one in progress or the next: its {@link Events#token} is set. */
  void ring();

  /** The ring was heard. */
  void drain();

  /** Idempotent, and goes on after an error; one thread at a time. */
  void close();
}
