package dev.pollux.guide;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.Tls;
import dev.pollux.net.TlsIdentities;
import dev.pollux.net.TlsIdentity;
import dev.pollux.net.TlsTrust;
import dev.pollux.sys.SysException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

/** Server and clients that know each other by certificates of a private authority. */
final class MutualTls {

  private MutualTls() {}

  // begin server
  static Server serve(EventLoop loop, SocketAddress address, TlsIdentities own, Path authority)
      throws IOException {
    Tls tls =
        Tls.server(own)
            .withTrust(TlsTrust.ofPem(authority)) // of the clients
            .withClientCertificate();
    return Server.open(loop, ServerOptions.at(address).withTls(tls), _ -> new Greeter());
  }

  /** Says to its peer who that is. */
  static final class Greeter implements ConnectionHandler {

    @Override
    public void opened(Connection connection) {
      SSLSession session = connection.tlsSession();
      try {
        String name = session == null ? "nobody" : session.getPeerPrincipal().getName();
        var _ = connection.write(ByteBuffer.wrap(("hello " + name + "\n").getBytes(UTF_8)));
      } catch (SSLException e) {
        connection.close(); // never with withClientCertificate
      }
    }

    @Override
    public void received(Connection connection, ByteBuffer data) {
      var _ = connection.write(data);
    }
  }

  // end server

  // begin client
  static Tls client(String host, int port, Path certificates, Path key, Path authority)
      throws IOException {
    return Tls.client(host, port)
        .withTrust(TlsTrust.ofPem(authority)) // of the server
        .withIdentity(TlsIdentity.ofPem(certificates, key));
  }

  static Connection connect(EventLoop loop, SocketAddress there, Tls tls, ConnectionHandler handler)
      throws SysException {
    ConnectionOptions options = ConnectionOptions.DEFAULT;
    return Connection.connect(loop, there, 5_000_000_000L, options, tls, handler);
  }

  // end client

  // begin reload
  /** Any thread. What is wrong with the files is in the exception, and changes nothing. */
  static void reload(TlsIdentities own, Path certificates, Path key) throws IOException {
    own.replace(TlsIdentity.ofPem(certificates, key));
  }

  // end reload
}
