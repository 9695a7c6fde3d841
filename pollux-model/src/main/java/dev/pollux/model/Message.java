package dev.pollux.model;

import dev.pollux.sys.PeerCredentials;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One receiving call: how much it wants, what it has, and what it learns beside the bytes. */
final class Message {

  /** Who sent it; null on a TCP stream, and if the sender has no name. */
  @Nullable SocketAddress sender;

  /** MSG_TRUNC, MSG_OOB: the msg_flags of recvmsg(2). */
  int flags;

  /** Where the datagram was sent to. */
  @Nullable InetAddress destination;

  /**
   * Who the sender says he is, on a Unix socket; null if nobody wanted to know when it was sent.
   */
  @Nullable PeerCredentials credentials;

  /** Files that came with it. Each is a reference that the receiver keeps or gives back. */
  List<Description> files = List.of();

  /** Takes what came with a message, or refers to it once more if it stays where it is. */
  void takeFrom(Attachment attachment, boolean peek) {
    credentials = attachment.credentials;
    files = peek ? attachment.files() : attachment.takeFiles();
    if (peek) {
      files.forEach(Description::acquire);
    }
  }

  /** Of a stream: with fewer bytes than these, a call that may block waits for more. */
  int target = 1;

  /** Of a stream: bytes received by this call so far, or looked at by it. */
  int total;

  /** Sets the target of a call with room for {@code count} bytes. */
  void aim(int count, boolean all, SocketOptions options) {
    target = Math.max(1, all ? count : Math.min(options.lowWater, count));
  }
}
