package dev.pollux.http;

import dev.pollux.http.wire.Octets;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A cookie that a browser is asked to keep: {@link #toString} is the value of a Set-Cookie field.
 *
 * <p>By default it is for all paths of the host that sets it and for no other host, for as long as
 * the browser runs, out of reach of scripts, and stays behind where another site sends a form
 * ({@code Path=/; HttpOnly; SameSite=Lax}). Those who serve by TLS add {@link #withSecure}.
 *
 * <p>There is no cookie that browsers drop without a word: what they would not keep is refused with
 * an {@link IllegalArgumentException}. A name that begins with {@code __Secure-} or {@code __Host-}
 * makes a cookie secure, and keeps it so; one with {@code __Host-} has no domain and no other path.
 *
 * <p>Immutable. Threads: any. Source: RFC 6265bis, 4.1.
 */
public final class Cookie {

  /** With which requests, of those that another site is the cause of, a cookie is sent. */
  public enum SameSite {
    /** With none. */
    STRICT("Strict"),
    /** With those that follow a link. */
    LAX("Lax"),
    /** With all of them; the cookie must be secure. */
    NONE("None");

    private final String text;

    SameSite(String text) {
      this.text = text;
    }
  }

  private static final int MAX_BYTES = 4_096; // of name and value
  private static final int MAX_ATTRIBUTE_BYTES = 1_024;
  private static final int MAX_DOMAIN_BYTES = 253;
  private static final int MAX_LABEL_BYTES = 63;
  private static final String SECURE_PREFIX = "__secure-";
  private static final String HOST_PREFIX = "__host-";

  private final String name;
  private final String value;
  private String path = "/";
  private @Nullable String domain;
  private @Nullable Duration maxAge;
  private boolean isSecure;
  private boolean isHttpOnly = true;
  private SameSite sameSite = SameSite.LAX;

  private Cookie(String name, String value) {
    this.name = name;
    this.value = value;
  }

  private Cookie(Cookie like) {
    this(like.name, like.value);
    path = like.path;
    domain = like.domain;
    maxAge = like.maxAge;
    isSecure = like.isSecure;
    isHttpOnly = like.isHttpOnly;
    sameSite = like.sameSite;
  }

  /**
   * A cookie of this name.
   *
   * @param name a token: letters, digits, {@code !#$%&'*+-.^_`|~}
   * @param value visible ASCII without {@code ",;\}; what has other characters is to be encoded
   */
  public static Cookie of(String name, String value) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a cookie has no name");
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c > 0x7f || !Octets.is((byte) c, Octets.TOKEN)) {
        throw refused("name", c, i);
      }
    }
    requireVisible("value", value, "\",;\\");
    if (name.length() + value.length() > MAX_BYTES) {
      throw new IllegalArgumentException(
          "a cookie's name and value have more than " + MAX_BYTES + " bytes");
    }
    Cookie cookie = new Cookie(name, value);
    cookie.isSecure = cookie.hasPrefix(SECURE_PREFIX) || cookie.isOfHost();
    return cookie;
  }

  /** Browsers take the prefixes in any case. */
  private boolean hasPrefix(String prefix) {
    return name.toLowerCase(Locale.ROOT).startsWith(prefix);
  }

  private boolean isOfHost() {
    return hasPrefix(HOST_PREFIX);
  }

  private static void requireVisible(String what, String text, String but) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c >= 0x7f || but.indexOf(c) >= 0) {
        throw refused(what, c, i);
      }
    }
  }

  private static IllegalArgumentException refused(String what, char c, int index) {
    String shown = c > 0xff ? "the character U+" + Integer.toHexString(c) : Octets.show((byte) c);
    return new IllegalArgumentException("a cookie's " + what + " has " + shown + " at " + index);
  }

  /** The name. */
  public String name() {
    return name;
  }

  /** The value. */
  public String value() {
    return value;
  }

  /** The path under which it is sent: {@code /} by default. */
  public String path() {
    return path;
  }

  /** As this, with another {@link #path}, which begins with {@code /}. */
  public Cookie withPath(String newPath) {
    requireVisible("path", newPath, ";");
    if (!newPath.startsWith("/")) {
      throw new IllegalArgumentException("a cookie's path begins with /, and this one does not");
    }
    if (newPath.length() > MAX_ATTRIBUTE_BYTES) {
      throw new IllegalArgumentException(
          "a cookie's path has more than " + MAX_ATTRIBUTE_BYTES + " bytes");
    }
    if (isOfHost() && !newPath.equals("/")) {
      throw new IllegalArgumentException("a cookie with __Host- has the path / and no other");
    }
    Cookie changed = new Cookie(this);
    changed.path = newPath;
    return changed;
  }

  /** The domain to whose hosts it is sent; null by default: to the one that sets it. */
  public @Nullable String domain() {
    return domain;
  }

  /** As this, for all hosts of a {@link #domain}: a name as {@code example.org}, without port. */
  public Cookie withDomain(String newDomain) {
    if (isOfHost()) {
      throw new IllegalArgumentException("a cookie with __Host- has no domain");
    }
    if (newDomain.length() > MAX_DOMAIN_BYTES) {
      throw new IllegalArgumentException(
          "a cookie's domain has more than " + MAX_DOMAIN_BYTES + " bytes");
    }
    for (String label : newDomain.split("\\.", -1)) {
      requireLabel(label);
    }
    if (newDomain.substring(newDomain.lastIndexOf('.') + 1).matches("[0-9]+")) {
      throw new IllegalArgumentException("a cookie's domain is a name, and no address");
    }
    Cookie changed = new Cookie(this);
    changed.domain = newDomain;
    return changed;
  }

  private static void requireLabel(String label) {
    for (int i = 0; i < label.length(); i++) {
      char c = label.charAt(i);
      boolean isLetter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
      if (!isLetter && (c < '0' || c > '9') && c != '-') {
        throw refused("domain", c, i);
      }
    }
    if (label.isEmpty() || label.startsWith("-") || label.endsWith("-")) {
      throw new IllegalArgumentException("a cookie's domain has no name between dots");
    }
    if (label.length() > MAX_LABEL_BYTES) {
      throw new IllegalArgumentException(
          "a cookie's domain has a name of more than " + MAX_LABEL_BYTES + " bytes");
    }
  }

  /** How long it is kept; null by default: as long as the browser runs. */
  public @Nullable Duration maxAge() {
    return maxAge;
  }

  /** As this, kept for a {@link #maxAge}, in whole seconds rounded up; zero deletes it. */
  public Cookie withMaxAge(Duration newMaxAge) {
    if (newMaxAge.isNegative()) {
      throw new IllegalArgumentException("maxAge: " + newMaxAge + " is negative");
    }
    Cookie changed = new Cookie(this);
    changed.maxAge = newMaxAge;
    return changed;
  }

  /** Whether it is sent by TLS alone: no by default, without a prefix. */
  public boolean isSecure() {
    return isSecure;
  }

  /** As this, with or without {@link #isSecure}. */
  public Cookie withSecure(boolean newSecure) {
    if (!newSecure && (hasPrefix(SECURE_PREFIX) || isOfHost())) {
      throw new IllegalArgumentException("a cookie with __Secure- or __Host- is secure");
    }
    if (!newSecure && sameSite == SameSite.NONE) {
      throw new IllegalArgumentException("a cookie with SameSite=None is secure");
    }
    Cookie changed = new Cookie(this);
    changed.isSecure = newSecure;
    return changed;
  }

  /** Whether scripts do not see it: yes by default. */
  public boolean isHttpOnly() {
    return isHttpOnly;
  }

  /** As this, with or without {@link #isHttpOnly}. */
  public Cookie withHttpOnly(boolean newHttpOnly) {
    Cookie changed = new Cookie(this);
    changed.isHttpOnly = newHttpOnly;
    return changed;
  }

  /** With which requests that come from other sites it is sent: {@code LAX} by default. */
  public SameSite sameSite() {
    return sameSite;
  }

  /** As this, with another {@link #sameSite}; {@code NONE} is for what is secure already. */
  public Cookie withSameSite(SameSite newSameSite) {
    if (newSameSite == SameSite.NONE && !isSecure) {
      throw new IllegalArgumentException(
          "a cookie with SameSite=None is secure; call withSecure(true) first");
    }
    Cookie changed = new Cookie(this);
    changed.sameSite = newSameSite;
    return changed;
  }

  /** Whether the other one is set by the same bytes. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Cookie cookie && cookie.toString().equals(toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }

  /** The value of a Set-Cookie field. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(name.length() + value.length() + 64);
    text.append(name).append('=').append(value).append("; Path=").append(path);
    if (domain != null) {
      text.append("; Domain=").append(domain);
    }
    if (maxAge != null) {
      long seconds = maxAge.getSeconds() + (maxAge.getNano() > 0 ? 1 : 0);
      text.append("; Max-Age=").append(Math.max(seconds, maxAge.getSeconds()));
    }
    text.append(isSecure ? "; Secure" : "").append(isHttpOnly ? "; HttpOnly" : "");
    return text.append("; SameSite=").append(sameSite.text).toString();
  }
}
