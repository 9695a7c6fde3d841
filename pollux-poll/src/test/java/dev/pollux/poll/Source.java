package dev.pollux.poll;

/**
 * A descriptor to watch, with what makes it ready and what takes its readiness away again. Opened
 * not ready.
 */
abstract class Source {

  final Kind kind;
  final int fd;

  Source(Kind kind, int fd) {
    this.kind = kind;
    this.fd = fd;
  }

  /** The one interest that this source is about. */
  Interest interest() {
    return kind.interest();
  }

  /** Makes it ready: one arrival. It is ready when this returns. */
  abstract void arrive();

  /** Takes everything, to EAGAIN. */
  abstract void drain();
}
