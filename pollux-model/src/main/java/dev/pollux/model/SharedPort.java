package dev.pollux.model;

import dev.pollux.model.Ports.Holder;
import java.net.Inet6Address;
import org.jspecify.annotations.Nullable;

/**
 * What a port of TCP remembers of those who were bound to it by SO_REUSEPORT. Who has that option,
 * too, is let in without a look at the others, though they may have given it up since. For
 * SO_REUSEADDR it is what they have now that counts.
 *
 * <p>Source: {@code inet_csk_update_fastreuse} and {@code sk_reuseport_match} of Linux, and what
 * Linux 6.18 does.
 */
final class SharedPort {

  /** Who made it shared; null if the last one to come did not share it. */
  private @Nullable Holder sharer;

  boolean admits(Holder wanted) {
    return sharer != null && wanted.shares() && covers(sharer, wanted);
  }

  /**
   * Whether an address is among the sharer's: it is the same, or that stands for all, which those
   * of the other family are among only if both kinds can be one socket's.
   */
  private static boolean covers(Holder sharer, Holder wanted) {
    if (!sharer.host().isAnyLocalAddress()) {
      return sharer.host().equals(wanted.host());
    }
    boolean isSix = sharer.host() instanceof Inet6Address;
    if (isSix == wanted.host() instanceof Inet6Address) {
      return true;
    }
    return isSix ? !sharer.v6Only() : wanted.host().isAnyLocalAddress() && !wanted.v6Only();
  }

  /** One more is bound, or listens. */
  void bound(Holder holder) {
    if (!holder.shares()) {
      sharer = null;
    } else if (!admits(holder)) {
      sharer = holder;
    }
  }
}
