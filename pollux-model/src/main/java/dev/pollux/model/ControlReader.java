package dev.pollux.model;

import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;
import dev.pollux.sys.PeerCredentials;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ancillary data of a message that is sent: from the caller's {@code struct cmsghdr} to an
 * {@link Attachment}.
 *
 * <p>Source: {@code __scm_send}, {@code ip_cmsg_send}, {@code ip6_datagram_send_ctl} and {@code
 * __sock_cmsg_send} of Linux.
 */
final class ControlReader {

  static final int HEADER = Linux.SIZEOF_CMSGHDR;

  // struct in_pktinfo { int ipi_ifindex; struct in_addr ipi_spec_dst; struct in_addr ipi_addr; };
  static final int SIZEOF_PKTINFO = 12;
  static final int PKTINFO_SOURCE = 4;

  // struct in6_pktinfo { struct in6_addr ipi6_addr; unsigned int ipi6_ifindex; };
  static final int SIZEOF_PKTINFO6 = 20;

  static final int LOOPBACK_INDEX = 1; // the interface "lo"

  private static final int MAX_BYTES = 131_072; // net.core.optmem_max
  private static final int MAX_FILES = 253; // SCM_MAX_FD

  private final Kernel kernel;
  private final Memory memory;
  private final FileTable table;
  private final SocketOptions options;
  private final List<Description> files = new ArrayList<>();
  private @Nullable PeerCredentials credentials;
  private @Nullable InetAddress source;

  ControlReader(Kernel kernel, FileTable table, SocketOptions options) {
    this.kernel = kernel;
    this.memory = kernel.memory;
    this.table = table;
    this.options = options;
  }

  /** What was read. The files are the caller's to give back, also after an error. */
  Attachment attachment() {
    return new Attachment(List.copyOf(files), credentials, source);
  }

  /** Reads all headers; 0 or an error. */
  int read(long address, long length) {
    if (Long.compareUnsigned(length, MAX_BYTES) > 0) {
      return -Errno.ENOBUFS;
    }
    if (!memory.valid(address, length)) {
      return -Errno.EFAULT;
    }
    long at = 0;
    while (at + HEADER <= length) {
      long size = memory.getLong(address + at + Offsets.CMSGHDR__CMSG_LEN);
      if (size < HEADER || size > length - at) {
        return -Errno.EINVAL;
      }
      int result = readOne(address + at, (int) size - HEADER);
      if (result < 0) {
        return result;
      }
      at += align(size);
    }
    return 0;
  }

  /** CMSG_ALIGN: up to the next multiple of eight. */
  static long align(long length) {
    return (length + 7) & ~7L;
  }

  private int readOne(long header, int size) {
    int level = memory.getInt(header + Offsets.CMSGHDR__CMSG_LEVEL);
    int type = memory.getInt(header + Offsets.CMSGHDR__CMSG_TYPE);
    long data = header + HEADER;
    return switch (level) {
      case Linux.SOL_SOCKET -> options.isUnix() ? readUnix(type, data, size) : readGeneral(type);
      case Linux.IPPROTO_IP -> isUdp() ? readIp(type, data, size) : 0;
      case Linux.IPPROTO_IPV6 ->
          isUdp() && options.family == Linux.AF_INET6 ? readIpv6(type, data, size) : 0;
      case Linux.IPPROTO_UDP -> isUdp() ? kernel.unsupported("sendmsg(UDP_" + type + ")") : 0;
      default -> 0;
    };
  }

  private boolean isUdp() {
    return options.has(Linux.IPPROTO_UDP);
  }

  private int readUnix(int type, long data, int size) {
    return switch (type) {
      case Linux.SCM_RIGHTS -> readFiles(data, size / Integer.BYTES);
      case Linux.SCM_CREDENTIALS -> readCredentials(data, size);
      default -> -Errno.EINVAL;
    };
  }

  private int readFiles(long data, int count) {
    if (files.size() + count > MAX_FILES) {
      return -Errno.EINVAL;
    }
    for (int i = 0; i < count; i++) {
      Description file = table.get(memory.getInt(data + (long) i * Integer.BYTES));
      if (file == null) {
        return -Errno.EBADF;
      }
      file.acquire();
      files.add(file);
    }
    return 0;
  }

  private int readCredentials(long data, int size) {
    if (size != Linux.SIZEOF_UCRED) {
      return -Errno.EINVAL;
    }
    PeerCredentials named =
        new PeerCredentials(
            memory.getInt(data + Offsets.UCRED__PID),
            memory.getInt(data + Offsets.UCRED__UID),
            memory.getInt(data + Offsets.UCRED__GID));
    if (!named.equals(kernel.self)) {
      return -Errno.EPERM; // nobody here is privileged
    }
    credentials = named;
    return 0;
  }

  /** What any Internet socket may carry at the level of sockets; descriptors mean nothing there. */
  private int readGeneral(int type) {
    if (type == Linux.SCM_RIGHTS || type == Linux.SCM_CREDENTIALS) {
      return 0;
    }
    String name = OptionNames.of(Linux.SOL_SOCKET, type);
    return name == null ? -Errno.EINVAL : kernel.unsupported("sendmsg(" + name + ")");
  }

  private int readIp(int type, long data, int size) {
    if (type != SocketOptions.IP_PKTINFO) {
      String name = OptionNames.of(Linux.IPPROTO_IP, type);
      return name == null ? -Errno.EINVAL : kernel.unsupported("sendmsg(" + name + ")");
    }
    if (size != SIZEOF_PKTINFO) {
      return -Errno.EINVAL;
    }
    return takeSource(memory.getInt(data), data + PKTINFO_SOURCE, Integer.BYTES);
  }

  private int readIpv6(int type, long data, int size) {
    if (type != SocketOptions.IPV6_PKTINFO) {
      String name = OptionNames.of(Linux.IPPROTO_IPV6, type);
      return name == null ? -Errno.EINVAL : kernel.unsupported("sendmsg(" + name + ")");
    }
    if (size < SIZEOF_PKTINFO6) {
      return -Errno.EINVAL;
    }
    int length = SIZEOF_PKTINFO6 - Integer.BYTES;
    return takeSource(memory.getInt(data + length), data, length);
  }

  private int takeSource(int interfaceIndex, long address, int length) {
    if (interfaceIndex != 0 && interfaceIndex != LOOPBACK_INDEX) {
      return -Errno.ENODEV;
    }
    byte[] bytes = new byte[length];
    memory.copyIn(address, bytes, 0, length);
    InetAddress host = Network.address(bytes);
    source = host.isAnyLocalAddress() ? null : host;
    return 0;
  }
}
