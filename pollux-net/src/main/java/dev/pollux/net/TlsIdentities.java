package dev.pollux.net;

import java.util.ArrayList;
import java.util.List;

/**
 * Who one is by now: one {@link TlsIdentity} or several, which can be replaced while they are in
 * use, by new certificates before the old ones expire.
 *
 * <p>A server shows the one that is for the name which the client asks for: one that has the name
 * itself, else one with a wildcard for it (RFC 6125: in the place of the first label), else, and if
 * it is asked for none, the first. Names are the alternative names of a certificate: one that has
 * its name in its subject alone is shown as the first only. A client shows the first that is of an
 * authority which the server names and has a kind of key that it takes; else the first with such a
 * key.
 *
 * <p>Handshakes that begin after {@link #replace} have the new ones, whole; those under way and
 * connections keep what they have. Sessions from before are not resumed, so nobody goes on with a
 * certificate that was taken away.
 *
 * <pre>{@code
 * void reload() throws IOException { // when there are new files
 *   identities.replace(TlsIdentity.ofPem(certificates, key)); // else all is as it was
 * }
 * }</pre>
 *
 * <p>Threads: any.
 */
public final class TlsIdentities {

  private volatile List<TlsIdentity> list;
  private volatile boolean serves;
  private volatile boolean asks;

  private TlsIdentities(List<TlsIdentity> list) {
    this.list = list;
  }

  /** These to begin with; the first is for clients that ask for no name or another. */
  public static TlsIdentities of(TlsIdentity first, TlsIdentity... others) {
    return new TlsIdentities(listOf(first, others));
  }

  /**
   * From now on these, and no others.
   *
   * @throws IllegalArgumentException if one of them is not for what the others were used for;
   *     nothing has changed then
   */
  public void replace(TlsIdentity first, TlsIdentity... others) {
    List<TlsIdentity> next = listOf(first, others);
    requireFor(next, serves, asks);
    list = next;
  }

  private static List<TlsIdentity> listOf(TlsIdentity first, TlsIdentity... others) {
    List<TlsIdentity> all = new ArrayList<>();
    all.add(first);
    all.addAll(List.of(others));
    return List.copyOf(all);
  }

  private static void requireFor(List<TlsIdentity> all, boolean server, boolean client) {
    for (TlsIdentity each : all) {
      if (server) {
        each.requireForServer();
      }
      if (client) {
        each.requireForClient();
      }
    }
  }

  /** They are to be a server's, or a client's. */
  void use(boolean server) {
    requireFor(list, server, !server);
    serves |= server;
    asks |= !server;
  }

  /** Those of now: another list after each replacement. */
  List<TlsIdentity> list() {
    return list;
  }

  @Override
  public String toString() {
    return "TlsIdentities" + list;
  }
}
