package dev.pollux.http;

import dev.pollux.http.wire.FieldParser;
import dev.pollux.http.wire.Octets;
import org.jspecify.annotations.Nullable;

/**
 * What comes behind the head of a request, and what becomes of the connection then: decided once,
 * from all fields that say something of it, and refused where two of them could be understood in
 * two ways.
 *
 * <p>Passive; allocates nothing. Source: RFC 9112, 6 and 9; RFC 9110, 7.2, 7.6.1, 8.6 and 10.1.1.
 */
final class Framing {

  private static final int MAX_DIGITS = 18; // of a long

  private final boolean needsHost; // but in HTTP/1.0
  private long contentLength;
  private boolean isChunked;
  private boolean isLast; // the connection ends
  private boolean asksToStay; // as HTTP/1.0 does
  private boolean asksToClose;
  private boolean expectsContinue;
  private boolean upgrades;
  private int host; // the index of the field; -1 is none
  private int codings;
  private int status;
  private @Nullable String problem;

  Framing(boolean needsHost) {
    this.needsHost = needsHost;
  }

  /** Reads the fields of a head that is whole. */
  void decide(HeadParser head, byte[] in, int base, long maxBodyBytes) {
    contentLength = -1;
    isChunked = false;
    isLast = head.isHttp10();
    asksToStay = false;
    asksToClose = false;
    expectsContinue = false;
    upgrades = false;
    host = -1;
    codings = 0;
    status = 0;
    problem = null;
    FieldParser fields = head.fields();
    for (int i = 0; i < fields.count() && status == 0; i++) {
      read(fields, i, in, base);
    }
    if (status == 0) {
      check(head, in, base, maxBodyBytes);
    }
  }

  private void read(FieldParser fields, int index, byte[] in, int base) {
    int nameFrom = base + fields.nameFrom(index);
    int nameTo = base + fields.nameTo(index);
    int from = base + fields.valueFrom(index);
    int to = base + fields.valueTo(index);
    switch (nameTo - nameFrom) {
      case 4 -> {
        if (Octets.equalsIgnoreCase(in, nameFrom, nameTo, "host")) {
          readHost(index, in, from, to);
        }
      }
      case 6 -> {
        if (Octets.equalsIgnoreCase(in, nameFrom, nameTo, "expect")) {
          expect(in, from, to);
        }
      }
      case 10 -> {
        if (Octets.equalsIgnoreCase(in, nameFrom, nameTo, "connection")) {
          readConnection(in, from, to);
        }
      }
      case 14 -> {
        if (Octets.equalsIgnoreCase(in, nameFrom, nameTo, "content-length")) {
          readLength(in, from, to);
        }
      }
      case 17 -> {
        if (Octets.equalsIgnoreCase(in, nameFrom, nameTo, "transfer-encoding")) {
          readCoding(in, from, to);
        }
      }
      default -> {}
    }
  }

  private void readHost(int index, byte[] in, int from, int to) {
    if (host >= 0) {
      refuse(400, "there are two Host fields");
    } else if (!Targets.isAuthority(in, from, to, false) && from != to) {
      refuse(400, "Host is no host with a port or without");
    }
    host = index;
  }

  private void expect(byte[] in, int from, int to) {
    if (Octets.equalsIgnoreCase(in, from, to, "100-continue")) {
      expectsContinue = true;
    } else {
      refuse(417, "Expect is not 100-continue");
    }
  }

  /** A list of tokens. */
  private void readConnection(byte[] in, int from, int to) {
    int start = from;
    while (start <= to) {
      int end = start;
      while (end < to && in[end] != ',') {
        end++;
      }
      int first = start;
      int last = end;
      while (first < last && Octets.isBlank(in[first])) {
        first++;
      }
      while (last > first && Octets.isBlank(in[last - 1])) {
        last--;
      }
      asksToClose |= Octets.equalsIgnoreCase(in, first, last, "close");
      asksToStay |= Octets.equalsIgnoreCase(in, first, last, "keep-alive");
      upgrades |= Octets.equalsIgnoreCase(in, first, last, "upgrade");
      start = end + 1;
    }
    isLast |= asksToClose;
  }

  private void readLength(byte[] in, int from, int to) {
    if (contentLength >= 0) {
      refuse(400, "there are two Content-Length fields");
      return;
    }
    long length = 0;
    for (int i = from; i < to; i++) {
      if (!Octets.is(in[i], Octets.DIGIT)) {
        refuse(400, "Content-Length has " + Octets.show(in[i]));
        return;
      }
      length = 10 * length + (in[i] - '0');
    }
    if (from == to) {
      refuse(400, "Content-Length is empty");
    } else if (to - from > MAX_DIGITS) {
      refuse(400, "Content-Length has more than " + MAX_DIGITS + " digits");
    }
    contentLength = length;
  }

  private void readCoding(byte[] in, int from, int to) {
    codings++;
    isChunked = Octets.equalsIgnoreCase(in, from, to, "chunked");
    if (codings > 1) {
      refuse(400, "there are two Transfer-Encoding fields");
    } else if (!isChunked) {
      refuse(endsWithChunked(in, from, to) ? 501 : 400, "Transfer-Encoding is not chunked alone");
    }
  }

  /** Whether something else is done before: that could be, and is not here. */
  private static boolean endsWithChunked(byte[] in, int from, int to) {
    int start = to - "chunked".length();
    int comma = start - 1;
    while (comma > from && Octets.isBlank(in[comma])) {
      comma--;
    }
    return comma > from
        && in[comma] == ','
        && Octets.equalsIgnoreCase(in, start, to, "chunked")
        && Octets.is(in[from], Octets.TOKEN)
        && !Octets.equalsIgnoreCase(in, from, Math.min(to, from + 7), "chunked");
  }

  private void check(HeadParser head, byte[] in, int base, long maxBodyBytes) {
    String wrong = Targets.problem(head, in, base);
    if (wrong != null) {
      refuse(400, wrong);
    } else if (host < 0 && needsHost && !head.isHttp10()) {
      refuse(400, "there is no Host field");
    } else if (codings > 0 && head.isHttp10()) {
      refuse(400, "there is a Transfer-Encoding in HTTP/1.0");
    } else if (codings > 0 && contentLength >= 0) {
      refuse(400, "there is a Content-Length beside a Transfer-Encoding");
    } else if (contentLength > maxBodyBytes) {
      refuse(413, "the body has " + contentLength + " bytes, of " + maxBodyBytes + " at most");
    }
    expectsContinue &= !head.isHttp10() && (isChunked || contentLength > 0);
  }

  private void refuse(int newStatus, String why) {
    if (status == 0) {
      status = newStatus;
      problem = why;
    }
  }

  /** How long the body is; 0 without one, -1 if it is {@linkplain #isChunked chunked}. */
  long bodyBytes() {
    return isChunked ? -1 : Math.max(0, contentLength);
  }

  boolean isChunked() {
    return isChunked;
  }

  /** Whether no other request is to come behind this one. */
  boolean isLast() {
    return isLast;
  }

  /** Whether the connection is to be kept although this is HTTP/1.0. */
  boolean asksToStay() {
    return asksToStay && !asksToClose;
  }

  /** Whether the peer waits for 100 before it sends the body. */
  boolean expectsContinue() {
    return expectsContinue;
  }

  /** Whether the connection is to be another protocol's, which the Upgrade field names. */
  boolean upgrades() {
    return upgrades;
  }

  /** The index of the Host field; -1 without. */
  int host() {
    return host;
  }

  /** How a refusal is answered; 0 is none. */
  int status() {
    return status;
  }

  @Nullable String problem() {
    return problem;
  }
}
