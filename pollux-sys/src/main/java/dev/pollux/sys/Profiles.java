package dev.pollux.sys;

import java.util.ArrayList;
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
    String architecture = architecture(osArch);
    if (architecture == null) {
      return null;
    }
    return switch (osName) {
      case "Linux" -> Profile.linux(architecture);
      case "Mac OS X" -> MacOs.profile(architecture);
      case "FreeBSD" -> FreeBsd.profile(architecture);
      case "OpenBSD" -> OpenBsd.profile(architecture);
      case "NetBSD" -> NetBsd.profile(architecture);
      case "DragonFly", "DragonFlyBSD" ->
          architecture.equals(X86_64) ? DragonFly.profile(architecture) : null;
      default -> null;
    };
  }

  /** Whether it is an architecture that there are profiles of. */
  static boolean isKnown(String osArch) {
    return architecture(osArch) != null;
  }

  private static @Nullable String architecture(String osArch) {
    return switch (osArch.toLowerCase(Locale.ROOT)) {
      case "amd64", "x86_64" -> X86_64;
      case "aarch64", "arm64" -> AARCH64;
      default -> null;
    };
  }

  /** All of them. */
  static List<Profile> all() {
    List<Profile> profiles = new ArrayList<>();
    for (String architecture : List.of(X86_64, AARCH64)) {
      profiles.add(Profile.linux(architecture));
      profiles.add(MacOs.profile(architecture));
      profiles.add(FreeBsd.profile(architecture));
      profiles.add(OpenBsd.profile(architecture));
      profiles.add(NetBsd.profile(architecture));
    }
    profiles.add(DragonFly.profile(X86_64));
    return List.copyOf(profiles);
  }
}
