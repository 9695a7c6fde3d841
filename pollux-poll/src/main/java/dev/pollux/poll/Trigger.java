package dev.pollux.poll;

/** When a ready descriptor is reported: what {@link Poller} promises under "Triggers". */
public enum Trigger {
  /** By every wait, for as long as the descriptor is ready. */
  LEVEL(false, false),
  /** Once when it becomes ready; again after it was drained and became ready anew. */
  EDGE(true, false),
  /** Once; then silent, errors included, until the registration is modified. */
  ONESHOT(false, true),
  /** Once, on an edge; then silent until the registration is modified. */
  EDGE_ONESHOT(true, true);

  private final boolean edge;
  private final boolean oneshot;

  Trigger(boolean edge, boolean oneshot) {
    this.edge = edge;
    this.oneshot = oneshot;
  }

  /** Whether readiness is reported on its edges only. */
  public boolean isEdge() {
    return edge;
  }

  /** Whether one event disarms the registration. */
  public boolean isOneshot() {
    return oneshot;
  }
}
