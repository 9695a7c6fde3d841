package dev.pollux.bench.http;

import dev.pollux.bench.echo.TlsKey;
import dev.pollux.http.HttpBody;
import dev.pollux.http.HttpBodyHandler;
import dev.pollux.http.HttpContent;
import dev.pollux.http.HttpHandler;
import dev.pollux.http.HttpLimits;
import dev.pollux.http.HttpOptions;
import dev.pollux.http.HttpRequest;
import dev.pollux.http.HttpResponse;
import dev.pollux.http.HttpServer;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.net.ServerOptions;
import dev.pollux.net.Tls;
import dev.pollux.net.TlsIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * An HTTP server on Pollux, as a user writes it: one loop that accepts, too, and one handler.
 *
 * <p>All is as by default but for two limits, which the others do not have: connections are not
 * ended after 1,000 requests, and there may be more than 10,000. With the file of a {@link TlsKey}
 * as its argument, all connections have TLS 1.3.
 */
public final class PolluxHttp {

  private static final HttpContent HELLO = HttpContent.text(HttpServing.HELLO);

  private static final int MAX_CONNECTIONS = 100_000;
  private static final int MAX_NUMBER_BYTES = 64;

  private PolluxHttp() {}

  /** Serves until standard input ends. */
  public static void main(String[] args) throws IOException {
    LoopGroup loops = LoopGroup.start(1, LoopOptions.DEFAULT);
    ServerOptions options =
        ServerOptions.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .withBacklog(HttpServing.BACKLOG)
            .withMaxConnections(MAX_CONNECTIONS)
            .withTls(args.length == 0 ? null : tls(TlsKey.read(Path.of(args[0]))));
    HttpOptions http =
        HttpOptions.DEFAULT.withLimits(HttpLimits.DEFAULT.withRequests(Integer.MAX_VALUE));
    HttpHandler handler = PolluxHttp::answer;
    EventLoop loop = loops.loops().getFirst();
    FutureTask<Thread> thread = new FutureTask<>(Thread::currentThread);
    FutureTask<HttpServer> open =
        new FutureTask<>(() -> HttpServer.open(loop, options, http, handler));
    loop.execute(thread);
    loop.execute(open);
    try {
      HttpServing.run(((InetSocketAddress) open.get().address()).getPort(), thread.get());
    } catch (InterruptedException | ExecutionException e) {
      throw new IOException("the server could not be opened", e);
    }
  }

  private static Tls tls(TlsKey key) {
    return Tls.server(TlsIdentity.of(key.key(), List.of(key.certificate())))
        .withProtocols("TLSv1.3");
  }

  private static void answer(HttpRequest request, HttpResponse response) throws Exception {
    HttpBody body = request.body();
    String query = request.query();
    if (query != null) { // of the one path where that is asked for
      body.whole(
          MAX_NUMBER_BYTES,
          number -> {
            String text = StandardCharsets.ISO_8859_1.decode(number).toString();
            var _ = response.send(HttpServing.sum(query, text));
          });
    } else if (body.length() == 0) {
      var _ = response.send(HELLO);
    } else {
      body.stream(new Count(response));
    }
  }

  /** Counts the bytes of a body, and answers with their number. */
  private static final class Count implements HttpBodyHandler {

    private final HttpResponse response;
    private long bytes;

    Count(HttpResponse response) {
      this.response = response;
    }

    @Override
    public void data(ByteBuffer data) {
      bytes += data.remaining();
    }

    @Override
    public void end() {
      var _ = response.send(String.valueOf(bytes));
    }
  }
}
