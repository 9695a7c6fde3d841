package dev.pollux.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** {@code sendmsg} and {@code recvmsg} of a {@link PlayedSystem}. */
final class PlayedMessages {

  private static final int OUR_HEADER = Linux.SIZEOF_CMSGHDR;
  private static final int ROOM = 4_096;

  private final PlayedSystem system;
  private final Profile profile;
  private final PlayedSockets sockets;

  PlayedMessages(PlayedSystem system, PlayedSockets sockets) {
    this.system = system;
    this.profile = system.profile;
    this.sockets = sockets;
  }

  long send(int fd, long header, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      long control = system.read(header, Field.MSGHDR_CONTROL);
      int length = (int) system.read(header, Field.MSGHDR_CONTROL_LENGTH);
      MemorySegment ours = arena.allocate(ROOM, 8);
      int size = control == 0 ? 0 : toOurs(control, length, ours.address());
      long name = system.read(header, Field.MSGHDR_NAME);
      int nameLength = (int) system.read(header, Field.MSGHDR_NAME_LENGTH);
      return sockets.named(
          (address, bytes) -> {
            long message = header(arena, header, address, bytes, ours.address(), size);
            return system.real.sendmsg(fd, message, flags);
          },
          name,
          nameLength);
    }
  }

  private long header(
      Arena arena, long theirs, long name, int nameLength, long control, int controlLength) {
    MemorySegment message = arena.allocate(Linux.SIZEOF_MSGHDR, 8);
    long at = message.address();
    PlayedSystem.setLong(at + Offsets.MSGHDR__MSG_NAME, name);
    PlayedSystem.setInt(at + Offsets.MSGHDR__MSG_NAMELEN, nameLength);
    PlayedSystem.setLong(at + Offsets.MSGHDR__MSG_IOV, system.read(theirs, Field.MSGHDR_IOV));
    long vectors = system.read(theirs, Field.MSGHDR_IOV_LENGTH);
    PlayedSystem.setLong(at + Offsets.MSGHDR__MSG_IOVLEN, vectors);
    PlayedSystem.setLong(at + Offsets.MSGHDR__MSG_CONTROL, controlLength == 0 ? 0 : control);
    PlayedSystem.setLong(at + Offsets.MSGHDR__MSG_CONTROLLEN, controlLength);
    return at;
  }

  long receive(int fd, long header, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      long name = system.read(header, Field.MSGHDR_NAME);
      int nameRoom = (int) system.read(header, Field.MSGHDR_NAME_LENGTH);
      long control = system.read(header, Field.MSGHDR_CONTROL);
      int room = control == 0 ? 0 : (int) system.read(header, Field.MSGHDR_CONTROL_LENGTH);
      MemorySegment ours = arena.allocate(ROOM, 8);
      long message =
          header(arena, header, name, nameRoom, ours.address(), Math.min(ROOM, 2 * room));
      int result = system.real.recvmsg(fd, message, flags);
      if (result < 0) {
        return result;
      }
      int nameLength = PlayedSystem.intAt(message + Offsets.MSGHDR__MSG_NAMELEN);
      if (name != 0) {
        sockets.toTheirs(name, nameLength);
      }
      int said = PlayedSystem.intAt(message + Offsets.MSGHDR__MSG_FLAGS);
      system.write(header, Field.MSGHDR_NAME_LENGTH, nameLength);
      int size = (int) PlayedSystem.longAt(message + Offsets.MSGHDR__MSG_CONTROLLEN);
      system.write(
          header, Field.MSGHDR_CONTROL_LENGTH, toTheirs(ours.address(), size, control, room));
      system.write(header, Field.MSGHDR_FLAGS, system.theirFlags(Kind.MESSAGE_FLAG, said));
      return result;
    }
  }

  private static int align(int bytes, int to) {
    return (bytes + to - 1) / to * to;
  }

  private int toOurs(long from, int length, long to) {
    int header = profile.controlDataOffset();
    int at = 0;
    int size = 0;
    while (at < length) {
      int bytes = (int) system.read(from + at, Field.CMSGHDR_LENGTH);
      int level = system.ours(Kind.SOCKET_LEVEL, (int) system.read(from + at, Field.CMSGHDR_LEVEL));
      int type = (int) system.read(from + at, Field.CMSGHDR_TYPE);
      boolean isSource =
          level == Linux.IPPROTO_IP
              && !profile.has(Constant.IP_PKTINFO)
              && type == profile.value(Constant.IP_SENDSRCADDR);
      int data = isSource ? Linux.SIZEOF_IN_PKTINFO : bytes - header;
      PlayedSystem.setLong(to + size + Offsets.CMSGHDR__CMSG_LEN, OUR_HEADER + data);
      PlayedSystem.setInt(to + size + Offsets.CMSGHDR__CMSG_LEVEL, level);
      PlayedSystem.setInt(
          to + size + Offsets.CMSGHDR__CMSG_TYPE, isSource ? Linux.IP_PKTINFO : ours(level, type));
      long skipped = isSource ? Offsets.IN_PKTINFO__IPI_SPEC_DST : 0;
      MemorySegment.copy(
          PlayedSystem.memory(from + at + header, bytes - header),
          0,
          PlayedSystem.memory(to + size + OUR_HEADER + skipped, bytes - header),
          0,
          bytes - header);
      size += align(OUR_HEADER + data, Long.BYTES);
      at += align(bytes, profile.controlAlignment());
    }
    return size;
  }

  private int ours(int level, int type) {
    return switch (level) {
      case Linux.SOL_SOCKET -> system.ours(Kind.CONTROL_TYPE, type);
      case Linux.IPPROTO_IP -> system.ours(Kind.IP_OPTION, type);
      default -> system.ours(Kind.IPV6_OPTION, type);
    };
  }

  private int theirs(int level, int type) {
    return switch (level) {
      case Linux.SOL_SOCKET -> system.theirs(Kind.CONTROL_TYPE, type);
      case Linux.IPPROTO_IP -> system.theirs(Kind.IP_OPTION, type);
      default -> system.theirs(Kind.IPV6_OPTION, type);
    };
  }

  private int toTheirs(long from, int length, long to, int room) {
    int header = profile.controlDataOffset();
    int at = 0;
    int size = 0;
    while (at < length) {
      int bytes = (int) PlayedSystem.longAt(from + at + Offsets.CMSGHDR__CMSG_LEN);
      int level = PlayedSystem.intAt(from + at + Offsets.CMSGHDR__CMSG_LEVEL);
      int type = PlayedSystem.intAt(from + at + Offsets.CMSGHDR__CMSG_TYPE);
      boolean isDestination =
          level == Linux.IPPROTO_IP
              && type == Linux.IP_PKTINFO
              && !profile.has(Constant.IP_PKTINFO);
      int skipped = isDestination ? Offsets.IN_PKTINFO__IPI_ADDR : 0;
      int data = isDestination ? Integer.BYTES : bytes - OUR_HEADER;
      if (size + header + data > room) {
        return size;
      }
      system.write(to + size, Field.CMSGHDR_LENGTH, header + data);
      system.write(to + size, Field.CMSGHDR_LEVEL, system.theirs(Kind.SOCKET_LEVEL, level));
      int theirs = isDestination ? profile.value(Constant.IP_RECVDSTADDR) : theirs(level, type);
      system.write(to + size, Field.CMSGHDR_TYPE, theirs);
      MemorySegment.copy(
          PlayedSystem.memory(from + at + OUR_HEADER + skipped, data),
          0,
          PlayedSystem.memory(to + size + header, data),
          0,
          data);
      size += align(header + data, profile.controlAlignment());
      at += align(bytes, Long.BYTES);
    }
    return size;
  }
}
