package dev.pollux.net;

import java.security.GeneralSecurityException;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The context of the connections that begin now: one that was given; or one made of identities and
 * trust, and made again when the identities were replaced, so that a handshake has those of one
 * moment, and resumes no session of others.
 *
 * <p>Threads: any.
 */
final class TlsContexts {

  private record Made(@Nullable List<TlsIdentity> of, SSLContext context) {}

  private final @Nullable TlsIdentities identities;
  private final @Nullable TlsTrust trust;
  private final boolean given;
  private volatile Made made;

  private TlsContexts(
      @Nullable TlsIdentities identities, @Nullable TlsTrust trust, @Nullable SSLContext given) {
    this.identities = identities;
    this.trust = trust;
    this.given = given != null;
    this.made = given != null ? new Made(null, given) : make(listed());
  }

  static TlsContexts given(SSLContext context) {
    return new TlsContexts(null, null, context);
  }

  /** Without identities it shows none; without trust it trusts whom the JDK trusts. */
  static TlsContexts of(@Nullable TlsIdentities identities, @Nullable TlsTrust trust) {
    return new TlsContexts(identities, trust, null);
  }

  /** As this, with other trust. */
  TlsContexts with(TlsTrust newTrust) {
    requireOwn("withTrust");
    return of(identities, newTrust);
  }

  /** As this, with other identities. */
  TlsContexts with(TlsIdentities newIdentities) {
    requireOwn("withIdentities");
    return of(newIdentities, trust);
  }

  private void requireOwn(String call) {
    if (given) {
      throw new IllegalStateException(
          call
              + " is for a Tls without an SSLContext: the context has whom to trust and what to"
              + " show");
    }
  }

  @SuppressWarnings("ReferenceEquality") // each replacement is another list
  SSLContext current() {
    Made known = made;
    return known.of == listed() ? known.context : renewed();
  }

  @SuppressWarnings("ReferenceEquality")
  private synchronized SSLContext renewed() {
    List<TlsIdentity> now = listed();
    if (made.of != now) {
      made = make(now);
    }
    return made.context;
  }

  private @Nullable List<TlsIdentity> listed() {
    return identities == null ? null : identities.list();
  }

  private Made make(@Nullable List<TlsIdentity> shown) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      KeyManager[] keys = shown == null ? null : new KeyManager[] {new TlsKeyManager(shown)};
      TrustManager[] trusted = trust == null ? null : trust.managers();
      context.init(keys, trusted, null);
      return new Made(shown, context);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no TLS", e);
    }
  }
}
