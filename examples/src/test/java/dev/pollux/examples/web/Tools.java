package dev.pollux.examples.web;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Programs of others that a test runs. */
final class Tools {

  private Tools() {}

  static boolean areInstalled(String... programs) {
    return Arrays.stream(programs).allMatch(Tools::isInstalled);
  }

  private static boolean isInstalled(String program) {
    return List.of(System.getenv("PATH").split(":", -1)).stream()
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  /** Why a test is not run. */
  static String missing(String... programs) {
    return String.join(", ", Arrays.stream(programs).filter(each -> !isInstalled(each)).toList())
        + " is not installed: ./dev setup --all";
  }
}
