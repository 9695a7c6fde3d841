package dev.pollux.micrometer;

import java.util.Arrays;

/**
 * The statuses that are told apart: those that are registered. Any other is its class, as "4xx", so
 * that their number is bounded whatever programs answer.
 *
 * <p>Source: the registry of HTTP status codes at IANA, RFC 9110, 16.2.
 */
final class Statuses {

  private static final int[] REGISTERED = {
    100, 101, 102, 103, 104, 200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303,
    304, 305, 307, 308, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414,
    415, 416, 417, 421, 422, 423, 424, 425, 426, 428, 429, 431, 451, 500, 501, 502, 503, 504, 505,
    506, 507, 508, 510, 511
  };

  private static final int CLASSES = 5;

  /** Of what had no answer. */
  private static final int NONE = REGISTERED.length + CLASSES;

  /** How many slots there are. */
  static final int COUNT = NONE + 1;

  private Statuses() {}

  /** The slot of a status; of 0 that of no answer. */
  static int slot(int status) {
    int at = Arrays.binarySearch(REGISTERED, status);
    if (at >= 0) {
      return at;
    }
    int kind = status / 100;
    return kind >= 1 && kind <= CLASSES ? REGISTERED.length + kind - 1 : NONE;
  }

  /** What the tag says. */
  static String tag(int slot) {
    if (slot < REGISTERED.length) {
      return Integer.toString(REGISTERED[slot]);
    }
    return slot == NONE ? "UNKNOWN" : (slot - REGISTERED.length + 1) + "xx";
  }

  /** What the tag of the outcome says, as Micrometer has it. */
  static String outcome(int slot) {
    int kind = slot < REGISTERED.length ? REGISTERED[slot] / 100 : slot - REGISTERED.length + 1;
    return switch (kind) {
      case 1 -> "INFORMATIONAL";
      case 2 -> "SUCCESS";
      case 3 -> "REDIRECTION";
      case 4 -> "CLIENT_ERROR";
      case 5 -> "SERVER_ERROR";
      default -> "UNKNOWN";
    };
  }
}
