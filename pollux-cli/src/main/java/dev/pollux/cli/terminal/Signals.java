package dev.pollux.cli.terminal;

import java.io.FileInputStream;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * SIGINT, SIGTERM and SIGHUP, which a closed terminal sends, as a request to stop, so that the
 * process can finish and exit with 0.
 *
 * <p>A shutdown hook will not do: the JVM then exits with 128 and more, and a second signal waits
 * for the hook. {@code sun.misc.Signal} is exported by the JDK for this, but javac warns of it in a
 * way that cannot be suppressed, and a warning fails this build: hence the reflection.
 */
public final class Signals implements InvocationHandler {

  private static final int EXIT_BY_SIGNAL = 128;
  private static final int HANGUP = 1;

  private final IntConsumer stop;
  private final @Nullable Runnable reload;
  private final boolean hadTerminal;
  private final AtomicBoolean asked = new AtomicBoolean();

  private Signals(IntConsumer stop, @Nullable Runnable reload) {
    this.stop = stop;
    this.reload = reload;
    this.hadTerminal = reload != null && hasTerminal();
  }

  /**
   * From now on the first of these signals runs {@code stop}, on a thread of the JVM's; the second
   * ends the process. A signal that is ignored, as a shell or nohup arranges for background jobs,
   * stays so.
   */
  public static void onStop(Runnable stop) {
    onStop(_ -> stop.run());
  }

  /** As the other; {@code stop} is given what a process exits with that such a signal ended. */
  public static void onStop(IntConsumer stop) {
    take(new Signals(stop, null));
  }

  /**
   * As the others; but SIGHUP runs {@code reload}, as often as it comes, unless it came because the
   * terminal was closed that there was at first.
   */
  public static void onStopOrReload(Runnable stop, Runnable reload) {
    take(new Signals(_ -> stop.run(), reload));
  }

  private static void take(Signals taker) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {handler}, taker);
      Method handle = signal.getMethod("handle", signal, handler);
      for (String name : new String[] {"TERM", "INT", "HUP"}) {
        handle.invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the module jdk.unsupported of this JDK has no signals", e);
    }
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Exception {
    if (!method.getName().equals("handle") || arguments == null) {
      return null;
    }
    Object signal = arguments[0];
    Object number = signal.getClass().getMethod("getNumber").invoke(signal);
    int exitCode = EXIT_BY_SIGNAL + (Integer) number;
    Runnable reloads = reload;
    if (reloads != null && number.equals(HANGUP) && (!hadTerminal || hasTerminal())) {
      synchronized (reloads) { // one after the other; a signal to stop does not wait for it
        reloads.run();
      }
      return null;
    }
    if (asked.getAndSet(true)) {
      Runtime.getRuntime().halt(exitCode);
    }
    stop.accept(exitCode); // before anything that could be waited for
    if (reloads != null && number.equals(HANGUP)) {
      System.err.println("pollux: the terminal is gone, so this is the end");
    }
    return null;
  }

  /** Whether the process has a terminal that is there. */
  private static boolean hasTerminal() {
    try (FileInputStream _ = new FileInputStream("/dev/tty")) {
      return true;
    } catch (IOException _) {
      return false;
    }
  }
}
