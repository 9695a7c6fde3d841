package dev.pollux.bench;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Child processes that would not end by themselves when this one is told to: a shutdown hook ends
 * them. The launcher and taskset become what they start, so the handle is the server's.
 *
 * <p>Not guaranteed: their end when this process is killed with SIGKILL, after which nothing runs.
 */
final class Children {

  private static final Set<ProcessHandle> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(Children::endAll, "end-children"));
  }

  private Children() {}

  /** Starts a process, which from now on does not outlive this one. */
  static Process start(ProcessBuilder builder) throws IOException {
    Process process = builder.start();
    ProcessHandle handle = process.toHandle();
    RUNNING.add(handle);
    var _ = handle.onExit().thenAccept(RUNNING::remove);
    return process;
  }

  private static void endAll() {
    RUNNING.forEach(ProcessHandle::destroy);
  }
}
