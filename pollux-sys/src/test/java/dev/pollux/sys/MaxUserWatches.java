package dev.pollux.sys;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Another limit of epoll registrations per user, for the whole machine, while it is open.
 *
 * <p>The file must be read by one read: sysctl files answer only at offset 0, and {@code
 * Files.readString}, which begins with a single byte, gets the first digit and no more.
 */
final class MaxUserWatches implements AutoCloseable {

  static final Path FILE = Path.of("/proc/sys/fs/epoll/max_user_watches");

  private final FileChannel file;
  private final long before;

  private MaxUserWatches(long limit) throws IOException {
    file = FileChannel.open(FILE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    before = read();
    write(limit);
  }

  static MaxUserWatches lowerTo(long limit) throws IOException {
    return new MaxUserWatches(limit);
  }

  private long read() throws IOException {
    ByteBuffer text = ByteBuffer.allocate(64);
    int n = file.read(text, 0);
    return Long.parseLong(new String(text.array(), 0, n, US_ASCII).strip());
  }

  private void write(long limit) throws IOException {
    byte[] text = (limit + "\n").getBytes(US_ASCII);
    if (file.write(ByteBuffer.wrap(text), 0) != text.length) {
      throw new IOException("a short write of " + FILE);
    }
  }

  @Override
  public void close() throws IOException {
    write(before);
    long now = read();
    file.close();
    if (now != before) {
      throw new IOException(FILE + " is " + now + " and was " + before);
    }
  }
}
