package dev.pollux.lab;

/** The three ways to wait that {@link Step.Cost} compares. */
enum Mechanism {
  SELECT,
  POLL,
  EPOLL;

  @Override
  public String toString() {
    return switch (this) {
      case SELECT -> "select";
      case POLL -> "poll";
      case EPOLL -> "epoll";
    };
  }
}
