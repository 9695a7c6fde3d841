package dev.pollux.bench.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultFileRegion;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The files of a folder, the argument, on Netty, as its example of files does it: each is looked up
 * anew and sent by sendfile, in packets of their own behind its head. No conditions, no ranges.
 */
public final class NettyFiles {

  private static final String UNKNOWN = "application/octet-stream";
  private static final Map<String, String> TYPES =
      Map.of(
          "html",
          "text/html; charset=utf-8",
          "css",
          "text/css; charset=utf-8",
          "js",
          "text/javascript; charset=utf-8",
          "txt",
          HttpServing.TYPE,
          "svg",
          "image/svg+xml",
          "webp",
          "image/webp");

  private NettyFiles() {}

  /** Serves until standard input ends. */
  public static void main(String[] args) throws IOException {
    NettyServing.run(new String[0], clock -> new Answers(clock, args[0]));
  }

  private static final class Answers extends ChannelInboundHandlerAdapter {

    private final NettyServing.Clock clock;
    private final String folder;
    private @Nullable String uri;

    Answers(NettyServing.Clock clock, String folder) {
      this.clock = clock;
      this.folder = folder;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws IOException {
      if (message instanceof HttpRequest request) {
        uri = request.decoderResult().isSuccess() ? request.uri() : null;
      }
      if (message instanceof HttpContent) {
        boolean _ = ReferenceCountUtil.release(message);
      }
      if (message instanceof LastHttpContent) {
        String of = uri;
        if (of == null || of.contains("..")) {
          var _ = context.close();
        } else {
          answer(context, Path.of(folder + of));
        }
      }
    }

    private void answer(ChannelHandlerContext context, Path file) throws IOException {
      BasicFileAttributes status = Files.readAttributes(file, BasicFileAttributes.class);
      DefaultHttpResponse head =
          new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, NettyServing.FIELDS);
      String name = file.toString();
      String type = TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), UNKNOWN);
      var _ =
          head.headers()
              .add(HttpHeaderNames.DATE, clock.date())
              .add(
                  HttpHeaderNames.LAST_MODIFIED,
                  HttpServing.date(status.lastModifiedTime().to(TimeUnit.SECONDS)))
              .add(HttpHeaderNames.CONTENT_TYPE, type)
              .add(HttpHeaderNames.CONTENT_LENGTH, status.size());
      var _ = context.write(head);
      var _ = context.write(new DefaultFileRegion(file.toFile(), 0, status.size()));
      var _ = context.write(LastHttpContent.EMPTY_LAST_CONTENT);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      context.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      var _ = context.close(); // there is no such file, or the peer reset the connection
    }
  }
}
