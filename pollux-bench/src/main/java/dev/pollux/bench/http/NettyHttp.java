package dev.pollux.bench.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP server on Netty, as its own examples of plain text are written: the content made once,
 * answers written as requests come and flushed when the reads of a turn are over. The arguments are
 * those of {@link NettyServing}. Who asks for a WebSocket has {@link NettySockets}.
 */
public final class NettyHttp {

  private static final AsciiString TYPE = AsciiString.cached(HttpServing.TYPE);
  private static final AsciiString HELLO_LENGTH =
      AsciiString.cached(String.valueOf(HttpServing.HELLO.length()));
  private static final ByteBuf HELLO =
      Unpooled.unreleasableBuffer(
          Unpooled.directBuffer()
              .writeBytes(HttpServing.HELLO.getBytes(StandardCharsets.US_ASCII)));

  private NettyHttp() {}

  /** Serves until standard input ends. */
  public static void main(String[] args) throws IOException {
    NettyServing.run(args, Answers::new);
  }

  private static final class Answers extends ChannelInboundHandlerAdapter {

    private final NettyServing.Clock clock;
    private long bodyBytes;
    private @Nullable String query; // where a sum is asked for
    private String number = "";

    Answers(NettyServing.Clock clock) {
      this.clock = clock;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof DefaultHttpRequest request) {
        bodyBytes = 0;
        number = "";
        String uri = request.uri();
        if (NettySockets.areAt(uri)) {
          NettySockets.take(context, message);
          return;
        }
        query = uri.startsWith(HttpServing.SUM_PATH) ? uri : null;
        if (request.decoderResult().isFailure()) {
          var _ = context.close();
        }
      } else if (LastHttpContent.EMPTY_LAST_CONTENT.equals(message)) {
        answer(context);
      } else if (message instanceof HttpContent content) {
        bodyBytes += content.content().readableBytes();
        if (query != null) {
          number += content.content().toString(StandardCharsets.US_ASCII);
        }
        boolean _ = content.release();
        if (content instanceof LastHttpContent) {
          answer(context);
        }
      }
    }

    private void answer(ChannelHandlerContext context) {
      String numbers = query;
      String text =
          numbers != null
              ? HttpServing.sum(numbers, number)
              : bodyBytes > 0 ? String.valueOf(bodyBytes) : "";
      boolean hasText = !text.isEmpty();
      ByteBuf content = hasText ? context.alloc().buffer(text.length()) : HELLO.duplicate();
      if (hasText) {
        int _ = content.writeCharSequence(text, StandardCharsets.US_ASCII);
      }
      DefaultFullHttpResponse response =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1,
              HttpResponseStatus.OK,
              content,
              NettyServing.FIELDS,
              NettyServing.FIELDS);
      var _ =
          response
              .headers()
              .add(HttpHeaderNames.DATE, clock.date())
              .add(HttpHeaderNames.CONTENT_TYPE, TYPE)
              .add(
                  HttpHeaderNames.CONTENT_LENGTH,
                  hasText ? String.valueOf(text.length()) : HELLO_LENGTH);
      var _ = context.write(response, context.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      context.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      context.channel().config().setAutoRead(context.channel().isWritable());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      var _ = context.close(); // the peer reset the connection
    }
  }
}
