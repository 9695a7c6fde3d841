package dev.pollux.inspect.rules;

import dev.pollux.inspect.Finding;
import java.util.List;

/** Finds diseases of one kind. */
interface Rule {

  /** Adds what it finds in these looks. */
  void find(Looks looks, List<Finding> found);
}
