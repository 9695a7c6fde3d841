package dev.pollux.net;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Bound descriptors that this process was started with, by the protocol of systemd's socket
 * activation: {@code LISTEN_FDS} of them from number 3 on, meant for the process {@code
 * LISTEN_PID}, with names in {@code LISTEN_FDNAMES}.
 *
 * <pre>{@code
 * List<ListenFds> given = ListenFds.of(sys, System.getenv());
 * ServerOptions options =
 *     given.isEmpty() ? ServerOptions.at(address) : ServerOptions.on(given.getFirst().fd());
 * }</pre>
 *
 * <p>Whoever holds such a socket keeps it open, so while a service restarts, connections wait in
 * the backlog, and none is refused. One for datagrams is for {@link DatagramEndpoint#on}.
 *
 * <p>Ownership: the descriptors are the process's, who may close them; they are made close-on-exec.
 * Threads: any.
 *
 * <p>Source: sd_listen_fds(3).
 *
 * @param fd the descriptor
 * @param name what the unit calls it; {@code unknown} where it has no name
 */
public record ListenFds(int fd, String name) {

  /** The number of the first one: SD_LISTEN_FDS_START. */
  public static final int FIRST = 3;

  private static final int MOST = 1024; // more than that is a mistake in the environment
  private static final String UNNAMED = "unknown";

  /**
   * Those that an environment tells of; none if it tells of none, or they are another process's.
   *
   * @throws SysException EBADF if one of them is not open
   * @throws IllegalArgumentException if the environment is no such thing: a count that is none
   */
  public static List<ListenFds> of(Sys sys, Map<String, String> environment) throws SysException {
    return of(sys, environment, ProcessHandle.current().pid());
  }

  static List<ListenFds> of(Sys sys, Map<String, String> environment, long pid)
      throws SysException {
    String meant = environment.get("LISTEN_PID");
    String counted = environment.get("LISTEN_FDS");
    if (meant == null || counted == null || number("LISTEN_PID", meant) != pid) {
      return List.of();
    }
    long count = number("LISTEN_FDS", counted);
    if (count > MOST) {
      throw new IllegalArgumentException("LISTEN_FDS=" + counted + ": more than " + MOST);
    }
    String[] names = environment.getOrDefault("LISTEN_FDNAMES", "").split(":", -1);
    List<ListenFds> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int fd = FIRST + i;
      int result = sys.fcntl(fd, Linux.F_SETFD, Linux.FD_CLOEXEC);
      if (result < 0) {
        throw SysException.of("fcntl(fd=" + fd + ") of LISTEN_FDS=" + counted, result);
      }
      all.add(new ListenFds(fd, i < names.length && !names[i].isEmpty() ? names[i] : UNNAMED));
    }
    return List.copyOf(all);
  }

  private static long number(String variable, String text) {
    try {
      long number = Long.parseLong(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException _) {
      // said below
    }
    throw new IllegalArgumentException(variable + "=" + text + ": not a number");
  }
}
