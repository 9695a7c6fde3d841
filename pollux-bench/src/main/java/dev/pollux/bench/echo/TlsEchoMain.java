package dev.pollux.bench.echo;

import dev.pollux.net.Tls;
import dev.pollux.net.TlsIdentity;
import dev.pollux.poll.Trigger;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;

/**
 * The process of one echo server with TLS. The arguments are its name and the file of its {@link
 * TlsKey}; it prints {@code listening PORT}, or {@code unavailable REASON}, and ends with its
 * standard input.
 */
public final class TlsEchoMain {

  private TlsEchoMain() {}

  /** Starts the named server. */
  public static void main(String[] args) throws IOException {
    try {
      EchoServer server = start(args[0], TlsKey.read(Path.of(args[1])));
      System.out.println("listening " + server.port());
    } catch (UnsupportedOperationException e) {
      System.out.println("unavailable " + e.getMessage());
      return;
    }
    while (System.in.read() >= 0) {
      // to its end
    }
    Runtime.getRuntime().halt(0);
  }

  private static EchoServer start(String name, TlsKey key) throws IOException {
    return switch (name) {
      case "pollux" -> pollux(tls(key));
      case "pollux-all-at-once" -> pollux(tls(key).withHandshakeStepsPerTurn(Integer.MAX_VALUE));
      case "pollux-executor" ->
          pollux(tls(key).withHandshakeExecutor(Executors.newSingleThreadExecutor()));
      case "netty-jdk" -> netty(key, SslProvider.JDK);
      case "netty-openssl" -> netty(key, SslProvider.OPENSSL);
      default -> throw new IllegalArgumentException("there is no TLS server '" + name + "'");
    };
  }

  private static Tls tls(TlsKey key) {
    return Tls.server(TlsIdentity.of(key.key(), List.of(key.certificate())));
  }

  private static EchoServer pollux(Tls tls) throws IOException {
    return PolluxEcho.start(Trigger.LEVEL, tls);
  }

  private static EchoServer netty(TlsKey key, SslProvider provider) throws IOException {
    return NettyEcho.start(NettyTransport.EPOLL, key.netty(provider));
  }
}
