package dev.pollux.sys;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One entry of an epoll instance's interest list, as the kernel prints it.
 *
 * @param fd the descriptor's number at the time it was added; the file behind it may have been
 *     closed under this number since, and another be open
 * @param events the mask. The kernel adds EPOLLERR and EPOLLHUP; a one-shot item that has fired
 *     keeps its mode bits only
 * @param data the user data
 * @param inode the inode of the file, with {@code device} what identifies it; -1 on a kernel that
 *     does not tell
 * @param device the device of the file's file system; -1 on a kernel that does not tell
 */
public record InterestItem(int fd, int events, long data, long inode, int device) {

  // fs/eventpoll.c: "tfd: %8d events: %8x data: %16llx  pos:%lli ino:%lx sdev:%x"
  private static final Pattern LINE =
      Pattern.compile(
          "tfd:\\s*(\\d+) events:\\s*(\\p{XDigit}+) data:\\s*(\\p{XDigit}+)"
              + "(?:\\s+pos:-?\\d+ ino:(\\p{XDigit}+) sdev:(\\p{XDigit}+))?\\s*");

  /** The items in the text of {@code /proc/PID/fdinfo/EPFD}. */
  static List<InterestItem> parse(String fdinfo) {
    List<InterestItem> items = new ArrayList<>();
    for (String line : fdinfo.lines().filter(line -> line.startsWith("tfd:")).toList()) {
      Matcher m = LINE.matcher(line);
      if (!m.matches()) {
        throw new IllegalStateException("a line of fdinfo in an unknown form: " + line);
      }
      boolean told = m.group(4) != null;
      items.add(
          new InterestItem(
              Integer.parseInt(m.group(1)),
              Integer.parseUnsignedInt(m.group(2), 16),
              Long.parseUnsignedLong(m.group(3), 16),
              told ? Long.parseUnsignedLong(m.group(4), 16) : -1,
              told ? Integer.parseUnsignedInt(m.group(5), 16) : -1));
    }
    return List.copyOf(items);
  }

  @Override
  public String toString() {
    return "fd=" + fd + " events=0x" + Integer.toHexString(events) + " data=0x" + hex(data);
  }

  private static String hex(long value) {
    return Long.toHexString(value);
  }
}
