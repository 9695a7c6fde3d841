package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/** {@link SocketCalls} on a BSD. */
abstract class BsdSocketCalls extends BsdFileCalls {

  private static final int FLAGS = Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC;

  private final BsdAddresses addresses;
  private final BsdMessages messages;
  private final BsdOptions options;
  private final FlagMap messageFlags;
  private final FlagMap typeFlags;
  private final boolean hasTypeFlags;

  BsdSocketCalls(BsdLibrary library) {
    super(library);
    this.addresses = new BsdAddresses(profile);
    this.messageFlags = new FlagMap(profile, Kind.MESSAGE_FLAG);
    this.typeFlags = new FlagMap(profile, Kind.SOCKET_TYPE_FLAG);
    this.hasTypeFlags = typeFlags.lost(FLAGS) == 0;
    this.messages = new BsdMessages(library, addresses, messageFlags);
    this.options = new BsdOptions(library, addresses);
  }

  /** By {@code fcntl} where a type has no flags. */
  @Override
  public int socket(int domain, int type, int protocol) {
    int family = addresses.family(domain);
    if (family == NumberMap.NONE) {
      return -Errno.EAFNOSUPPORT;
    }
    int fd = library.call(BsdFunction.SOCKET, family, type(type), protocol);
    return fd < 0 ? fd : prepared(fd, type);
  }

  private int type(int type) {
    return (type & ~FLAGS) | (hasTypeFlags ? typeFlags.toSystem(type & FLAGS) : 0);
  }

  /** Gives a new socket its flags where the call could not; closes it if that fails. */
  private int prepared(int fd, int flags) {
    int result = hasTypeFlags ? 0 : setFlags(fd, flags);
    if (result < 0) {
      int _ = close(fd);
      return result;
    }
    quieten(fd);
    return fd;
  }

  /** Has no signal come of a write to a socket whose peer is gone, as MSG_NOSIGNAL says of one. */
  private void quieten(int fd) {
    if (profile.has(Constant.SO_NOSIGPIPE)) {
      BsdScratch scratch = BsdScratch.own();
      scratch.memory.set(JAVA_INT, BsdScratch.STAT, 1);
      int _ =
          library.call(
              BsdFunction.SETSOCKOPT,
              fd,
              profile.value(Constant.SOL_SOCKET),
              profile.value(Constant.SO_NOSIGPIPE),
              scratch.address(BsdScratch.STAT),
              Integer.BYTES);
    }
  }

  @Override
  public int socketpair(int domain, int type, int protocol, long fdsAddress) {
    int family = addresses.family(domain);
    if (family == NumberMap.NONE) {
      return -Errno.EAFNOSUPPORT;
    }
    int result = library.call(BsdFunction.SOCKETPAIR, family, type(type), protocol, fdsAddress);
    if (result >= 0 && !hasTypeFlags) {
      result = setFlagsOfTwo(fdsAddress, type & FLAGS);
    }
    if (result >= 0) {
      MemorySegment fds = BsdScratch.at(fdsAddress, 2L * Integer.BYTES);
      quieten(fds.get(JAVA_INT_UNALIGNED, 0));
      quieten(fds.get(JAVA_INT_UNALIGNED, Integer.BYTES));
    }
    return result;
  }

  @Override
  public int bind(int fd, long sockaddrAddress, int length) {
    return withAddress(BsdFunction.BIND, fd, sockaddrAddress, length);
  }

  @Override
  public int connect(int fd, long sockaddrAddress, int length) {
    return withAddress(BsdFunction.CONNECT, fd, sockaddrAddress, length);
  }

  private int withAddress(BsdFunction function, int fd, long address, int length) {
    BsdScratch scratch = BsdScratch.own();
    int result = addresses.toSystem(scratch, address, length);
    return result < 0
        ? result
        : library.call(function, fd, scratch.address(BsdScratch.ADDRESS), length);
  }

  @Override
  public int listen(int fd, int backlog) {
    return library.call(BsdFunction.LISTEN, fd, backlog);
  }

  /**
   * By {@code accept} and {@code fcntl} where there is no such call; what is accepted is blocking
   * or not as its listener is there, and as was asked here.
   */
  @Override
  public int accept4(int fd, long sockaddrAddress, long lengthAddress, int flags) {
    int room = BsdAddresses.length(lengthAddress);
    boolean hasCall = hasTypeFlags && library.has(BsdFunction.ACCEPT4);
    int accepted =
        hasCall
            ? library.call(
                BsdFunction.ACCEPT4, fd, sockaddrAddress, lengthAddress, typeFlags.toSystem(flags))
            : library.call(BsdFunction.ACCEPT, fd, sockaddrAddress, lengthAddress);
    if (accepted < 0) {
      return accepted;
    }
    int _ = addresses.fromSystem(accepted, sockaddrAddress, lengthAddress, room);
    int result = hasCall ? 0 : setFlags(accepted, flags);
    if (result < 0) {
      int _ = close(accepted);
      return result;
    }
    quieten(accepted);
    return accepted;
  }

  @Override
  public int shutdown(int fd, int how) {
    return library.call(BsdFunction.SHUTDOWN, fd, how);
  }

  @Override
  public int recv(int fd, long bufAddress, long count, int flags) {
    return library.call(
        BsdFunction.RECV, fd, bufAddress, most(count), messageFlags.toSystem(flags));
  }

  @Override
  public int send(int fd, long bufAddress, long count, int flags) {
    return library.call(
        BsdFunction.SEND, fd, bufAddress, most(count), messageFlags.toSystem(flags));
  }

  @Override
  public int recvfrom(
      int fd, long bufAddress, long count, int flags, long sockaddrAddress, long lengthAddress) {
    int room = BsdAddresses.length(lengthAddress);
    int result =
        library.call(
            BsdFunction.RECVFROM,
            fd,
            bufAddress,
            most(count),
            messageFlags.toSystem(flags),
            sockaddrAddress,
            lengthAddress);
    return addresses.fromSystem(result, sockaddrAddress, lengthAddress, room);
  }

  @Override
  public int sendto(
      int fd, long bufAddress, long count, int flags, long sockaddrAddress, int length) {
    BsdScratch scratch = BsdScratch.own();
    int result = sockaddrAddress == 0 ? 0 : addresses.toSystem(scratch, sockaddrAddress, length);
    return result < 0
        ? result
        : library.call(
            BsdFunction.SENDTO,
            fd,
            bufAddress,
            most(count),
            messageFlags.toSystem(flags),
            sockaddrAddress == 0 ? 0 : scratch.address(BsdScratch.ADDRESS),
            length);
  }

  @Override
  public int recvmsg(int fd, long msghdrAddress, int flags) {
    return messages.receive(fd, msghdrAddress, flags);
  }

  @Override
  public int sendmsg(int fd, long msghdrAddress, int flags) {
    return messages.send(fd, msghdrAddress, flags);
  }

  /** One by one; the first waits as the flags say, the others do not. */
  @Override
  public int recvmmsg(int fd, long mmsghdrsAddress, int count, int flags, long timespecAddress) {
    int done = 0;
    while (done < count) {
      int rest = done == 0 ? flags : flags | Linux.MSG_DONTWAIT;
      long header = mmsghdrsAddress + (long) done * Linux.SIZEOF_MMSGHDR;
      int result = messages.receive(fd, header, rest & ~Linux.MSG_WAITFORONE);
      if (result < 0) {
        return done == 0 ? result : done;
      }
      setLength(header, result);
      done++;
    }
    return done;
  }

  @Override
  public int sendmmsg(int fd, long mmsghdrsAddress, int count, int flags) {
    int most = Math.min(count, Linux.IOV_MAX);
    int done = 0;
    while (done < most) {
      long header = mmsghdrsAddress + (long) done * Linux.SIZEOF_MMSGHDR;
      int result = messages.send(fd, header, flags);
      if (result < 0) {
        return done == 0 ? result : done;
      }
      setLength(header, result);
      done++;
    }
    return done;
  }

  private static void setLength(long header, int length) {
    BsdScratch.at(header, Linux.SIZEOF_MMSGHDR)
        .set(JAVA_INT_UNALIGNED, Offsets.MMSGHDR__MSG_LEN, length);
  }

  @Override
  public int getsockopt(int fd, int level, int name, long valueAddress, long lengthAddress) {
    return options.get(fd, level, name, valueAddress, lengthAddress);
  }

  @Override
  public int setsockopt(int fd, int level, int name, long valueAddress, int length) {
    return options.set(fd, level, name, valueAddress, length);
  }

  @Override
  public int getsockname(int fd, long sockaddrAddress, long lengthAddress) {
    int room = BsdAddresses.length(lengthAddress);
    int result = library.call(BsdFunction.GETSOCKNAME, fd, sockaddrAddress, lengthAddress);
    return addresses.fromSystem(result, sockaddrAddress, lengthAddress, room);
  }

  @Override
  public int getpeername(int fd, long sockaddrAddress, long lengthAddress) {
    int room = BsdAddresses.length(lengthAddress);
    int result = library.call(BsdFunction.GETPEERNAME, fd, sockaddrAddress, lengthAddress);
    return addresses.fromSystem(result, sockaddrAddress, lengthAddress, room);
  }
}
