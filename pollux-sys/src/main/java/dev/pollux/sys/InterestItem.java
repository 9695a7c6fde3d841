package dev.pollux.sys;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
  private static final Pattern FIELD = Pattern.compile("(\\w+):\\s*(-?\\p{XDigit}+)\\b");

  /**
   * The items in the text of {@code /proc/PID/fdinfo/EPFD}. Other lines and other fields, which a
   * later kernel may add, are passed over.
   */
  public static List<InterestItem> parse(String fdinfo) {
    List<InterestItem> items = new ArrayList<>();
    for (String line : fdinfo.lines().filter(line -> line.startsWith("tfd:")).toList()) {
      Map<String, String> fields = new HashMap<>();
      for (Matcher m = FIELD.matcher(line); m.find(); ) {
        fields.putIfAbsent(m.group(1), m.group(2));
      }
      try {
        items.add(
            new InterestItem(
                Integer.parseInt(fields.getOrDefault("tfd", "")),
                Integer.parseUnsignedInt(fields.getOrDefault("events", ""), 16),
                Long.parseUnsignedLong(fields.getOrDefault("data", ""), 16),
                fields.containsKey("ino") ? Long.parseUnsignedLong(fields.get("ino"), 16) : -1,
                fields.containsKey("sdev")
                    ? Integer.parseUnsignedInt(fields.get("sdev"), 16)
                    : -1));
      } catch (NumberFormatException e) {
        // It does not tell what an item is.
      }
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
