package dev.pollux.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * nginx, as one process, which answers what it can without a program behind it: files, a text, and
 * the one sum that the load asks for by GET. It cannot add; what counts there is what a connection
 * costs.
 *
 * <p>Files are sent as its documentation recommends: by sendfile, heads and files together in
 * packets that are full, and files that were asked for stay open for a minute. As a proxy it keeps
 * connections to the server behind, which it says is not so by default, and sends the fields that
 * others send by default.
 */
final class Nginx {

  private static final String COMMAND = "nginx";

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
        SERVER
      }
      """;

  private static final String SERVER =
      """
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
      """;

  /** With what it says that a server behind needs to know. */
  private static final String PROXY =
      """
      upstream origin {
        server 127.0.0.1:ORIGIN;
        keepalive 64;
        keepalive_requests 1000000000;
      }
      server {
        listen 127.0.0.1:PORT backlog=4096;
        location / {
          proxy_pass http://origin;
          proxy_http_version 1.1;
          proxy_set_header Connection "";
          proxy_set_header Host $http_host;
          proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
          proxy_set_header X-Forwarded-Proto $scheme;
          proxy_set_header X-Forwarded-Host $http_host;
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
    Path folder = files.work(isTls ? "nginx-tls" : "nginx");
    String tls = isTls ? TLS.replace("PEM", files.pem().toString()) : "";
    String server = SERVER.replace("TLS", tls).replace("SITE", files.site().toString());
    return start(folder, server, processor);
  }

  /**
   * Starts it before another server, and waits until it listens.
   *
   * @param origin the port of that one
   * @throws UnsupportedOperationException if it is not installed
   */
  static EchoProcess startProxy(HttpFiles files, int origin, OptionalInt processor)
      throws IOException {
    String server = PROXY.replace("ORIGIN", String.valueOf(origin));
    return start(files.work("nginx-proxy"), server, processor);
  }

  private static EchoProcess start(Path folder, String server, OptionalInt processor)
      throws IOException {
    if (!isInstalled()) {
      throw new UnsupportedOperationException("is not installed (apt-get install nginx)");
    }
    int port = Ports.free();
    Path file = folder.resolve("nginx.conf");
    String all = CONFIGURATION.replace("SERVER", server).replace("PORT", String.valueOf(port));
    Files.writeString(file, all);
    List<String> command =
        List.of(COMMAND, "-e", "stderr", "-p", folder.toString(), "-c", file.toString());
    return Ports.started(Child.start(command, processor), port);
  }
}
