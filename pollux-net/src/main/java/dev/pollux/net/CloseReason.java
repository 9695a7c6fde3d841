package dev.pollux.net;

/** Why a connection ended. */
public enum CloseReason {
  /** The program closed it, and everything that was written was sent. */
  CLOSED,
  /** The peer ended the stream, and so did this side. */
  END_OF_STREAM,
  /** The peer reset it, or went away while data was on its way. */
  RESET,
  /** A call failed: the cause says which and how. */
  ERROR,
  /** It could not be made: refused, unreachable, timed out. */
  CONNECT_FAILED,
  /** Nothing moved for too long. */
  IDLE,
  /** What was to be sent did not get on for too long. */
  STALLED,
  /** A limit was broken: a frame too long, a queue too full. */
  LIMIT,
  /** The protocol failed: TLS, also where one side refuses the other's certificate, or framing. */
  PROTOCOL,
  /** A method of the handler threw: the cause has it. */
  HANDLER_FAILED,
  /** The program {@linkplain Connection#detach took} the descriptor away from it. */
  DETACHED,
  /** It was cut off with data unsent: by the program, at a deadline, or because its loop closed. */
  CUT_OFF
}
