package dev.pollux.http.files;

import dev.pollux.http.fields.HttpDates;
import org.jspecify.annotations.Nullable;

/**
 * What tells one content of a file from another: an entity tag made of its inode, size and time,
 * and the time. A file that changed within the last second may change again within the same tick of
 * the kernel's clock: until then its tag is a weak one, and its time is none for a range.
 *
 * <p>Not guaranteed: that a file which is written in place has another tag, if its size is the same
 * and its time is set back, or is of the same tick; that copies on two disks have the same one.
 *
 * @param tag without the mark of a weak one
 * @param isWeak whether it may have changed since
 * @param second when it was modified, since 1970
 */
record Validators(String tag, boolean isWeak, long second) {

  private static final String WEAK = "W/";

  /**
   * Of a file.
   *
   * @param coding of its content, as a part of the tag; empty for none
   * @param now the second that it is
   */
  static Validators of(FileStatus status, String coding, long now) {
    String inode = Long.toHexString(status.inode());
    String size = Long.toHexString(status.sizeBytes());
    String time = Long.toHexString(status.second()) + "." + Integer.toHexString(status.nanos());
    String suffix = coding.isEmpty() ? "" : "-" + coding;
    boolean isFresh = status.second() >= now - 1;
    long second = Math.clamp(status.second(), HttpDates.FIRST, now); // never later than the answer
    return new Validators('"' + inode + "-" + size + "-" + time + suffix + '"', isFresh, second);
  }

  /** As the field says it. */
  String field() {
    return isWeak ? WEAK + tag : tag;
  }

  String lastModified() {
    return HttpDates.text(second);
  }

  /** Whether a list of tags has it, or is "*"; what is no tag ends the list. */
  boolean isIn(String list, boolean isStrong) {
    if (list.strip().equals("*")) {
      return true;
    }
    int i = 0;
    while (i < list.length()) {
      char c = list.charAt(i);
      if (c == ' ' || c == '\t' || c == ',') {
        i++;
        continue;
      }
      int start = list.startsWith(WEAK, i) ? i + WEAK.length() : i;
      int end =
          start < list.length() && list.charAt(start) == '"' ? list.indexOf('"', start + 1) : -1;
      if (end < 0) {
        return false;
      }
      if (list.substring(start, end + 1).equals(tag) && !(isStrong && (isWeak || start != i))) {
        return true;
      }
      i = end + 1;
    }
    return false;
  }

  /** Whether it was not modified since a date; not so if that is none. */
  boolean isSince(@Nullable String date) {
    long limit = date == null ? HttpDates.NONE : HttpDates.second(date);
    return limit != HttpDates.NONE && second <= limit;
  }

  /** Whether a part of this goes with what the client has: the If-Range field. */
  boolean isSame(String ifRange) {
    String said = ifRange.strip();
    if (said.startsWith("\"") || said.startsWith(WEAK)) {
      return !isWeak && said.equals(tag);
    }
    return !isWeak && HttpDates.second(said) == second;
  }
}
