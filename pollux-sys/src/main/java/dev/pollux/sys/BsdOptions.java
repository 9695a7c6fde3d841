package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Options of sockets: level, name and value. */
final class BsdOptions {

  private record Name(int level, int option) {}

  /** Names of Linux for what others call otherwise, when they have not the same. */
  private static final Map<Constant, Constant> REPLACED =
      Map.of(
          Constant.SO_REUSEPORT, Constant.SO_REUSEPORT_LB, // the one that shares connections out
          Constant.TCP_CORK, Constant.TCP_NOPUSH);

  private final BsdLibrary library;
  private final Profile profile;
  private final BsdAddresses addresses;
  private final Map<Name, Name> names = new HashMap<>();

  BsdOptions(BsdLibrary library, BsdAddresses addresses) {
    this.library = library;
    this.profile = library.profile;
    this.addresses = addresses;
    for (Constant constant : Constant.values()) {
      Constant level = level(constant.kind());
      boolean isOfLinux = constant == Constant.SO_PASSCRED; // what comes is another structure
      if (level != null && constant.isOnLinux() && !isOfLinux) {
        put(level, constant);
      }
    }
  }

  private static @Nullable Constant level(Kind kind) {
    return switch (kind) {
      case SOCKET_OPTION -> Constant.SOL_SOCKET;
      case IP_OPTION -> Constant.IPPROTO_IP;
      case IPV6_OPTION -> Constant.IPPROTO_IPV6;
      case TCP_OPTION -> Constant.IPPROTO_TCP;
      case UDP_OPTION -> Constant.IPPROTO_UDP;
      default -> null;
    };
  }

  private void put(Constant level, Constant option) {
    Constant theirs = REPLACED.getOrDefault(option, option);
    theirs = profile.has(theirs) ? theirs : option;
    if (option == Constant.IP_PKTINFO) {
      theirs = profile.has(option) ? Constant.IP_RECVPKTINFO : Constant.IP_RECVDSTADDR;
    }
    if (profile.has(theirs) && profile.has(level)) {
      Name ours = new Name(level.linuxValue(), option.linuxValue());
      var _ = names.put(ours, new Name(profile.value(level), profile.value(theirs)));
    }
  }

  int set(int fd, int level, int name, long valueAddress, int length) {
    Name theirs = names.get(new Name(level, name));
    return theirs == null
        ? unknown(fd)
        : library.call(
            BsdFunction.SETSOCKOPT, fd, theirs.level, theirs.option, valueAddress, length);
  }

  int get(int fd, int level, int name, long valueAddress, long lengthAddress) {
    boolean isOfSocket = level == Linux.SOL_SOCKET;
    if (isOfSocket && name == Linux.SO_PEERCRED) {
      return peer(fd, valueAddress, lengthAddress);
    }
    Name theirs = names.get(new Name(level, name));
    if (theirs == null && isOfSocket && name == Linux.SO_DOMAIN) {
      return domain(fd, valueAddress);
    }
    if (theirs == null) {
      return unknown(fd);
    }
    int result =
        library.call(
            BsdFunction.GETSOCKOPT, fd, theirs.level, theirs.option, valueAddress, lengthAddress);
    if (result >= 0 && isOfSocket) {
      translate(name, BsdScratch.at(valueAddress, Integer.BYTES));
    }
    return result;
  }

  /** ENOPROTOOPT, of a socket. */
  private int unknown(int fd) {
    BsdScratch scratch = BsdScratch.own();
    long length = scratch.address(BsdScratch.STAT);
    scratch.memory.set(JAVA_INT_UNALIGNED, BsdScratch.STAT, Integer.BYTES);
    int level = profile.value(Constant.SOL_SOCKET);
    int type = profile.value(Constant.SO_TYPE);
    int result = library.call(BsdFunction.GETSOCKOPT, fd, level, type, length + Long.BYTES, length);
    return result < 0 ? result : -Errno.ENOPROTOOPT;
  }

  /** Values that are numbers of something themselves. */
  private void translate(int name, MemorySegment value) {
    int theirs = value.get(JAVA_INT_UNALIGNED, 0);
    if (name == Linux.SO_ERROR && theirs != 0) {
      value.set(JAVA_INT_UNALIGNED, 0, library.errno(theirs));
    } else if (name == Linux.SO_DOMAIN) {
      value.set(JAVA_INT_UNALIGNED, 0, addresses.ourFamily(theirs));
    } else if (name == Linux.SO_ACCEPTCONN) {
      value.set(JAVA_INT_UNALIGNED, 0, theirs == 0 ? 0 : 1); // the bit itself on some
    }
  }

  /** SO_DOMAIN by the socket's own name. */
  private int domain(int fd, long valueAddress) {
    BsdScratch scratch = BsdScratch.own();
    long length = scratch.address(BsdScratch.STAT);
    scratch.memory.set(JAVA_INT_UNALIGNED, BsdScratch.STAT, Linux.SIZEOF_SOCKADDR_STORAGE);
    int result =
        library.call(BsdFunction.GETSOCKNAME, fd, scratch.address(BsdScratch.ADDRESS), length);
    if (result >= 0) {
      long family =
          BsdFields.read(profile, scratch.memory, BsdScratch.ADDRESS, Field.SOCKADDR_FAMILY);
      int ours = addresses.ourFamily((int) family);
      BsdScratch.at(valueAddress, Integer.BYTES).set(JAVA_INT_UNALIGNED, 0, ours);
    }
    return result;
  }

  /** SO_PEERCRED by {@code getpeereid}; the process is told by macOS alone, and is 0 elsewhere. */
  private int peer(int fd, long valueAddress, long lengthAddress) {
    if (BsdAddresses.length(lengthAddress) < Linux.SIZEOF_UCRED) {
      return -Errno.EINVAL;
    }
    MemorySegment out = BsdScratch.at(valueAddress, Linux.SIZEOF_UCRED);
    long user = valueAddress + Offsets.UCRED__UID;
    int result = library.call(BsdFunction.GETPEEREID, fd, user, valueAddress + Offsets.UCRED__GID);
    if (result < 0) {
      return result;
    }
    out.set(JAVA_INT_UNALIGNED, Offsets.UCRED__PID, 0);
    if (profile.has(Constant.LOCAL_PEERPID)) {
      BsdScratch scratch = BsdScratch.own();
      scratch.memory.set(JAVA_INT_UNALIGNED, BsdScratch.STAT, Integer.BYTES);
      int _ =
          library.call(
              BsdFunction.GETSOCKOPT,
              fd,
              profile.value(Constant.SOL_LOCAL),
              profile.value(Constant.LOCAL_PEERPID),
              valueAddress + Offsets.UCRED__PID,
              scratch.address(BsdScratch.STAT));
    }
    BsdScratch.at(lengthAddress, Integer.BYTES).set(JAVA_INT_UNALIGNED, 0, Linux.SIZEOF_UCRED);
    return result;
  }
}
