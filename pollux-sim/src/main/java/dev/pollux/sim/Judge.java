package dev.pollux.sim;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Looks whether what is held of a run is so. */
final class Judge {

  /** By so much what comes later than it is wanted is late. */
  private static final long LATE_NANOS = 1_000_000; // 1 ms

  private final Consumer<String> failed;
  private final List<Property> properties = new ArrayList<>(); // those that are still open
  private final Set<String> names = new HashSet<>();
  private final Set<String> met = new TreeSet<>();
  private boolean hasFailed;

  Judge(Consumer<String> failed) {
    this.failed = failed;
  }

  void add(Property property) {
    if (!names.add(property.what())) {
      throw new IllegalArgumentException("there are two properties '" + property.what() + "'");
    }
    boolean _ = properties.add(property);
  }

  /** When it is too late for one of what is to be so eventually: the next after this time. */
  long nextLook(long now) {
    long next = Long.MAX_VALUE / 2;
    for (Property property : properties) {
      long late = property.within() + LATE_NANOS;
      if (property.kind() == Property.Kind.EVENTUALLY && late > now) {
        next = Math.min(next, late);
      }
    }
    return next;
  }

  /** When it is too late for all of it. */
  long lastLook() {
    long last = 0;
    for (Property property : properties) {
      if (property.kind() == Property.Kind.EVENTUALLY) {
        last = Math.max(last, property.within() + LATE_NANOS);
      }
    }
    return last;
  }

  /** After a step, at this time of the run. */
  void look(long now) {
    for (int i = 0; i < properties.size(); i++) {
      Property property = properties.get(i);
      boolean holds = property.holds().getAsBoolean();
      switch (property.kind()) {
        case ALWAYS -> {
          if (!holds) {
            fail("not always: " + property.what());
          }
        }
        case SOMETIMES, EVENTUALLY -> {
          if (holds) {
            if (property.kind() == Property.Kind.SOMETIMES) {
              boolean _ = met.add(property.what());
            }
            Property _ = properties.remove(i--);
          } else if (property.kind() == Property.Kind.EVENTUALLY && now > property.within()) {
            fail("not in time: " + property.what());
          }
        }
      }
    }
  }

  /** What was to be so by the end is, or the run was over too soon. */
  void end() {
    for (Property property : properties) {
      if (property.kind() == Property.Kind.EVENTUALLY) {
        fail("never: " + property.what());
      }
    }
  }

  private void fail(String what) {
    hasFailed = true;
    failed.accept(what);
  }

  /** Whether it is a property that has failed, whose name says which. */
  boolean hasFailed() {
    return hasFailed;
  }

  /** What of the SOMETIMES was met. */
  Set<String> met() {
    return met;
  }

  /** What of them was not. */
  List<String> unmet() {
    return properties.stream()
        .filter(property -> property.kind() == Property.Kind.SOMETIMES)
        .map(Property::what)
        .toList();
  }
}
