package dev.pollux.sys;

import java.util.stream.Stream;

/** The systems that a test of calls runs on: this one, and those played on it. */
final class Systems {

  private Systems() {}

  /** Their names: the real one first. */
  static Stream<String> names() {
    Stream<String> played =
        Profiles.all().stream()
            .filter(profile -> !profile.system().equals("Linux"))
            .map(Profile::toString);
    return Stream.concat(Stream.of("this one"), played);
  }

  /** Whether it is the real one, which has what is Linux's alone. */
  static boolean isLinux(String name) {
    return name.equals("this one");
  }

  /** Whether its C library has no {@code sendfile}. */
  static boolean isWithoutSendfile(String name) {
    return name.startsWith("OpenBSD") || name.startsWith("NetBSD");
  }

  /** Whether its C library has no {@code ppoll}, so that a signal mask cannot be given. */
  static boolean isWithoutPpoll(String name) {
    return name.startsWith("macOS") || name.startsWith("NetBSD");
  }

  /** The system calls by such a name. */
  static Sys sys(String name) {
    return isLinux(name) ? NativeSys.open() : played(name).sys();
  }

  static PlayedSystem played(String name) {
    return new PlayedSystem(
        Profiles.all().stream()
            .filter(profile -> profile.toString().equals(name))
            .findFirst()
            .orElseThrow());
  }
}
