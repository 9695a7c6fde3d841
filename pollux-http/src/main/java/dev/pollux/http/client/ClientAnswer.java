package dev.pollux.http.client;

import dev.pollux.http.HttpFields;
import org.jspecify.annotations.Nullable;

/**
 * The head of an answer: a status and fields, as they came.
 *
 * <p>Immutable. Threads: any.
 */
public final class ClientAnswer {

  private final ClientRequest request;
  private final AnswerHead head;
  private final long length;
  private final boolean isInflated;

  ClientAnswer(ClientRequest request, AnswerHead head, long length, boolean isInflated) {
    this.request = request;
    this.head = head;
    this.length = length;
    this.isInflated = isInflated;
  }

  /** What was answered: the last request, where redirects were followed. */
  public ClientRequest request() {
    return request;
  }

  /** From 200 to 599; or 101, where HTTP is left. */
  public int status() {
    return head.status();
  }

  /** The words behind the status, which mean nothing; perhaps none. */
  public String reason() {
    return head.reason();
  }

  /** All fields. */
  public HttpFields fields() {
    return head.fields();
  }

  /** The value of a field; null if there is none. Of several, all with commas between. */
  public @Nullable String field(String name) {
    return head.fields().get(name);
  }

  /** Whether it is one of HTTP/1.0. */
  public boolean isHttp10() {
    return head.isHttp10();
  }

  /** How long the body is that comes; -1 if that is not known, 0 if there is none. */
  public long length() {
    return length;
  }

  /** Whether the body is inflated, and is not as Content-Encoding says. */
  public boolean isInflated() {
    return isInflated;
  }

  @Override
  public String toString() {
    return "answer " + status() + " to " + request;
  }
}
