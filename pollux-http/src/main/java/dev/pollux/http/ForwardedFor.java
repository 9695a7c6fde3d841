package dev.pollux.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Has requests come from whom the proxies in front of this server had them from, as they say in
 * {@code X-Forwarded-For}, or in {@code Forwarded}: {@link HttpRequest#remoteAddress} is that then,
 * and {@link HttpRequest#peerAddress} is who it was before.
 *
 * <pre>{@code
 * HttpHandler behind = ForwardedFor.hops(1).around(handler); // behind one proxy
 * HttpHandler known = ForwardedFor.networks("10.0.0.0/8").around(handler);
 * }</pre>
 *
 * <p>A client can send such fields, too, and each proxy adds to what it was sent. So only what was
 * added last, by proxies that are trusted, is looked at. Where that is malformed, or less than it
 * should be, nothing of it is believed, and the request is from the peer of the connection.
 *
 * <p>A server that can be reached by another way than the proxies is not to count {@link #hops}.
 *
 * <p>Immutable. Threads: any. Source: RFC 7239.
 */
public final class ForwardedFor {

  /** How many proxies may be in a row. */
  public static final int MAX_HOPS = 100;

  private final int hops; // 0: by the networks
  private final List<IpNetwork> trusted;
  private final boolean isStandard;
  private final boolean setsScheme;

  private ForwardedFor(int hops, List<IpNetwork> trusted, boolean isStandard, boolean setsScheme) {
    this.hops = hops;
    this.trusted = trusted;
    this.isStandard = isStandard;
    this.setsScheme = setsScheme;
  }

  /** Behind so many proxies in a row, from 1 to {@link #MAX_HOPS}, whatever their addresses. */
  public static ForwardedFor hops(int count) {
    if (count < 1 || count > MAX_HOPS) {
      throw new IllegalArgumentException("hops: " + count + " is not within 1 and " + MAX_HOPS);
    }
    return new ForwardedFor(count, List.of(), false, false);
  }

  /**
   * Behind proxies of these networks, as {@code 10.0.0.0/8}, {@code fd00::/8} or one address alone:
   * the client is the last who is not one of them.
   *
   * @throws IllegalArgumentException if one is no network, or has bits of a host, or there is none
   */
  public static ForwardedFor networks(String... networks) {
    if (networks.length == 0) {
      throw new IllegalArgumentException("networks: there is none");
    }
    List<IpNetwork> all = new ArrayList<>();
    for (String network : networks) {
      all.add(IpNetwork.of(network));
    }
    return new ForwardedFor(0, List.copyOf(all), false, false);
  }

  /** As this, by the standard's field, {@code Forwarded}, and not X-Forwarded-For; or not. */
  public ForwardedFor withStandardField(boolean standardField) {
    return new ForwardedFor(hops, trusted, standardField, setsScheme);
  }

  /**
   * As this, with the {@linkplain HttpRequest#scheme scheme}, too, or not, as by default: of {@code
   * X-Forwarded-Proto}, which the proxy is to set whatever it was sent, or the {@code proto} of
   * Forwarded. It is believed where the address is.
   */
  public ForwardedFor withScheme(boolean scheme) {
    return new ForwardedFor(hops, trusted, isStandard, scheme);
  }

  /** A handler that has another one answer requests of those who sent them. */
  public HttpHandler around(HttpHandler next) {
    Objects.requireNonNull(next, "next");
    return (request, response) -> {
      if (hops > 0 || isTrusted(request.knownAddress())) {
        if (isStandard) {
          applyStandard(request);
        } else {
          apply(request);
        }
      }
      next.handle(request, response);
    };
  }

  private boolean isTrusted(@Nullable SocketAddress address) {
    return address instanceof InetSocketAddress inet && isTrusted(inet.getAddress());
  }

  private boolean isTrusted(@Nullable InetAddress address) {
    for (IpNetwork network : trusted) {
      if (network.has(address)) {
        return true;
      }
    }
    return false;
  }

  private void apply(HttpRequest request) {
    List<String> hosts = split(request.field("X-Forwarded-For"));
    int index = find(hosts);
    if (index >= 0 && believe(request, hosts.get(index)) && setsScheme) {
      List<String> schemes = split(request.field("X-Forwarded-Proto"));
      if (schemes.size() == 1) {
        setScheme(request, schemes.getFirst());
      }
    }
  }

  private void applyStandard(HttpRequest request) {
    String field = request.field("Forwarded");
    ForwardedElements elements = field == null ? null : ForwardedElements.parse(field);
    if (field != null && elements == null) { // which a client can have it be
      throw new HttpException(400, "the Forwarded field is malformed");
    }
    if (elements != null) {
      int index = find(elements.hosts());
      if (index >= 0 && believe(request, elements.hosts().get(index)) && setsScheme) {
        setScheme(request, elements.schemes().get(index));
      }
    }
  }

  private static List<String> split(@Nullable String field) {
    List<String> parts = new ArrayList<>();
    if (field != null) {
      for (String part : field.split(",", -1)) {
        parts.add(part.strip());
      }
    }
    return parts;
  }

  /** Which of the hosts, the last of which the peer has named, is the client; -1 if none is. */
  private int find(List<String> hosts) {
    if (hops > 0) {
      return hosts.size() - hops;
    }
    int index = hosts.size() - 1;
    while (index > 0 && isTrusted(IpLiterals.withPort(hosts.get(index)))) {
      index--;
    }
    return index;
  }

  /** Whether it is an address, which has sent the request then. */
  private static boolean believe(HttpRequest request, String host) {
    InetSocketAddress address = IpLiterals.withPort(host);
    if (address != null) {
      request.believe(address);
    }
    return address != null;
  }

  private static void setScheme(HttpRequest request, String scheme) {
    if (scheme.equalsIgnoreCase("https")) {
      request.setScheme("https");
    } else if (scheme.equalsIgnoreCase("http")) {
      request.setScheme("http");
    }
  }

  @Override
  public String toString() {
    return "ForwardedFor["
        + (hops > 0 ? "hops=" + hops : "networks=" + trusted)
        + ", standardField="
        + isStandard
        + ", scheme="
        + setsScheme
        + "]";
  }
}
