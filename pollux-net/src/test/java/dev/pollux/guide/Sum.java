package dev.pollux.guide;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import java.nio.ByteBuffer;

// begin sum
/** Adds up numbers of four bytes, and tells the sum when the peer has ended. */
final class Sum implements ConnectionHandler {

  private long total;

  @Override
  public void received(Connection connection, ByteBuffer data) {
    while (data.remaining() >= Integer.BYTES) {
      total += data.getInt();
    } // up to three bytes stay: they are given again, in front of what comes next
  }

  @Override
  public void readClosed(Connection connection) {
    var _ = connection.write(US_ASCII.encode(total + "\n"));
    connection.close();
  }
}
// end sum
