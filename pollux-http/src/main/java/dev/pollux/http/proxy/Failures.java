package dev.pollux.http.proxy;

import dev.pollux.http.HttpException;
import dev.pollux.http.client.ClientException;
import dev.pollux.http.client.FailureReason;

/** What a client is told of what failed behind: what kind of thing, and nothing of where. */
final class Failures {

  private Failures() {}

  /** Whether there was no connection at all. */
  static boolean isOfConnecting(FailureReason reason) {
    return switch (reason) {
      case UNKNOWN_HOST, CONNECT_FAILED, CONNECT_TIMEOUT, TLS_FAILED -> true;
      default -> false;
    };
  }

  static HttpException answer(ClientException failure) {
    return switch (failure.reason()) {
      case UNKNOWN_HOST, CONNECT_FAILED, TLS_FAILED ->
          new HttpException(502, "the server behind cannot be reached");
      case CLOSED_EARLY -> new HttpException(502, "the server behind ended before its answer did");
      case BAD_ANSWER -> new HttpException(502, "the server behind sent what is no answer");
      case TOO_LARGE -> new HttpException(502, "the server behind sent more than is taken");
      case CONNECT_TIMEOUT ->
          new HttpException(504, "the server behind took no connection in time");
      case HEAD_TIMEOUT, TOTAL_TIMEOUT ->
          new HttpException(504, "the server behind did not answer in time");
      case BODY_TIMEOUT -> new HttpException(504, "the server behind did not go on in time");
      case TOO_MANY, CLIENT_CLOSED ->
          new HttpException(503, "there is no connection left to the server behind");
      case BAD_REDIRECT, CANCELLED, HANDLER_FAILED ->
          new HttpException(502, "the answer of the server behind could not be passed on");
    };
  }
}
