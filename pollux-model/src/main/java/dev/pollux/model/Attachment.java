package dev.pollux.model;

import dev.pollux.sys.PeerCredentials;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a message carries beside its bytes: open files, who says that he sent it, and the address it
 * is to come from.
 *
 * <p>Ownership: each file counts as one reference more. Who takes the files takes the references;
 * what nobody has taken is given back by {@link Kernel#drop}.
 *
 * <p>Source: unix(7), ip(7).
 */
final class Attachment {

  static final Attachment NONE = new Attachment(List.of(), null, null);

  final @Nullable PeerCredentials credentials;
  final @Nullable InetAddress source;
  private List<Description> files;

  Attachment(
      List<Description> files,
      @Nullable PeerCredentials credentials,
      @Nullable InetAddress source) {
    this.files = files;
    this.credentials = credentials;
    this.source = source;
  }

  /** The files, which stay here. */
  List<Description> files() {
    return files;
  }

  List<Description> takeFiles() {
    List<Description> taken = files;
    if (!taken.isEmpty()) {
      files = List.of();
    }
    return taken;
  }

  /** What goes to the receiver; the kernel says who sent it where the sender has not. */
  Attachment moved(@Nullable PeerCredentials sender) {
    return new Attachment(takeFiles(), credentials == null ? sender : credentials, null);
  }
}
