package dev.pollux.http.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.Set;

/** Writes the head of a request. Source: RFC 9112, 3 and 6; RFC 9110, 7.2, 7.8 and 8.6. */
final class RequestHead {

  private static final int USUAL_BYTES = 256;
  private static final String END = "\r\n";

  /** Of these a server expects a length also where there is no body. */
  private static final Set<String> WITH_BODY = Set.of("POST", "PUT", "PATCH");

  private RequestHead() {}

  /** The head, and behind it the body if that is short. */
  static ByteBuffer of(ClientRequest request, boolean asksForCodings, ByteBuffer shortBody) {
    StringBuilder head = new StringBuilder(USUAL_BYTES);
    head.append(request.method()).append(' ').append(request.target()).append(" HTTP/1.1\r\n");
    if (request.field("Host") == null) {
      line(head, "Host", host(request));
    }
    for (ClientRequest.Field each : request.fields()) {
      line(head, each.name(), each.value());
    }
    if (asksForCodings) {
      line(head, "Accept-Encoding", "gzip, deflate");
    }
    if (request.expectsContinue()) {
      line(head, "Expect", "100-continue");
    }
    String upgrade = request.upgrade();
    if (upgrade != null) {
      line(head, "Upgrade", upgrade);
    }
    if (request.isLast() && upgrade != null) {
      line(head, "Connection", "close, Upgrade");
    } else if (request.isLast() || upgrade != null) {
      line(head, "Connection", upgrade == null ? "close" : "Upgrade");
    }
    frame(head, request);
    byte[] text = head.append(END).toString().getBytes(ISO_8859_1);
    int size = text.length + shortBody.remaining();
    return ByteBuffer.allocate(size).put(text).put(shortBody).flip();
  }

  private static String host(ClientRequest request) {
    return request.isConnect() ? request.target() : request.origin().authority();
  }

  private static void frame(StringBuilder head, ClientRequest request) {
    if (request.length() < 0) {
      line(head, "Transfer-Encoding", "chunked");
    } else if (request.hasBody() || WITH_BODY.contains(request.method())) {
      line(head, "Content-Length", Long.toString(request.length()));
    }
  }

  private static void line(StringBuilder head, String name, String value) {
    var _ = head.append(name).append(": ").append(value).append(END);
  }
}
