package dev.pollux.lab.fuzz;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.pollux.sys.Errno;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.StringJoiner;

/** What an operation returned, all of it that programs can see. Reused for every operation. */
final class Outcome {
  /** Room for the events of one wait, two numbers each. */
  private static final int MAX_VALUES = 2 * Executor.MAX_EVENTS;

  private final MemorySegment bytes;
  private final long[] values = new long[MAX_VALUES];
  private int result;
  private int valueCount;
  private int byteCount;

  /** An outcome whose bytes read stand in a buffer. */
  Outcome(MemorySegment bytes) {
    this.bytes = bytes;
  }

  void start() {
    result = 0;
    valueCount = 0;
    byteCount = 0;
  }

  void result(int newResult) {
    result = newResult;
  }

  void add(long value) {
    values[valueCount++] = value;
  }

  void bytesRead(int count) {
    byteCount = count;
  }

  /** What the call returned: {@code >= 0} or {@code -errno}. */
  int result() {
    return result;
  }

  /** What else it gave out, such as the events of a wait. */
  long value(int index) {
    return values[index];
  }

  /** How many such numbers there are. */
  int valueCount() {
    return valueCount;
  }

  int byteCount() {
    return byteCount;
  }

  /** Whether both are the same, to the last bit. */
  boolean matches(Outcome other) {
    return result == other.result
        && valueCount == other.valueCount
        && byteCount == other.byteCount
        && Arrays.equals(values, 0, valueCount, other.values, 0, valueCount)
        && MemorySegment.mismatch(bytes, 0, byteCount, other.bytes, 0, byteCount) < 0;
  }

  /** Whether both are the same, with the events of a wait in any order. */
  boolean matchesInAnyOrder(Outcome other) {
    if (result != other.result || valueCount != other.valueCount) {
      return false;
    }
    return Arrays.equals(sortedEvents(), other.sortedEvents());
  }

  private String[] sortedEvents() {
    String[] events = new String[valueCount / 2];
    for (int i = 0; i < events.length; i++) {
      events[i] = values[2 * i] + " " + values[2 * i + 1];
    }
    Arrays.sort(events);
    return events;
  }

  /** Whether both are the same, where any number of bytes is as good as any other. */
  boolean matchesInSign(Outcome other) {
    return result == other.result || (result > 0 && other.result > 0);
  }

  /** The outcome of an operation in words. */
  String text(Op op) {
    if (result < 0) {
      return Errno.name(-result)
          + (op.kind() == Kind.DRAIN ? " after " + byteCount : "")
          + rest(op);
    }
    return result + rest(op);
  }

  private String rest(Op op) {
    return switch (op.kind()) {
      case WAIT, PWAIT, PWAIT2 -> events();
      case POLL, PPOLL -> revents(op);
      case SELECT, PSELECT -> result < 0 ? "" : sets();
      case FILL -> " after " + values[0] + " bytes";
      case LISTEN -> " bind " + values[0];
      case SELF, PEER -> result < 0 ? "" : " length " + values[0] + name(values[1]);
      case GETOPT -> result < 0 ? "" : " value " + values[1] + " in " + values[0] + " bytes";
      case RECVMSG -> result < 0 ? "" : message();
      case AVAILABLE, ERROR -> result < 0 ? "" : " value " + values[0];
      case DRAIN -> result < 0 ? bytesText() : " after " + byteCount + bytesText();
      case READ, RECV -> bytesText();
      default -> "";
    };
  }

  private static String name(long name) {
    return name == Names.OTHER ? " of something else" : name < 0 ? " unnamed" : " name " + name;
  }

  private String message() {
    return bytesText()
        + (" flags 0x" + Long.toHexString(values[0]))
        + (" length " + values[1] + name(values[2]));
  }

  private String events() {
    StringJoiner text = new StringJoiner(", ", " [", "]");
    for (int i = 0; i < valueCount; i += 2) {
      text.add("#" + values[i + 1] + " " + OpText.events((int) values[i]));
    }
    return text.toString();
  }

  private String revents(Op op) {
    StringJoiner text = new StringJoiner(", ", " [", "]");
    for (int i = 0; i < valueCount; i++) {
      text.add(
          (op.arg(2 * i) == Op.NO_HANDLE ? "-1" : "h" + op.arg(2 * i))
              + " "
              + OpText.events((int) values[i]));
    }
    return text.toString();
  }

  private String sets() {
    StringJoiner text = new StringJoiner(", ", " [", "]");
    for (int handle = 0; handle < Op.HANDLES; handle++) {
      int sets = 0;
      for (int set = 0; set < 3; set++) {
        sets |= (int) (values[set] >>> handle & 1) << set;
      }
      if (sets != 0) {
        text.add("h" + handle + " " + OpText.sets(sets));
      }
    }
    return text.toString();
  }

  /** A few bytes in full, many by their hash. */
  private String bytesText() {
    if (byteCount == 0) {
      return "";
    }
    if (byteCount > Long.BYTES) {
      int hash = 1;
      for (int i = 0; i < byteCount; i++) {
        hash = 31 * hash + bytes.get(JAVA_BYTE, i);
      }
      return " hash " + Integer.toHexString(hash);
    }
    StringBuilder text = new StringBuilder(" bytes");
    for (int i = 0; i < byteCount; i++) {
      int value = bytes.get(JAVA_BYTE, i) & 0xff;
      text.append(value < 16 ? " 0" : " ").append(Integer.toHexString(value));
    }
    return text.toString();
  }
}
