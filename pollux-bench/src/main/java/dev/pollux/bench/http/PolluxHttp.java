package dev.pollux.bench.http;

import dev.pollux.bench.echo.TlsKey;
import dev.pollux.http.HttpBody;
import dev.pollux.http.HttpBodyHandler;
import dev.pollux.http.HttpContent;
import dev.pollux.http.HttpRequest;
import dev.pollux.http.HttpResponse;
import dev.pollux.http.websocket.WebSocket;
import dev.pollux.http.websocket.WebSocketEndpoint;
import dev.pollux.http.websocket.WebSocketHandler;
import dev.pollux.net.Tls;
import dev.pollux.net.TlsIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * An HTTP server on Pollux, as a user writes it, with one handler, and a WebSocket for whoever asks
 * for one, with all by default. With the file of a {@link TlsKey} as its argument, all connections
 * have TLS 1.3.
 */
public final class PolluxHttp {

  private static final HttpContent HELLO = HttpContent.text(HttpServing.HELLO);

  private static final int MAX_NUMBER_BYTES = 64;

  /** It keeps nothing, so there is one for all. */
  private static final WebSocketHandler ECHO =
      new WebSocketHandler() {
        @Override
        public void message(WebSocket socket, boolean isText, ByteBuffer data) {
          var _ = socket.send(isText, data);
        }
      };

  private static final WebSocketEndpoint SOCKETS = WebSocketEndpoint.of(_ -> ECHO);

  private PolluxHttp() {}

  /** Serves until standard input ends. */
  public static void main(String[] args) throws IOException {
    Tls tls = args.length == 0 ? null : tls(TlsKey.read(Path.of(args[0])));
    PolluxServing.run(PolluxHttp::answer, tls);
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
    } else if (body.length() != 0) {
      body.stream(new Count(response));
    } else if (request.fields().has("Upgrade")) {
      SOCKETS.handle(request, response);
    } else {
      var _ = response.send(HELLO);
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
