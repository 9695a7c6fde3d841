package dev.pollux.bench.http;

import dev.pollux.bench.echo.TlsKey;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.AsciiString;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the servers on Netty have in common: its epoll transport with one loop, pooled buffers, its
 * codec and a clock.
 *
 * <p>The fields of answers are not validated, which saves Netty time; requests are, as by default.
 */
final class NettyServing {

  static final HttpHeadersFactory FIELDS =
      DefaultHttpHeadersFactory.headersFactory().withValidation(false);

  private NettyServing() {}

  /**
   * Serves until standard input ends.
   *
   * @param args none, or the file of a {@link TlsKey} and the {@link SslProvider}: then all
   *     connections have TLS
   * @param answers what stands behind the codec, one for each connection
   */
  static void run(String[] args, Function<Clock, ChannelHandler> answers) throws IOException {
    try {
      serve(args.length == 0 ? null : tls(args[0], args[1]), answers);
    } catch (UnsupportedOperationException e) {
      System.out.println("unavailable " + e.getMessage());
    }
  }

  private static SslContext tls(String key, String provider) throws IOException {
    return TlsKey.read(Path.of(key)).netty(SslProvider.valueOf(provider));
  }

  private static void serve(@Nullable SslContext tls, Function<Clock, ChannelHandler> answers)
      throws IOException {
    if (!Epoll.isAvailable()) {
      throw new UnsupportedOperationException(Epoll.unavailabilityCause().getMessage());
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
                    if (tls != null) {
                      var _ = channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                    }
                    var _ = channel.pipeline().addLast(new HttpServerCodec(), answers.apply(clock));
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .syncUninterruptibly()
            .channel();
    Thread thread = group.submit(Thread::currentThread).syncUninterruptibly().getNow();
    HttpServing.run(((InetSocketAddress) listener.localAddress()).getPort(), thread);
  }

  /** The date of answers. Threads: the loop's, after the first. */
  static final class Clock implements Runnable {

    private volatile AsciiString date = now();

    AsciiString date() {
      return date;
    }

    @Override
    public void run() {
      date = now();
    }

    private static AsciiString now() {
      return new AsciiString(HttpServing.date(HttpServing.second()));
    }
  }
}
