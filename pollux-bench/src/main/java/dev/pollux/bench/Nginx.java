package dev.pollux.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * nginx, as one process that answers the one sum that the load asks for by GET: it cannot add, and
 * what counts is what a connection costs.
 *
 * <p>Ownership: close removes its folder, when the process has ended.
 */
final class Nginx implements AutoCloseable {

  private static final String COMMAND = "nginx";
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long BETWEEN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
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
        server {
          listen 127.0.0.1:PORT backlog=4096;
          location = /baseline11 {
            default_type "text/plain; charset=utf-8";
            return 200 "55";
          }
        }
      }
      """;

  private final Path folder;

  private Nginx(Path folder) {
    this.folder = folder;
  }

  static Nginx open() throws IOException {
    return new Nginx(Files.createTempDirectory("pollux-nginx"));
  }

  static boolean isInstalled() {
    return Machine.command(COMMAND).isPresent();
  }

  /**
   * Starts it and waits until it listens.
   *
   * @throws UnsupportedOperationException if it is not installed
   */
  EchoProcess start(OptionalInt processor) throws IOException {
    if (!isInstalled()) {
      throw new UnsupportedOperationException("is not installed (apt-get install nginx)");
    }
    int port = freePort();
    Path file = folder.resolve("nginx.conf");
    Files.writeString(file, CONFIGURATION.replace("PORT", String.valueOf(port)));
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

  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
