package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;

/** The functions of sockets of a {@link PlayedSystem}. */
final class PlayedSockets {

  private final PlayedSystem system;
  private final Profile profile;
  private final Sys real;

  PlayedSockets(PlayedSystem system) {
    this.system = system;
    this.profile = system.profile;
    this.real = system.real;
  }

  void addTo(Map<String, PlayedSystem.Function> to) {
    PlayedMessages messages = new PlayedMessages(system, this);
    to.put("socket", (a, b, c, d, e, f, g) -> real.socket(family((int) a), type((int) b), (int) c));
    to.put(
        "socketpair",
        (a, b, c, d, e, f, g) -> real.socketpair(family((int) a), type((int) b), (int) c, d));
    to.put("bind", (a, b, c, d, e, f, g) -> named((x, n) -> real.bind((int) a, x, n), b, (int) c));
    to.put(
        "connect",
        (a, b, c, d, e, f, g) -> named((x, n) -> real.connect((int) a, x, n), b, (int) c));
    to.put("listen", (a, b, c, d, e, f, g) -> real.listen((int) a, (int) b));
    to.put("accept", (a, b, c, d, e, f, g) -> accept((int) a, b, c, inherited((int) a)));
    to.put("accept4", (a, b, c, d, e, f, g) -> accept((int) a, b, c, type((int) d)));
    to.put("shutdown", (a, b, c, d, e, f, g) -> real.shutdown((int) a, (int) b));
    to.put("recv", (a, b, c, d, e, f, g) -> real.recv((int) a, b, c, flags((int) d)));
    to.put("send", (a, b, c, d, e, f, g) -> real.send((int) a, b, c, flags((int) d)));
    to.put(
        "recvfrom",
        (a, b, c, d, e, f, g) -> name(real.recvfrom((int) a, b, c, flags((int) d), e, f), e, f));
    to.put(
        "sendto",
        (a, b, c, d, e, f, g) ->
            named((x, n) -> real.sendto((int) a, b, c, flags((int) d), x, n), e, (int) f));
    to.put("sendmsg", (a, b, c, d, e, f, g) -> messages.send((int) a, b, flags((int) c)));
    to.put("recvmsg", (a, b, c, d, e, f, g) -> messages.receive((int) a, b, flags((int) c)));
    to.put("getsockname", (a, b, c, d, e, f, g) -> name(real.getsockname((int) a, b, c), b, c));
    to.put("getpeername", (a, b, c, d, e, f, g) -> name(real.getpeername((int) a, b, c), b, c));
    to.put("getpeereid", (a, b, c, d, e, f, g) -> peer((int) a, b, c));
    to.put("setsockopt", (a, b, c, d, e, f, g) -> set((int) a, (int) b, (int) c, d, (int) e));
    to.put("getsockopt", (a, b, c, d, e, f, g) -> get((int) a, (int) b, (int) c, d, e));
  }

  private int family(int theirs) {
    return system.ours(Kind.ADDRESS_FAMILY, theirs);
  }

  private int flags(int theirs) {
    return system.ourFlags(Kind.MESSAGE_FLAG, theirs);
  }

  /** A type in the low bits, and flags where the system has them. */
  private int type(int theirs) {
    int kind = theirs & 0xf;
    return kind | system.ourFlags(Kind.SOCKET_TYPE_FLAG, theirs & ~0xf);
  }

  /** What is accepted is non-blocking as its listener is. */
  private int inherited(int listener) {
    return real.fcntl(listener, Linux.F_GETFL, 0) & Linux.O_NONBLOCK;
  }

  private long accept(int fd, long address, long length, int flags) {
    return name(real.accept4(fd, address, length, flags), address, length);
  }

  // ---- addresses: a length and a family of one byte each

  interface Call {
    int with(long address, int length);
  }

  long named(Call call, long address, int length) {
    if (address == 0) {
      return call.with(0, 0);
    }
    MemorySegment given = PlayedSystem.memory(address, length);
    if ((given.get(JAVA_BYTE, 0) & 0xff) != length) {
      throw new AssertionError("sa_len " + given.get(JAVA_BYTE, 0) + " of " + length);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ours = arena.allocate(length, 8).copyFrom(given);
      short family = (short) family(given.get(JAVA_BYTE, 1) & 0xff);
      ours.set(JAVA_SHORT_UNALIGNED, 0, family);
      return call.with(ours.address(), length);
    }
  }

  /** Makes a name that Linux wrote one of the system's. */
  long name(long result, long address, long lengthAddress) {
    if (result >= 0 && address != 0) {
      toTheirs(address, PlayedSystem.intAt(lengthAddress));
    }
    return result;
  }

  void toTheirs(long address, int length) {
    if (length >= 2) {
      MemorySegment at = PlayedSystem.memory(address, 2);
      int family = at.get(JAVA_SHORT_UNALIGNED, 0);
      at.set(JAVA_BYTE, 0, (byte) length);
      at.set(JAVA_BYTE, 1, (byte) system.theirs(Kind.ADDRESS_FAMILY, family));
    }
  }

  // ---- options

  private long peer(int fd, long user, long group) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment found = arena.allocate(Linux.SIZEOF_UCRED, 4);
      MemorySegment length = arena.allocate(4, 4);
      PlayedSystem.setInt(length.address(), Linux.SIZEOF_UCRED);
      int result =
          real.getsockopt(
              fd, Linux.SOL_SOCKET, Linux.SO_PEERCRED, found.address(), length.address());
      if (result >= 0) {
        PlayedSystem.setInt(user, PlayedSystem.intAt(found.address() + Offsets.UCRED__UID));
        PlayedSystem.setInt(group, PlayedSystem.intAt(found.address() + Offsets.UCRED__GID));
      }
      return result;
    }
  }

  private boolean is(Constant constant, int value) {
    return profile.has(constant) && profile.value(constant) == value;
  }

  private long set(int fd, int level, int name, long value, int length) {
    boolean isOfSocket = level == profile.value(Constant.SOL_SOCKET);
    if (isOfSocket && is(Constant.SO_NOSIGPIPE, name)) {
      boolean _ = system.calls.add("SO_NOSIGPIPE");
      return 0;
    }
    return real.setsockopt(fd, ourLevel(level), ourName(level, name), value, length);
  }

  private long get(int fd, int level, int name, long value, long length) {
    if (is(Constant.SOL_LOCAL, level) && is(Constant.LOCAL_PEERPID, name)) {
      PlayedSystem.setInt(value, (int) ProcessHandle.current().pid());
      return 0;
    }
    if (level == profile.value(Constant.SOL_SOCKET) && is(Constant.SO_NWRITE, name)) {
      return real.ioctl(fd, Linux.TIOCOUTQ, value);
    }
    int ours = ourName(level, name);
    int result = real.getsockopt(fd, ourLevel(level), ours, value, length);
    boolean isOfSocket = ourLevel(level) == Linux.SOL_SOCKET;
    if (result >= 0 && isOfSocket && ours == Linux.SO_ERROR && PlayedSystem.intAt(value) != 0) {
      PlayedSystem.setInt(value, system.theirErrno(PlayedSystem.intAt(value)));
    } else if (result >= 0 && isOfSocket && ours == Linux.SO_DOMAIN) {
      PlayedSystem.setInt(value, system.theirs(Kind.ADDRESS_FAMILY, PlayedSystem.intAt(value)));
    } else if (result >= 0 && isOfSocket && ours == Linux.SO_ACCEPTCONN) {
      PlayedSystem.setInt(value, PlayedSystem.intAt(value) * 2); // the bit, as BSDs have it
    }
    return result;
  }

  private int ourLevel(int theirs) {
    return system.ours(Kind.SOCKET_LEVEL, theirs);
  }

  private int ourName(int level, int name) {
    int ours = ourLevel(level);
    if (ours == Linux.SOL_SOCKET && is(Constant.SO_REUSEPORT_LB, name)) {
      return Linux.SO_REUSEPORT;
    }
    if (ours == Linux.IPPROTO_TCP && is(Constant.TCP_NOPUSH, name)) {
      return Linux.TCP_CORK;
    }
    if (ours == Linux.IPPROTO_IP && is(Constant.IP_RECVDSTADDR, name)) {
      return Linux.IP_PKTINFO;
    }
    return switch (ours) {
      case Linux.SOL_SOCKET -> system.ours(Kind.SOCKET_OPTION, name);
      case Linux.IPPROTO_TCP -> system.ours(Kind.TCP_OPTION, name);
      case Linux.IPPROTO_IP -> system.ours(Kind.IP_OPTION, name);
      case Linux.IPPROTO_IPV6 -> system.ours(Kind.IPV6_OPTION, name);
      default -> system.ours(Kind.UDP_OPTION, name);
    };
  }
}
