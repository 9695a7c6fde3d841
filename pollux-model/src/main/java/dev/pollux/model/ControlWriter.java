package dev.pollux.model;

import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;
import dev.pollux.sys.PeerCredentials;
import java.net.InetAddress;
import java.util.List;

/**
 * The ancillary data of a message that was received: into the caller's control buffer, as far as
 * there is room.
 *
 * <p>Source: {@code put_cmsg} and {@code scm_detach_fds} of Linux.
 */
final class ControlWriter {

  /** Who sent what was sent when nobody wanted to know: no process, and user and group "nobody". */
  private static final PeerCredentials UNKNOWN = new PeerCredentials(0, 65_534, 65_534);

  private static final int MAPPED_PREFIX = 10; // zeros, then ff ff, then the IPv4 address

  private final Memory memory;
  private final long address;
  private final long room;
  private long used;
  private boolean isTruncated;

  ControlWriter(Memory memory, long address, long room) {
    this.memory = memory;
    this.address = address;
    this.room = address != 0 && room > 0 && memory.valid(address, room) ? room : 0;
  }

  /** Bytes that were written. */
  long used() {
    return used;
  }

  /** Whether something found no room: MSG_CTRUNC. */
  boolean isTruncated() {
    return isTruncated;
  }

  /** Writes all that a socket's options ask for; files go into the table. */
  void write(FileTable table, SocketOptions options, Message message, boolean cloexec) {
    if (options.passesCredentials && options.isUnix()) {
      PeerCredentials sender = message.credentials;
      byte[] ucred = OptionOps.ucred(sender == null ? UNKNOWN : sender);
      put(Linux.SOL_SOCKET, Linux.SCM_CREDENTIALS, ucred);
    }
    InetAddress to = message.destination;
    if (to != null && options.tellsDestination6) {
      put(Linux.IPPROTO_IPV6, SocketOptions.IPV6_PKTINFO, pktinfo6(to.getAddress()));
    }
    if (to != null && options.tellsDestination && to.getAddress().length == Integer.BYTES) {
      put(Linux.IPPROTO_IP, SocketOptions.IP_PKTINFO, pktinfo(to.getAddress()));
    }
    if (!message.files.isEmpty()) {
      putFiles(table, message.files, cloexec);
    }
  }

  private static byte[] pktinfo(byte[] host) {
    byte[] bytes = new byte[ControlReader.SIZEOF_PKTINFO];
    Bytes.putInt(bytes, 0, ControlReader.LOOPBACK_INDEX);
    System.arraycopy(host, 0, bytes, ControlReader.PKTINFO_SOURCE, host.length);
    System.arraycopy(host, 0, bytes, ControlReader.PKTINFO_SOURCE + host.length, host.length);
    return bytes;
  }

  private static byte[] pktinfo6(byte[] host) {
    byte[] bytes = new byte[ControlReader.SIZEOF_PKTINFO6];
    int start = 0;
    if (host.length == Integer.BYTES) {
      bytes[MAPPED_PREFIX] = (byte) 0xff;
      bytes[MAPPED_PREFIX + 1] = (byte) 0xff;
      start = MAPPED_PREFIX + 2;
    }
    System.arraycopy(host, 0, bytes, start, host.length);
    Bytes.putInt(
        bytes, ControlReader.SIZEOF_PKTINFO6 - Integer.BYTES, ControlReader.LOOPBACK_INDEX);
    return bytes;
  }

  private void put(int level, int type, byte[] data) {
    if (room - used < ControlReader.HEADER) {
      isTruncated = true;
      return;
    }
    long length = (long) ControlReader.HEADER + data.length;
    if (length > room - used) {
      isTruncated = true;
      length = room - used;
    }
    putHeader(length, level, type);
    memory.copyOut(
        data, 0, address + used + ControlReader.HEADER, (int) length - ControlReader.HEADER);
    advance((long) ControlReader.HEADER + data.length);
  }

  private void putHeader(long length, int level, int type) {
    memory.setLong(address + used + Offsets.CMSGHDR__CMSG_LEN, length);
    memory.setInt(address + used + Offsets.CMSGHDR__CMSG_LEVEL, level);
    memory.setInt(address + used + Offsets.CMSGHDR__CMSG_TYPE, type);
  }

  private void advance(long length) {
    used += Math.min(ControlReader.align(length), room - used);
  }

  /** As many as there is room for, and numbers; the others are closed by who calls. */
  private void putFiles(FileTable table, List<Description> files, boolean cloexec) {
    long space = room - used - ControlReader.HEADER;
    int most = (int) Math.max(0, Math.min(space / Integer.BYTES, files.size()));
    long data = address + used + ControlReader.HEADER;
    int count = 0;
    while (count < most) {
      int fd = table.duplicate(files.get(count), 0, cloexec);
      if (fd < 0) {
        break;
      }
      memory.setInt(data + (long) count * Integer.BYTES, fd);
      count++;
    }
    if (count > 0) {
      long length = ControlReader.HEADER + (long) count * Integer.BYTES;
      putHeader(length, Linux.SOL_SOCKET, Linux.SCM_RIGHTS);
      advance(length);
    }
    isTruncated |= count < files.size();
  }
}
