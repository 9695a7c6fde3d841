package dev.pollux.net;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Chooses among identities as {@link TlsIdentities} says. An alias is an index.
 *
 * <p>Threads: immutable, any.
 */
final class TlsKeyManager extends X509ExtendedKeyManager {

  private final List<TlsIdentity> identities;

  TlsKeyManager(List<TlsIdentity> identities) {
    this.identities = identities;
  }

  /**
   * Not the first of all where others have the name but another kind of key: the engine asks for
   * every kind.
   */
  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    List<String> names = asked(engine);
    Predicate<TlsIdentity> exact = i -> names.stream().anyMatch(i.names()::hasExactly);
    Predicate<TlsIdentity> fits = i -> names.stream().anyMatch(i.names()::isFor);
    Predicate<TlsIdentity> first = i -> i.equals(identities.getFirst());
    for (Predicate<TlsIdentity> best : List.of(exact, fits, first)) {
      if (identities.stream().anyMatch(best)) {
        return find(best.and(i -> i.hasKey(keyType)));
      }
    }
    throw new AssertionError("the first is the first");
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    Predicate<TlsIdentity> usable = i -> List.of(keyTypes).stream().anyMatch(i::hasKey);
    String known = issuers == null ? null : find(usable.and(i -> i.isOfOne(issuers)));
    return known != null ? known : find(usable); // the server says best what it has against it
  }

  private @Nullable String find(Predicate<TlsIdentity> wanted) {
    for (int i = 0; i < identities.size(); i++) {
      if (wanted.test(identities.get(i))) {
        return Integer.toString(i);
      }
    }
    return null;
  }

  private static List<String> asked(@Nullable SSLEngine engine) {
    List<String> names = new ArrayList<>();
    if (engine != null && engine.getHandshakeSession() instanceof ExtendedSSLSession session) {
      for (SNIServerName name : session.getRequestedServerNames()) {
        if (name instanceof SNIHostName host) {
          names.add(host.getAsciiName());
        }
      }
    }
    return names;
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return identities.get(Integer.parseInt(alias)).chain();
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return identities.get(Integer.parseInt(alias)).key();
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }
}
