package dev.pollux.checks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the sources call the structures and fields that have other names in C. */
final class SourceNames {

  private static final Map<String, String> GO =
      Map.ofEntries(
          Map.entry("KEVENT", "Kevent_t"),
          Map.entry("SOCKADDR", "RawSockaddr"),
          Map.entry("SOCKADDR_IN", "RawSockaddrInet4"),
          Map.entry("SOCKADDR_IN6", "RawSockaddrInet6"),
          Map.entry("SOCKADDR_UN", "RawSockaddrUnix"),
          Map.entry("IP_MREQ", "IPMreq"),
          Map.entry("IP_MREQN", "IPMreqn"),
          Map.entry("IPV6_MREQ", "IPv6Mreq"),
          Map.entry("IN_PKTINFO", "Inet4Pktinfo"),
          Map.entry("IN6_PKTINFO", "Inet6Pktinfo"),
          Map.entry("UCRED", "Xucred"),
          Map.entry("POLLFD", "PollFd"),
          Map.entry("FD_SET", "FdSet"),
          Map.entry("STAT", "Stat_t"),
          Map.entry("SIGSET", "Sigset_t"));

  private static final Map<String, String> ZIG =
      Map.of(
          "KEVENT", "Kevent",
          "SOCKADDR_IN", "sockaddr.in",
          "SOCKADDR_IN6", "sockaddr.in6",
          "SOCKADDR_UN", "sockaddr.un",
          "SOCKADDR_STORAGE", "sockaddr.storage",
          "STAT", "Stat");

  private SourceNames() {}

  /** The structure that Pollux calls by a name and C by another. */
  static String struct(SourceTable source, String name, String cName) {
    String inC = cName.replace("struct ", "");
    return switch (source.name()) {
      case GoSource.NAME ->
          GO.getOrDefault(name, name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT));
      case ZigSource.NAME -> ZIG.getOrDefault(name, inC);
      default -> inC;
    };
  }

  /**
   * What a field may be called: Go and Zig leave out what all fields of a structure begin with, and
   * times have several names.
   */
  static List<String> members(String cName) {
    String inC = cName.replace("[0]", "");
    String plain = inC.replaceFirst("^_+", "").replaceFirst("^[a-z0-9]*_", "");
    List<String> names = new ArrayList<>(List.of(inC, plain, "x" + inC));
    if (isTime(cName)) {
      String time = plain.replace("espec", "");
      names.addAll(List.of(time, time + "espec", "st_" + time + "e"));
      names.add("st_" + time + "espec");
      names.add(time.equals("birthtim") ? "btim" : time);
    }
    return names;
  }

  /** Whether it is a time, whose seconds and nanoseconds are two fields in Rust. */
  static boolean isTime(String cName) {
    return cName.matches("_*st_(a|m|c|birth)tim(espec)?");
  }
}
