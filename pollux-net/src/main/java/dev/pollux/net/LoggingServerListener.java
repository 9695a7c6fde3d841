package dev.pollux.net;

import dev.pollux.sys.Errno;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Writes to the platform's logger that a server is out of something, and that it is over. */
record LoggingServerListener(Object server) implements ServerListener {

  /** In place of one for a server that does not exist yet. */
  static final ServerListener OF_ANY = new LoggingServerListener("a server");

  /** What tells of this server. */
  static ServerListener forServer(Server server, ServerListener asked) {
    return asked.equals(OF_ANY) ? new LoggingServerListener(server) : asked;
  }

  @Override
  public void exhausted(int errno) {
    log(
        ": connections are refused or left waiting: "
            + Errno.name(errno)
            + " ("
            + Errno.meaning(errno)
            + ")");
  }

  @Override
  public void recovered(long refusedCount) {
    log(": connections are accepted again; " + refusedCount + " were refused");
  }

  private void log(String what) {
    Logger logger = System.getLogger("dev.pollux.net");
    logger.log(Level.WARNING, server + what);
  }
}
