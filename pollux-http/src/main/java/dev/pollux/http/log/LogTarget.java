package dev.pollux.http.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/** What lines are written to. Ownership: the writer's. Threads: the writer's. */
interface LogTarget {

  /**
   * Opens it again by its name, if it has one.
   *
   * @throws IOException if that cannot be done; then it is as before
   */
  void reopen() throws IOException;

  /**
   * Writes some of these lines, or nothing if it takes nothing for now, which it may wait for a
   * moment; the position is then behind what was taken.
   *
   * @param lines whole ones, but for the first, of which a part may have been taken; with an array
   * @throws IOException if it cannot; then the position is behind what nobody knows of
   */
  void write(ByteBuffer lines) throws IOException;

  /** Closes what it has opened. */
  void close() throws IOException;
}
