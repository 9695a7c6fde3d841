package dev.pollux.inspect;

import dev.pollux.sys.InterestItem;
import dev.pollux.sys.Linux;
import java.util.ArrayList;
import java.util.List;

/**
 * One item of an interest list, as the kernel shows it.
 *
 * <p>Source: proc_pid_fdinfo(5); the private bits are those of {@code fs/eventpoll.c}.
 *
 * @param fd the number it was added by, which may be another file's by now
 * @param events the mask and the modes
 * @param data the program's own word, 64 bits of it
 * @param inode of the file that was added
 * @param device of the file that was added, as the kernel numbers them
 */
public record EpollItem(int fd, int events, long data, long inode, int device) {

  private static final int MODES =
      Linux.EPOLLET | Linux.EPOLLONESHOT | Linux.EPOLLEXCLUSIVE | 1 << 29; // EPOLLWAKEUP

  /** Of what the kernel prints. */
  public static EpollItem of(InterestItem printed) {
    return new EpollItem(
        printed.fd(), printed.events(), printed.data(), printed.inode(), printed.device());
  }

  /** What is asked for, without the modes. */
  public int mask() {
    return events & ~MODES;
  }

  /** Whether any of these bits is asked for. */
  public boolean wants(int bits) {
    return (events & bits) != 0;
  }

  /** Edge-triggered: told of what comes, and not of what is there. */
  public boolean isEdge() {
    return wants(Linux.EPOLLET);
  }

  /** Told of once, until it is armed again. */
  public boolean isOneshot() {
    return wants(Linux.EPOLLONESHOT);
  }

  /** Of several instances that have the file, about one is woken. */
  public boolean isExclusive() {
    return wants(Linux.EPOLLEXCLUSIVE);
  }

  /** A one-shot that was told of, and not armed since: the kernel takes the whole mask away. */
  public boolean hasFired() {
    return isOneshot() && mask() == 0;
  }

  /** In words: {@code IN|RDHUP edge}. */
  public String text() {
    List<String> bits = new ArrayList<>();
    add(bits, Linux.EPOLLIN, "IN");
    add(bits, Linux.EPOLLOUT, "OUT");
    add(bits, Linux.EPOLLPRI, "PRI");
    add(bits, Linux.EPOLLRDHUP, "RDHUP");
    String mask = hasFired() ? "fired" : bits.isEmpty() ? "nothing" : String.join("|", bits);
    return mask
        + (isEdge() ? " edge" : "")
        + (isOneshot() ? " one-shot" : "")
        + (isExclusive() ? " exclusive" : "");
  }

  private void add(List<String> bits, int bit, String name) {
    if (wants(bit)) {
      bits.add(name);
    }
  }

  /**
   * What an item keeps as long as it is there.
   *
   * @param fd the number
   * @param inode of the file
   * @param device of the file
   */
  public record Key(int fd, long inode, int device) {}

  /** By this it is known in another look. */
  public Key key() {
    return new Key(fd, inode, device);
  }
}
