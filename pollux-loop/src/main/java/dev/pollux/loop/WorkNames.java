package dev.pollux.loop;

/** What to call the work of a loop in reports. */
final class WorkNames {

  private WorkNames() {}

  /** Whose code it is: of a timer, its action; of a periodic one, the task. */
  static Object subject(Object work) {
    if (work instanceof LoopTimer timer) {
      return timer.action() instanceof FixedRate periodic ? periodic.task() : timer.action();
    }
    return work;
  }

  /** The class, and what its {@code toString} says if that is more. */
  static String describe(Object subject) {
    String name = subject.getClass().getName();
    String text;
    try {
      text = String.valueOf(subject);
    } catch (RuntimeException e) {
      text = "toString failed: " + e;
    }
    return text.startsWith(name + "@") ? name : name + " (" + text + ")";
  }
}
