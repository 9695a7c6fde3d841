package dev.pollux.http;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The groups that an answer is in. Passive. */
final class Memberships {

  private @Nullable List<AnswerGroup> groups;

  /** Notes one more; false if it is known. */
  boolean add(AnswerGroup group) {
    List<AnswerGroup> known = groups;
    if (known == null) {
      known = new ArrayList<>(1);
      groups = known;
    }
    return !known.contains(group) && known.add(group);
  }

  /** Whether it was known, and is no more. */
  boolean remove(AnswerGroup group) {
    List<AnswerGroup> known = groups;
    return known != null && known.remove(group);
  }

  /** Leaves all of them: nothing that they are sent from now on is the answer's. */
  void leave(HttpResponse response) {
    List<AnswerGroup> known = groups;
    while (known != null && !known.isEmpty()) {
      known.getLast().remove(response);
    }
    groups = null;
  }
}
