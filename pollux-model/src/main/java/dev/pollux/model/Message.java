package dev.pollux.model;

import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** What a receiving call learns beside the bytes. */
final class Message {

  /** Who sent the datagram; null on a stream. */
  @Nullable SocketAddress sender;

  /** MSG_TRUNC, MSG_OOB: the msg_flags of recvmsg(2). */
  int flags;
}
