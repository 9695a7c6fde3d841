package dev.pollux.http.websocket;

/** Why a WebSocket ends, as its peers say it. Source: RFC 6455, 7.4, and the registry of IANA. */
public final class CloseCodes {

  /** What it was for is done. */
  public static final int NORMAL = 1000;

  /** A server that stops, a page that is left. */
  public static final int GOING_AWAY = 1001;

  /** What came is no WebSocket. */
  public static final int PROTOCOL_ERROR = 1002;

  /** A kind of data that the program does not take. */
  public static final int UNSUPPORTED_DATA = 1003;

  /** None was said; never sent. */
  public static final int NO_STATUS = 1005;

  /** The connection ended without a word; never sent. */
  public static final int ABNORMAL = 1006;

  /** Data that is not what it says to be: a text that is not UTF-8. */
  public static final int INVALID_DATA = 1007;

  /** Against a rule of the program's. */
  public static final int POLICY_VIOLATION = 1008;

  /** A message that is too long. */
  public static final int TOO_BIG = 1009;

  /** The program's code failed. */
  public static final int INTERNAL_ERROR = 1011;

  /** Later, perhaps. */
  public static final int TRY_AGAIN_LATER = 1013;

  private static final int FIRST_LIBRARY = 3000;
  private static final int LAST_PRIVATE = 4999;
  private static final int LAST_REGISTERED = 1014;
  private static final int RESERVED = 1004;

  private CloseCodes() {}

  /** Whether a peer may send it: registered ones, those of libraries, and 4000 to 4999. */
  public static boolean mayBeSent(int code) {
    boolean isRegistered = code >= NORMAL && code <= LAST_REGISTERED;
    boolean isReserved = code == RESERVED || code == NO_STATUS || code == ABNORMAL;
    return (isRegistered && !isReserved) || (code >= FIRST_LIBRARY && code <= LAST_PRIVATE);
  }

  static int require(int code) {
    if (!mayBeSent(code)) {
      throw new IllegalArgumentException(
          "code: " + code + " may not be sent; those of programs are 4000 to 4999");
    }
    return code;
  }
}
