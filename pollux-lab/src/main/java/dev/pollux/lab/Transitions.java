package dev.pollux.lab;

import dev.pollux.model.Transition;

/** What happens to the items of the model's epoll instances, in words. */
final class Transitions {

  private static final String DELIVERED = "delivered, ";
  private static final String LOOKED_AT = "looked at, ";

  private Transitions() {}

  /** Whether a text tells what a wait found, and not what brought an item onto a list. */
  static boolean isOfWait(String text) {
    return text.contains(DELIVERED) || text.contains(LOOKED_AT);
  }

  /** In words; empty for what the step or its result says already. */
  static String text(Transition transition) {
    return switch (transition) {
      case ADDED, MODIFIED, REMOVED, DELIVERED -> "";
      case FORGOTTEN -> "forgotten: its last descriptor was closed";
      case QUEUED_BY_ADD -> "queued: ready when added";
      case QUEUED_BY_MODIFY -> "queued: ready when modified";
      case QUEUED_BY_CHANGE -> "queued: its state changed";
      case OVERFLOWED -> "changed during a delivery: on the overflow list";
      case QUEUED_FROM_OVERFLOW -> "queued: from the overflow list";
      case MERGED -> "changed, and is queued already";
      case IGNORED -> "changed, but to nothing asked for";
      case IGNORED_DISARMED -> "changed, but is disarmed";
      case REQUEUED_LEVEL -> DELIVERED + "put back: level-triggered";
      case LEFT_EDGE -> DELIVERED + "left: edge-triggered";
      case DISARMED_ONESHOT -> DELIVERED + "left, disarmed: one-shot";
      case LEFT_NOT_READY -> LOOKED_AT + "left: not ready any more";
    };
  }
}
