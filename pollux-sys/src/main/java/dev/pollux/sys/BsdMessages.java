package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code struct msghdr} and the control messages in it, for {@code sendmsg} and {@code recvmsg}.
 */
final class BsdMessages {

  private static final int OUR_HEADER = Linux.SIZEOF_CMSGHDR;
  private static final List<Constant> IP_TYPES = List.of(Constant.IP_TOS, Constant.IP_TTL);
  private static final List<Constant> IPV6_TYPES =
      List.of(Constant.IPV6_PKTINFO, Constant.IPV6_TCLASS);

  private final BsdLibrary library;
  private final Profile profile;
  private final BsdAddresses addresses;
  private final FlagMap flags;
  private final int theirHeader;

  BsdMessages(BsdLibrary library, BsdAddresses addresses, FlagMap flags) {
    this.library = library;
    this.profile = library.profile;
    this.addresses = addresses;
    this.flags = flags;
    this.theirHeader = profile.controlDataOffset();
  }

  int send(int fd, long msghdrAddress, int messageFlags) {
    BsdScratch scratch = BsdScratch.own();
    MemorySegment given = BsdScratch.at(msghdrAddress, Linux.SIZEOF_MSGHDR);
    long name = given.get(JAVA_LONG_UNALIGNED, Offsets.MSGHDR__MSG_NAME);
    int nameLength = given.get(JAVA_INT_UNALIGNED, Offsets.MSGHDR__MSG_NAMELEN);
    boolean isNamed = name != 0 && nameLength != 0;
    if (isNamed) {
      int result = addresses.toSystem(scratch, name, nameLength);
      if (result < 0) {
        return result;
      }
    }
    long control = given.get(JAVA_LONG_UNALIGNED, Offsets.MSGHDR__MSG_CONTROL);
    long controlLength = given.get(JAVA_LONG_UNALIGNED, Offsets.MSGHDR__MSG_CONTROLLEN);
    int theirLength = control == 0 ? 0 : controlToSystem(scratch, control, controlLength);
    if (theirLength < 0) {
      return theirLength;
    }
    long ourName = isNamed ? scratch.address(BsdScratch.ADDRESS) : 0;
    writeHeader(scratch, given, ourName, nameLength, theirLength);
    long header = scratch.address(BsdScratch.HEADER);
    return library.call(BsdFunction.SENDMSG, fd, header, flags.toSystem(messageFlags));
  }

  int receive(int fd, long msghdrAddress, int messageFlags) {
    BsdScratch scratch = BsdScratch.own();
    MemorySegment given = BsdScratch.at(msghdrAddress, Linux.SIZEOF_MSGHDR);
    long name = given.get(JAVA_LONG_UNALIGNED, Offsets.MSGHDR__MSG_NAME);
    int nameRoom = given.get(JAVA_INT_UNALIGNED, Offsets.MSGHDR__MSG_NAMELEN);
    long control = given.get(JAVA_LONG_UNALIGNED, Offsets.MSGHDR__MSG_CONTROL);
    long room = given.get(JAVA_LONG_UNALIGNED, Offsets.MSGHDR__MSG_CONTROLLEN);
    int theirRoom = control == 0 ? 0 : (int) Math.min(room, BsdScratch.CONTROL_BYTES);
    writeHeader(scratch, given, name, nameRoom, theirRoom);
    long header = scratch.address(BsdScratch.HEADER);
    int result = library.call(BsdFunction.RECVMSG, fd, header, flags.toSystem(messageFlags));
    if (result < 0) {
      return result;
    }
    int nameLength = (int) field(scratch, Field.MSGHDR_NAME_LENGTH);
    nameLength = addresses.fromSystem(name, nameRoom, nameLength);
    given.set(JAVA_INT_UNALIGNED, Offsets.MSGHDR__MSG_NAMELEN, nameLength);
    int said = flags.fromSystem((int) field(scratch, Field.MSGHDR_FLAGS));
    long theirLength = field(scratch, Field.MSGHDR_CONTROL_LENGTH);
    long ourLength = 0;
    if (control != 0) {
      ourLength = controlFromSystem(scratch, theirLength, BsdScratch.at(control, room));
      said |= ourLength < 0 ? Linux.MSG_CTRUNC : 0;
      ourLength = ourLength < 0 ? ~ourLength : ourLength;
    }
    given.set(JAVA_LONG_UNALIGNED, Offsets.MSGHDR__MSG_CONTROLLEN, ourLength);
    if ((flags.lost(messageFlags) & Linux.MSG_CMSG_CLOEXEC) != 0) {
      closeOnExec(BsdScratch.at(control, ourLength));
    }
    given.set(JAVA_INT_UNALIGNED, Offsets.MSGHDR__MSG_FLAGS, said);
    return result;
  }

  /** Descriptors that came, where the call could not be told that they are not for others. */
  private void closeOnExec(MemorySegment control) {
    int command = profile.value(Constant.F_SETFD);
    long at = 0;
    while (at + OUR_HEADER <= control.byteSize()) {
      long bytes = control.get(JAVA_LONG_UNALIGNED, at + Offsets.CMSGHDR__CMSG_LEN);
      int level = control.get(JAVA_INT_UNALIGNED, at + Offsets.CMSGHDR__CMSG_LEVEL);
      int type = control.get(JAVA_INT_UNALIGNED, at + Offsets.CMSGHDR__CMSG_TYPE);
      boolean isRights = level == Linux.SOL_SOCKET && type == Linux.SCM_RIGHTS;
      for (long fd = at + OUR_HEADER; isRights && fd < at + bytes; fd += Integer.BYTES) {
        int number = control.get(JAVA_INT_UNALIGNED, fd);
        int _ = library.callVariadic(BsdFunction.FCNTL, number, command, Linux.FD_CLOEXEC);
      }
      at += align(bytes, Long.BYTES);
    }
  }

  private long field(BsdScratch scratch, Field field) {
    return BsdFields.read(profile, scratch.memory, BsdScratch.HEADER, field);
  }

  private void writeHeader(
      BsdScratch scratch, MemorySegment given, long name, int nameLength, int controlLength) {
    set(scratch, Field.MSGHDR_NAME, name);
    set(scratch, Field.MSGHDR_NAME_LENGTH, nameLength);
    set(scratch, Field.MSGHDR_IOV, given.get(JAVA_LONG_UNALIGNED, Offsets.MSGHDR__MSG_IOV));
    long vectors = given.get(JAVA_LONG_UNALIGNED, Offsets.MSGHDR__MSG_IOVLEN);
    set(scratch, Field.MSGHDR_IOV_LENGTH, vectors);
    long control = controlLength == 0 ? 0 : scratch.address(BsdScratch.CONTROL);
    set(scratch, Field.MSGHDR_CONTROL, control);
    set(scratch, Field.MSGHDR_CONTROL_LENGTH, controlLength);
    set(scratch, Field.MSGHDR_FLAGS, 0);
  }

  private void set(BsdScratch scratch, Field field, long value) {
    BsdFields.write(profile, scratch.memory, BsdScratch.HEADER, field, value);
  }

  // ---- control messages

  /** How many bytes they take there; {@code -errno} if one of them cannot be said. */
  private int controlToSystem(BsdScratch scratch, long address, long length) {
    MemorySegment from = BsdScratch.at(address, length);
    long at = 0;
    int to = 0;
    while (at + OUR_HEADER <= length) {
      long bytes = from.get(JAVA_LONG_UNALIGNED, at + Offsets.CMSGHDR__CMSG_LEN);
      if (bytes < OUR_HEADER || at + bytes > length) {
        return -Errno.EINVAL;
      }
      int level = from.get(JAVA_INT_UNALIGNED, at + Offsets.CMSGHDR__CMSG_LEVEL);
      int type = from.get(JAVA_INT_UNALIGNED, at + Offsets.CMSGHDR__CMSG_TYPE);
      boolean isSource = isReplaced(level, type);
      Constant known = isSource ? Constant.IP_SENDSRCADDR : ours(level, type);
      long data = at + OUR_HEADER + (isSource ? Offsets.IN_PKTINFO__IPI_SPEC_DST : 0);
      long dataBytes = isSource ? Integer.BYTES : bytes - OUR_HEADER;
      if (known == null || !profile.has(known)) {
        return -Errno.EINVAL;
      }
      if (to + theirHeader + dataBytes > BsdScratch.CONTROL_BYTES) {
        return -Errno.ENOBUFS;
      }
      writeControl(scratch.memory, BsdScratch.CONTROL + to, known, dataBytes);
      int target = BsdScratch.CONTROL + to + theirHeader;
      MemorySegment.copy(from, data, scratch.memory, target, dataBytes);
      to += (int) align(theirHeader + dataBytes, profile.controlAlignment());
      at += align(bytes, Long.BYTES);
    }
    return to;
  }

  private void writeControl(MemorySegment to, long start, Constant type, long dataBytes) {
    BsdFields.write(profile, to, start, Field.CMSGHDR_LENGTH, theirHeader + dataBytes);
    BsdFields.write(profile, to, start, Field.CMSGHDR_LEVEL, profile.value(level(type)));
    BsdFields.write(profile, to, start, Field.CMSGHDR_TYPE, profile.value(type));
  }

  /** How many bytes they take here; the complement of it if not all had room. */
  private long controlFromSystem(BsdScratch scratch, long length, MemorySegment out) {
    long at = 0;
    long to = 0;
    while (at + theirHeader <= length) {
      long start = BsdScratch.CONTROL + at;
      long bytes = BsdFields.read(profile, scratch.memory, start, Field.CMSGHDR_LENGTH);
      if (bytes < theirHeader || at + bytes > length) {
        return to;
      }
      int level = (int) BsdFields.read(profile, scratch.memory, start, Field.CMSGHDR_LEVEL);
      int type = (int) BsdFields.read(profile, scratch.memory, start, Field.CMSGHDR_TYPE);
      Constant known = theirs(level, type);
      if (known != null) {
        boolean isDestination = known == Constant.IP_RECVDSTADDR;
        long dataBytes = isDestination ? Linux.SIZEOF_IN_PKTINFO : bytes - theirHeader;
        if (to + OUR_HEADER + dataBytes > out.byteSize()) {
          return ~(known == Constant.SCM_RIGHTS ? rights(scratch, start, dataBytes, out, to) : to);
        }
        Constant ours = isDestination ? Constant.IP_PKTINFO : known;
        writeOurs(out, to, ours, dataBytes);
        copyData(scratch.memory, start + theirHeader, out, to + OUR_HEADER, known, dataBytes);
        to += align(OUR_HEADER + dataBytes, Long.BYTES);
      }
      at += align(bytes, profile.controlAlignment());
    }
    return Math.min(to, out.byteSize());
  }

  /** As many of the descriptors as there is room for; the others are closed, as Linux does. */
  private long rights(BsdScratch scratch, long start, long dataBytes, MemorySegment out, long to) {
    long room = Math.max(0, out.byteSize() - to - OUR_HEADER) / Integer.BYTES * Integer.BYTES;
    for (long at = room; at < dataBytes; at += Integer.BYTES) {
      int fd = scratch.memory.get(JAVA_INT_UNALIGNED, start + theirHeader + at);
      int _ = library.call(BsdFunction.CLOSE, fd);
    }
    if (room == 0) {
      return to;
    }
    writeOurs(out, to, Constant.SCM_RIGHTS, room);
    MemorySegment.copy(scratch.memory, start + theirHeader, out, to + OUR_HEADER, room);
    return to + OUR_HEADER + room;
  }

  private static void writeOurs(MemorySegment out, long at, Constant type, long dataBytes) {
    out.set(JAVA_LONG_UNALIGNED, at + Offsets.CMSGHDR__CMSG_LEN, OUR_HEADER + dataBytes);
    out.set(JAVA_INT_UNALIGNED, at + Offsets.CMSGHDR__CMSG_LEVEL, level(type).linuxValue());
    out.set(JAVA_INT_UNALIGNED, at + Offsets.CMSGHDR__CMSG_TYPE, type.linuxValue());
  }

  /** An address alone becomes a struct in_pktinfo of an unknown interface. */
  private static void copyData(
      MemorySegment from, long start, MemorySegment out, long to, Constant type, long bytes) {
    if (type != Constant.IP_RECVDSTADDR) {
      MemorySegment.copy(from, start, out, to, bytes);
      return;
    }
    int address = from.get(JAVA_INT_UNALIGNED, start);
    out.set(JAVA_INT_UNALIGNED, to + Offsets.IN_PKTINFO__IPI_IFINDEX, 0);
    out.set(JAVA_INT_UNALIGNED, to + Offsets.IN_PKTINFO__IPI_SPEC_DST, address);
    out.set(JAVA_INT_UNALIGNED, to + Offsets.IN_PKTINFO__IPI_ADDR, address);
  }

  /** Whether it is the source of a datagram where that is an address alone. */
  private boolean isReplaced(int level, int type) {
    return level == Linux.IPPROTO_IP
        && type == Linux.IP_PKTINFO
        && !profile.has(Constant.IP_PKTINFO);
  }

  private static @Nullable Constant ours(int level, int type) {
    if (level == Linux.SOL_SOCKET) {
      return type == Linux.SCM_RIGHTS ? Constant.SCM_RIGHTS : null;
    }
    if (level == Linux.IPPROTO_IP && type == Linux.IP_PKTINFO) {
      return Constant.IP_PKTINFO;
    }
    List<Constant> types =
        level == Linux.IPPROTO_IP ? IP_TYPES : level == Linux.IPPROTO_IPV6 ? IPV6_TYPES : List.of();
    return types.stream().filter(each -> each.linuxValue() == type).findFirst().orElse(null);
  }

  private @Nullable Constant theirs(int level, int type) {
    for (Constant each :
        List.of(
            Constant.SCM_RIGHTS,
            Constant.IP_PKTINFO,
            Constant.IP_RECVDSTADDR,
            Constant.IPV6_PKTINFO,
            Constant.IPV6_TCLASS,
            Constant.IP_TOS,
            Constant.IP_TTL)) {
      if (profile.has(each) && profile.value(each) == type && profile.value(level(each)) == level) {
        return each;
      }
    }
    return null;
  }

  private static Constant level(Constant type) {
    return switch (type.kind()) {
      case IP_OPTION -> Constant.IPPROTO_IP;
      case IPV6_OPTION -> Constant.IPPROTO_IPV6;
      default -> Constant.SOL_SOCKET;
    };
  }

  private static long align(long bytes, int alignment) {
    return (bytes + alignment - 1) / alignment * alignment;
  }
}
