package dev.pollux.lab;

import java.util.List;
import java.util.Optional;

/**
 * What happened in a run of an experiment. Equal runs have equal timelines, figures aside.
 *
 * @param experiment which
 * @param kernel on what
 * @param acts its parts; of an act that did not go as expected, up to the step that did not
 */
public record Timeline(Experiment experiment, Kernel kernel, List<Part> acts) {

  /** Defensive copy. */
  public Timeline {
    acts = List.copyOf(acts);
  }

  /** A part of the run. */
  public record Part(String title, List<Entry> entries) {
    /** Defensive copy. */
    public Part {
      entries = List.copyOf(entries);
    }
  }

  /**
   * A step that was done.
   *
   * @param number counted from 1 in each act
   * @param step what was done
   * @param result what came of it
   * @param ready the ready lists, where the kernel shows them
   * @param transitions what happened to items, where the kernel shows it
   * @param figures lines of numbers that differ from run to run
   */
  public record Entry(
      int number,
      Step step,
      String result,
      List<ReadyList> ready,
      List<String> transitions,
      List<String> figures) {

    /** Defensive copies. */
    public Entry {
      ready = List.copyOf(ready);
      transitions = List.copyOf(transitions);
      figures = List.copyOf(figures);
    }

    /** Whether the result is the one expected. */
    public boolean isAsExpected() {
      return step.accepts(result);
    }
  }

  /** The ready list of an epoll instance before and after a step. */
  public record ReadyList(String epoll, List<String> before, List<String> after) {
    /** Defensive copies. */
    public ReadyList {
      before = List.copyOf(before);
      after = List.copyOf(after);
    }
  }

  /** Whether all results are the ones expected. */
  public boolean isAsExpected() {
    return difference().isEmpty();
  }

  /** Where it first went otherwise than expected, in words. */
  public Optional<String> difference() {
    for (Part act : acts) {
      for (Entry entry : act.entries()) {
        if (!entry.isAsExpected()) {
          return Optional.of(
              act.title()
                  + ", step "
                  + entry.number()
                  + " ("
                  + entry.step().text()
                  + "): expected "
                  + orSuccess(entry.step().expected())
                  + ", was "
                  + orSuccess(entry.result()));
        }
      }
    }
    return Optional.empty();
  }

  private static String orSuccess(String result) {
    return result.isEmpty() ? "success" : result;
  }
}
