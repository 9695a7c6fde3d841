package dev.pollux.bench.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP server on Netty, as its own examples of plain text are written: its codec, its epoll
 * transport, pooled buffers, the content made once, answers written as requests come and flushed
 * when the reads of a turn are over.
 *
 * <p>The fields of answers are not validated, which saves Netty time; requests are, as by default.
 */
public final class NettyHttp {

  private static final HttpHeadersFactory FIELDS =
      DefaultHttpHeadersFactory.headersFactory().withValidation(false);
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
    if (!Epoll.isAvailable()) {
      System.out.println("unavailable " + Epoll.unavailabilityCause().getMessage());
      return;
    }
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    Clock clock = new Clock();
    var _ = group.scheduleAtFixedRate(clock, 1, 1, TimeUnit.SECONDS);
    Channel listener =
        new ServerBootstrap()
            .group(group)
            .channel(EpollServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, HttpServing.BACKLOG)
            .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    var _ = channel.pipeline().addLast(new HttpServerCodec(), new Answers(clock));
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .syncUninterruptibly()
            .channel();
    Thread thread = group.submit(Thread::currentThread).syncUninterruptibly().getNow();
    HttpServing.run(((InetSocketAddress) listener.localAddress()).getPort(), thread);
  }

  /** The date of answers. Threads: the loop's, after the first. */
  private static final class Clock implements Runnable {

    private volatile AsciiString date = now();

    @Override
    public void run() {
      date = now();
    }

    private static AsciiString now() {
      return new AsciiString(HttpServing.date(HttpServing.second()));
    }
  }

  private static final class Answers extends ChannelInboundHandlerAdapter {

    private final Clock clock;
    private long bodyBytes;
    private @Nullable String query; // where a sum is asked for
    private String number = "";

    Answers(Clock clock) {
      this.clock = clock;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof DefaultHttpRequest request) {
        bodyBytes = 0;
        number = "";
        String uri = request.uri();
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
              HttpVersion.HTTP_1_1, HttpResponseStatus.OK, content, FIELDS, FIELDS);
      var _ =
          response
              .headers()
              .add(HttpHeaderNames.DATE, clock.date)
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
