import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Restarts two {@code ./pollux serve} behind a proxy, one after the other, while clients ask, and
 * counts what the clients lose and what the access logs say. {@code java etc/RollingRestart.java
 * ROOT haproxy|nginx [RUNS]}; HAPROXY_BIN and NGINX_BIN say where those are. The configuration is
 * the one of {@code etc/deploy}, with free ports. Only the loopback is used; the exit code is 0 if
 * nothing was lost.
 */
public final class RollingRestart {

  private static final int CLIENTS = 16;
  private static final int REQUESTS_OF_A_CONNECTION = 50;
  private static final int[] SIZES = {1_000, 200_000};
  private static final long PAUSE_MILLIS = 4;
  private static final long SETTLE_MILLIS = 3_000; // a proxy knows by then that a server is back
  private static final int TIMEOUT_MILLIS = 30_000;
  private static final String LOOPBACK = "127.0.0.1";

  private final Path root;
  private final boolean isHaproxy;
  private final Path work;
  private final int[] ports = freePorts(5); // the proxy's, two servers', two for figures
  private final List<Process> servers = new ArrayList<>();
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private final List<String> causes = Collections.synchronizedList(new ArrayList<>());
  private volatile boolean isOver;

  private RollingRestart(Path root, boolean isHaproxy, Path work) {
    this.root = root;
    this.isHaproxy = isHaproxy;
    this.work = work;
  }

  /** Takes the root of the tree, the proxy, and how often. */
  public static void main(String[] args) throws Exception {
    boolean isHaproxy = args[1].equals("haproxy");
    if (!isHaproxy && !args[1].equals("nginx")) {
      throw new IllegalArgumentException("haproxy or nginx, not " + args[1]);
    }
    int runs = args.length > 2 ? Integer.parseInt(args[2]) : 1;
    boolean isClean = true;
    for (int i = 1; i <= runs; i++) {
      Path work = Files.createTempDirectory("pollux-rolling");
      RollingRestart run = new RollingRestart(Path.of(args[0]), isHaproxy, work);
      isClean &= run.run(args[1] + ", run " + i);
      delete(work);
    }
    if (!isClean) {
      throw new IllegalStateException("requests were lost, or logged wrongly: see above");
    }
  }

  private boolean run(String name) throws Exception {
    Path site = Files.createDirectory(work.resolve("site"));
    for (int size : SIZES) {
      Files.write(site.resolve(size + ".bin"), new byte[size]);
    }
    Process proxy = null;
    List<Thread> clients = new ArrayList<>();
    try {
      servers.add(serve(0));
      servers.add(serve(1));
      proxy = proxy();
      await(ports[0]);
      TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
      for (int i = 0; i < CLIENTS; i++) {
        int client = i;
        clients.add(Thread.ofVirtual().start(() -> ask(client)));
      }
      for (int i = 0; i < servers.size(); i++) {
        TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
        restart(i);
      }
      TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
    } finally {
      isOver = true;
      for (Thread client : clients) {
        client.join();
      }
      end(proxy);
      for (Process server : servers) {
        end(server);
      }
    }
    return report(name);
  }

  // ---- processes

  private Process serve(int index) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(root.resolve("pollux").toString(), "serve", work.resolve("site").toString()));
    Collections.addAll(command, "--port", "" + ports[1 + index]);
    Collections.addAll(command, "--metrics", "" + ports[3 + index]);
    Collections.addAll(command, "--access-log", log(index).toString());
    Collections.addAll(command, "--delay", "2s", "--drain", "5s");
    if (isHaproxy) {
      command.add("--proxy-protocol");
    } else {
      Collections.addAll(command, "--trust-forwarded", "1");
    }
    Process server =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader said = server.inputReader(StandardCharsets.UTF_8);
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      if (line.startsWith("serving ")) {
        return server;
      }
    }
    throw new IOException("a server ended before it served");
  }

  private Path log(int index) {
    return work.resolve("access-" + index + ".log");
  }

  /** By SIGTERM, which it is to end of by itself, with 0. */
  private void restart(int index) throws Exception {
    Process server = servers.get(index);
    server.destroy();
    if (!server.waitFor(1, TimeUnit.MINUTES) || server.exitValue() != 0) {
      throw new IllegalStateException("server " + index + " did not end, or not well: " + server);
    }
    servers.set(index, serve(index));
  }

  private Process proxy() throws IOException {
    String file = isHaproxy ? "haproxy.cfg" : "nginx.conf";
    String text = Files.readString(root.resolve("etc/deploy").resolve(file));
    int[] written = {8080, 8081, 8082, 9081, 9082};
    for (int i = 0; i < written.length; i++) {
      text = text.replaceAll("\\b" + written[i] + "\\b", "@" + i + "@");
    }
    for (int i = 0; i < written.length; i++) {
      text = text.replace("@" + i + "@", "" + ports[i]);
    }
    StringBuilder places = new StringBuilder("http {"); // nginx's own are root's
    for (String kind : List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) {
      places.append(' ').append(kind).append("_temp_path ").append(kind).append(';');
    }
    text = text.replace("http {", places);
    Path configuration = Files.writeString(work.resolve(file), text);
    List<String> command = new ArrayList<>();
    if (isHaproxy) {
      Collections.addAll(command, tool("HAPROXY_BIN", "haproxy"), "-db");
      Collections.addAll(command, "-f", configuration.toString());
    } else {
      Collections.addAll(command, tool("NGINX_BIN", "nginx"), "-p", work.toString());
      Collections.addAll(command, "-e", "stderr", "-c", configuration.toString(), "-g");
      command.add("daemon off; pid nginx.pid;");
    }
    File said = work.resolve("proxy.txt").toFile();
    return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said).start();
  }

  private static String tool(String variable, String name) {
    return System.getenv().getOrDefault(variable, name);
  }

  private static void end(Process process) throws InterruptedException {
    if (process != null) {
      process.destroy();
      if (!process.waitFor(1, TimeUnit.MINUTES)) {
        process.destroyForcibly();
      }
    }
  }

  private void await(int port) throws Exception {
    for (int i = 0; i < 100; i++) {
      try (Socket _ = new Socket(LOOPBACK, port)) {
        return;
      } catch (IOException _) {
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
    throw new IOException("the proxy: " + Files.readString(work.resolve("proxy.txt")));
  }

  private static int[] freePorts(int count) {
    int[] ports = new int[count];
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        held.add(socket);
        ports[i] = socket.getLocalPort();
      }
      for (ServerSocket socket : held) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ports;
  }

  // ---- clients

  /** One client, of an address of its own. Nothing is asked for twice: what fails is counted. */
  private void ask(int client) {
    String address = "127.0.1." + (client + 1);
    while (!isOver) {
      try (Socket socket = new Socket()) {
        socket.bind(new InetSocketAddress(address, 0));
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(LOOPBACK, ports[0]), TIMEOUT_MILLIS);
        boolean isKept = true;
        for (int i = 0; i < REQUESTS_OF_A_CONNECTION && isKept && !isOver; i++) {
          int size = SIZES[i % 8 == 0 ? 1 : 0];
          isKept = ask(socket, size, address);
          TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
      } catch (IOException | InterruptedException e) {
        long _ = failures.incrementAndGet();
        causes.add(e.toString());
      }
    }
  }

  /** Whether the connection stays. The client lies about where it is from. */
  private boolean ask(Socket socket, int size, String address) throws IOException {
    long _ = requests.incrementAndGet();
    String head =
        ("GET /" + size + ".bin?from=" + address + " HTTP/1.1\r\nHost: site.example\r\n")
            + "X-Forwarded-For: 192.0.2.1\r\n\r\n";
    OutputStream out = socket.getOutputStream();
    out.write(head.getBytes(StandardCharsets.US_ASCII));
    out.flush();
    InputStream in = socket.getInputStream();
    String status = line(in);
    Map<String, String> fields = new HashMap<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      fields.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    int length = Integer.parseInt(fields.getOrDefault("content-length", "-1"));
    int got = length < 0 ? -1 : in.readNBytes(length).length;
    if (!status.startsWith("HTTP/1.1 200 ") || got != size) {
      throw new IOException(status + ", " + got + " of " + size + " bytes");
    }
    return !"close".equalsIgnoreCase(fields.get("connection"));
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int octet = in.read(); octet != '\n'; octet = in.read()) {
      if (octet < 0) {
        throw new IOException("the end, behind '" + line + "'");
      }
      if (octet != '\r') {
        line.append((char) octet);
      }
    }
    return line.toString();
  }

  // ---- the outcome

  private boolean report(String name) throws IOException {
    long logged = 0;
    long mistaken = 0;
    StringBuilder shares = new StringBuilder();
    for (int i = 0; i < servers.size(); i++) {
      List<String> lines = Files.readAllLines(log(i));
      shares.append(i == 0 ? "" : " + ").append(lines.size());
      logged += lines.size();
      for (String line : lines) {
        String client = line.substring(0, line.indexOf(' '));
        mistaken += line.contains("?from=" + client + " ") && line.contains("\" 200 ") ? 0 : 1;
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%s: %d requests, %d lost; %d lines logged (%s), %d not of the client or not 200%n",
        name,
        requests.get(),
        failures.get(),
        logged,
        shares,
        mistaken);
    causes.stream().distinct().limit(10).forEach(cause -> System.out.println("  " + cause));
    return failures.get() == 0 && mistaken == 0 && logged == requests.get();
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path each : files.sorted(Collections.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
