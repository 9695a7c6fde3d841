package dev.pollux.cli.echo;

import dev.pollux.sys.Errno;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Remembers what an {@link EchoServer} did. */
final class RecordingLog implements EchoLog {

  final List<Integer> connected = new ArrayList<>();

  /** {@code reason}, {@code reason ERRNO}, {@code reason ERRNO unsent}. */
  final List<String> closed = new ArrayList<>();

  final List<Integer> closedFds = new ArrayList<>();
  final List<Integer> unsent = new ArrayList<>();
  final List<String> exhausted = new ArrayList<>();
  final List<Long> recovered = new ArrayList<>();
  int shedCount;
  long readCount;
  long readBytes;
  long wroteBytes;

  @Override
  public void connected(int fd, @Nullable SocketAddress peer) {
    connected.add(fd);
  }

  @Override
  public void read(int fd, int sizeBytes) {
    readCount++;
    readBytes += sizeBytes;
  }

  @Override
  public void wrote(int fd, int sizeBytes) {
    wroteBytes += sizeBytes;
  }

  @Override
  public void secured(int fd, String outcome) {}

  @Override
  public void closed(int fd, CloseReason reason, int errno, int unsentBytes, String detail) {
    closedFds.add(fd);
    unsent.add(unsentBytes);
    closed.add(reason + (errno == 0 ? "" : " " + Errno.name(errno)));
  }

  @Override
  public void exhausted(int errno) {
    exhausted.add(Errno.name(errno));
  }

  @Override
  public void recovered(long refusedCount) {
    recovered.add(refusedCount);
  }

  @Override
  public void shed() {
    shedCount++;
  }

  @Override
  public boolean isGathering() {
    return false;
  }

  @Override
  public boolean flush() {
    return true;
  }
}
