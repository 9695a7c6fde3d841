package dev.pollux.sys;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The profiles that Pollux has, by the names that the JDK has for systems and architectures. */
final class Profiles {

  static final String X86_64 = "x86-64";
  static final String AARCH64 = "aarch64";

  private Profiles() {}

  /**
   * The profile of a system, by the values of {@code os.name} and {@code os.arch} there; null if
   * there is none.
   */
  static @Nullable Profile of(String osName, String osArch) {
    String architecture =
        switch (osArch.toLowerCase(Locale.ROOT)) {
          case "amd64", "x86_64" -> X86_64;
          case "aarch64", "arm64" -> AARCH64;
          default -> null;
        };
    if (architecture == null) {
      return null;
    }
    return switch (osName) {
      case "Linux" -> Profile.linux(architecture);
      case "Mac OS X" -> MacOs.profile(architecture);
      default -> null;
    };
  }

  /** All of them. */
  static List<Profile> all() {
    return List.of(
        Profile.linux(X86_64),
        Profile.linux(AARCH64),
        MacOs.profile(X86_64),
        MacOs.profile(AARCH64));
  }
}
