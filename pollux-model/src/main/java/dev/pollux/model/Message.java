package dev.pollux.model;

import dev.pollux.sys.PeerCredentials;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a receiving call learns beside the bytes. */
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
}
