package dev.pollux.model;

import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** One receiving call: how much it wants, what it has, and what it learns beside the bytes. */
final class Message {

  /** Who sent the datagram; null on a stream. */
  @Nullable SocketAddress sender;

  /** MSG_TRUNC, MSG_OOB: the msg_flags of recvmsg(2). */
  int flags;

  /** Of a stream: with fewer bytes than these, a call that may block waits for more. */
  int target = 1;

  /** Of a stream: bytes received by this call so far, or looked at by it. */
  int total;

  /** Sets the target of a call with room for {@code count} bytes. */
  void aim(int count, boolean all, SocketOptions options) {
    target = Math.max(1, all ? count : Math.min(options.lowWater, count));
  }
}
