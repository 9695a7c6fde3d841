package dev.pollux.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** What statuses are called. Source: RFC 9110, 15; the IANA registry. */
final class Statuses {

  private static final int FIRST = 100;
  private static final int LAST = 599;
  private static final byte[][] LINES = new byte[LAST + 1][];

  static {
    for (int status = FIRST; status <= LAST; status++) {
      LINES[status] = ("HTTP/1.1 " + status + " " + name(status) + "\r\n").getBytes(ISO_8859_1);
    }
  }

  private Statuses() {}

  /** Its line, with the end; not to be written to. */
  static byte[] line(int status) {
    return LINES[status];
  }

  /** What is said beside an error. */
  static String text(int status, String problem) {
    return status + " " + name(status) + ": " + problem + "\n";
  }

  static int requireFinal(int status) {
    if (status < 200 || status > LAST) {
      throw new IllegalArgumentException("status: " + status + " is none of 200 to " + LAST);
    }
    return status;
  }

  static int requireRedirect(int status) {
    if (status < 301 || status > 308 || (status > 303 && status < 307)) {
      throw new IllegalArgumentException("status: " + status + " is none of a redirect");
    }
    return status;
  }

  static int requireEarly(int status) {
    if (status <= 101 || status >= 200) {
      throw new IllegalArgumentException("status: " + status + " is none of 102 to 199");
    }
    return status;
  }

  /** Whether an answer with this status has no body, whatever the method. */
  static boolean isBodiless(int status) {
    return status < 200 || status == 204 || status == 304;
  }

  /** Throws if an answer with this status has content, and may not. */
  static void requireContent(int status, boolean isThere) {
    if (isThere && (isBodiless(status) || status == 205)) {
      throw new IllegalStateException("an answer with status " + status + " has no content");
    }
  }

  /** Its name; empty for one that is not registered. */
  static String name(int status) {
    return switch (status) {
      case 100 -> "Continue";
      case 101 -> "Switching Protocols";
      case 103 -> "Early Hints";
      case 200 -> "OK";
      case 201 -> "Created";
      case 202 -> "Accepted";
      case 203 -> "Non-Authoritative Information";
      case 204 -> "No Content";
      case 205 -> "Reset Content";
      case 206 -> "Partial Content";
      case 300 -> "Multiple Choices";
      case 301 -> "Moved Permanently";
      case 302 -> "Found";
      case 303 -> "See Other";
      case 304 -> "Not Modified";
      case 307 -> "Temporary Redirect";
      case 308 -> "Permanent Redirect";
      default -> nameOfError(status);
    };
  }

  private static String nameOfError(int status) {
    return switch (status) {
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 402 -> "Payment Required";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 406 -> "Not Acceptable";
      case 407 -> "Proxy Authentication Required";
      case 408 -> "Request Timeout";
      case 409 -> "Conflict";
      case 410 -> "Gone";
      case 411 -> "Length Required";
      case 412 -> "Precondition Failed";
      case 413 -> "Content Too Large";
      case 414 -> "URI Too Long";
      case 415 -> "Unsupported Media Type";
      case 416 -> "Range Not Satisfiable";
      case 417 -> "Expectation Failed";
      case 421 -> "Misdirected Request";
      case 422 -> "Unprocessable Content";
      case 423 -> "Locked";
      case 425 -> "Too Early";
      case 426 -> "Upgrade Required";
      case 428 -> "Precondition Required";
      case 429 -> "Too Many Requests";
      case 431 -> "Request Header Fields Too Large";
      case 451 -> "Unavailable For Legal Reasons";
      case 500 -> "Internal Server Error";
      case 501 -> "Not Implemented";
      case 502 -> "Bad Gateway";
      case 503 -> "Service Unavailable";
      case 504 -> "Gateway Timeout";
      case 505 -> "HTTP Version Not Supported";
      case 507 -> "Insufficient Storage";
      default -> "";
    };
  }
}
