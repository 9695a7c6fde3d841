package dev.pollux.http.client;

/** Why there is no answer, or not all of it. */
public enum FailureReason {
  /** The name of the host has no address. */
  UNKNOWN_HOST,
  /** No connection could be made: refused, unreachable, no descriptor left. */
  CONNECT_FAILED,
  /** A connection was not made in {@link ClientOptions#connectTime}. */
  CONNECT_TIMEOUT,
  /** There is no TLS with that server: it is not who was meant, or one side refused the other. */
  TLS_FAILED,
  /** The head of the answer took longer than {@link ClientOptions#headTime}. */
  HEAD_TIMEOUT,
  /** A body, of either side, did not get on for {@link ClientOptions#bodyTime} or so. */
  BODY_TIMEOUT,
  /** All of it took longer than {@link ClientOptions#totalTime}. */
  TOTAL_TIMEOUT,
  /** The connection ended before the answer did. */
  CLOSED_EARLY,
  /** What came is no answer, or can be understood in two ways. */
  BAD_ANSWER,
  /** The answer is beyond one of the {@link ClientLimits}. */
  TOO_LARGE,
  /** A redirect leads nowhere, too far, or where it must not. */
  BAD_REDIRECT,
  /** As much as may be is in work, or waits, already: a bound of {@link ClientOptions}. */
  TOO_MANY,
  /** The program {@linkplain ClientCall#cancel cancelled} it, or its thread was interrupted. */
  CANCELLED,
  /** The program's handler threw, or wrote less of a body than it had said. */
  HANDLER_FAILED,
  /** The client is closed, or its loop. */
  CLIENT_CLOSED
}
