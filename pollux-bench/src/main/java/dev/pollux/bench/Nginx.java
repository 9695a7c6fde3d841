package dev.pollux.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * nginx, as one process, which answers what it can without a program behind it: files, a text, and
 * the one sum that the load asks for by GET. It cannot add; what counts there is what a connection
 * costs.
 *
 * <p>Files are sent as its documentation recommends: by sendfile, heads and files together in
 * packets that are full, and files that were asked for stay open for a minute.
 */
final class Nginx {

  private static final String COMMAND = "nginx";
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long BETWEEN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** Types as {@code pollux serve} names them, so that heads are about as long. */
  private static final String CONFIGURATION =
      """
      daemon off;
      master_process off;
      pid nginx.pid;
      error_log stderr crit;
      worker_rlimit_nofile 20000;
      events { worker_connections 19000; }
      http {
        access_log off;
        server_tokens off;
        keepalive_requests 1000000000;
        client_body_temp_path body;
        proxy_temp_path proxy;
        fastcgi_temp_path fastcgi;
        uwsgi_temp_path uwsgi;
        scgi_temp_path scgi;
        sendfile on;
        tcp_nopush on;
        tcp_nodelay on;
        open_file_cache max=1000 inactive=60s;
        open_file_cache_valid 60s;
        types {
          "text/html; charset=utf-8" html;
          "text/css; charset=utf-8" css;
          "text/javascript; charset=utf-8" js;
          "text/plain; charset=utf-8" txt;
          image/svg+xml svg;
          image/webp webp;
        }
        server {
          listen 127.0.0.1:PORT backlog=4096TLS;
          root "SITE";
          location = / {
            default_type "text/plain; charset=utf-8";
            return 200 "Hello, World!";
          }
          location = /baseline11 {
            default_type "text/plain; charset=utf-8";
            return 200 "55";
          }
          location /static/ {
          }
        }
      }
      """;

  private static final String TLS =
      " ssl; ssl_protocols TLSv1.3; ssl_certificate 'PEM'; ssl_certificate_key 'PEM'";

  private Nginx() {}

  static boolean isInstalled() {
    return Machine.command(COMMAND).isPresent();
  }

  /**
   * Starts it, and waits until it listens.
   *
   * @param isTls whether all its connections have TLS
   * @throws UnsupportedOperationException if it is not installed
   */
  static EchoProcess start(HttpFiles files, boolean isTls, OptionalInt processor)
      throws IOException {
    if (!isInstalled()) {
      throw new UnsupportedOperationException("is not installed (apt-get install nginx)");
    }
    int port = freePort();
    Path folder = files.work(isTls ? "nginx-tls" : "nginx");
    Path file = folder.resolve("nginx.conf");
    String tls = isTls ? TLS.replace("PEM", files.pem().toString()) : "";
    String configuration =
        CONFIGURATION
            .replace("PORT", String.valueOf(port))
            .replace("TLS", tls)
            .replace("SITE", files.site().toString());
    Files.writeString(file, configuration);
    List<String> command =
        List.of(COMMAND, "-e", "stderr", "-p", folder.toString(), "-c", file.toString());
    Child child = Child.start(command, processor);
    boolean listens = false;
    try {
      await(port);
      listens = true;
      return new EchoProcess(child, port, false);
    } finally {
      if (!listens) {
        child.close();
      }
    }
  }

  /** One that was free a moment ago: nginx does not tell which it has taken. */
  private static int freePort() throws IOException {
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return any.getLocalPort();
    }
  }

  private static void await(int port) throws IOException {
    long start = System.nanoTime();
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return;
      } catch (IOException e) {
        if (System.nanoTime() - start > PATIENCE_NANOS) {
          throw e;
        }
      }
      LockSupport.parkNanos(BETWEEN_NANOS);
    }
  }
}
