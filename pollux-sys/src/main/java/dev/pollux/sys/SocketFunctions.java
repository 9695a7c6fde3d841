package dev.pollux.sys;

import java.lang.foreign.MemorySegment;

/**
 * The C functions of {@link NativeSocketCalls}. Looking one up is cheap, so all of them are at
 * once.
 */
final class SocketFunctions {

  static final MemorySegment SOCKET = Libc.find("socket");
  static final MemorySegment SOCKETPAIR = Libc.find("socketpair");
  static final MemorySegment BIND = Libc.find("bind");
  static final MemorySegment LISTEN = Libc.find("listen");
  static final MemorySegment ACCEPT4 = Libc.find("accept4");
  static final MemorySegment CONNECT = Libc.find("connect");
  static final MemorySegment SHUTDOWN = Libc.find("shutdown");
  static final MemorySegment RECV = Libc.find("recv");
  static final MemorySegment SEND = Libc.find("send");
  static final MemorySegment RECVFROM = Libc.find("recvfrom");
  static final MemorySegment SENDTO = Libc.find("sendto");
  static final MemorySegment RECVMSG = Libc.find("recvmsg");
  static final MemorySegment SENDMSG = Libc.find("sendmsg");
  static final MemorySegment RECVMMSG = Libc.find("recvmmsg");
  static final MemorySegment SENDMMSG = Libc.find("sendmmsg");
  static final MemorySegment GETSOCKOPT = Libc.find("getsockopt");
  static final MemorySegment SETSOCKOPT = Libc.find("setsockopt");
  static final MemorySegment GETSOCKNAME = Libc.find("getsockname");
  static final MemorySegment GETPEERNAME = Libc.find("getpeername");

  private SocketFunctions() {}
}
