package dev.pollux.http;

/** Tells one observer, and then another, whatever the first one throws. */
record BothObservers(HttpObserver first, HttpObserver second) implements HttpObserver {

  @Override
  public void begun(HttpOutcome outcome) {
    try {
      first.begun(outcome);
    } finally {
      second.begun(outcome);
    }
  }

  @Override
  public void over(HttpOutcome outcome) {
    try {
      first.over(outcome);
    } finally {
      second.over(outcome);
    }
  }
}
