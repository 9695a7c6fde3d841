package dev.pollux.arena;

import dev.pollux.http.HttpException;
import dev.pollux.http.HttpForm;
import dev.pollux.http.HttpRequest;
import dev.pollux.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Adds numbers up: {@code a} and {@code b} of the query, and what is in the body. */
final class Sums {

  private static final int MAX_BODY_BYTES = 64; // more than any number has

  private Sums() {}

  static void ofQuery(HttpRequest request, HttpResponse response) throws HttpException {
    response.send(String.valueOf(query(request)));
  }

  static void ofQueryAndBody(HttpRequest request, HttpResponse response) throws Exception {
    long query = query(request);
    request.body().whole(MAX_BODY_BYTES, body -> response.send(String.valueOf(add(query, body))));
  }

  private static long query(HttpRequest request) throws HttpException {
    HttpForm query = request.queryFields();
    return add(number(query.first("a")), number(query.first("b")));
  }

  private static long add(long to, ByteBuffer body) throws HttpException {
    return add(to, number(StandardCharsets.ISO_8859_1.decode(body).toString().strip()));
  }

  private static long add(long one, long other) throws HttpException {
    try {
      return Math.addExact(one, other);
    } catch (ArithmeticException e) {
      throw new HttpException(400, "the sum has more than 64 bits");
    }
  }

  private static long number(@Nullable String text) throws HttpException {
    try {
      return text == null ? 0 : Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new HttpException(400, "no number");
    }
  }
}
