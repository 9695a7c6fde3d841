package dev.pollux.bench.echo;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.util.internal.PlatformDependent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.OptionalLong;

/**
 * An echo server on Netty, as its own examples write it: what is read is written, and flushed when
 * the reads of a turn are over.
 *
 * <p>One event loop for the listener and all connections, pooled buffers; a connection whose peer
 * does not read is not read from.
 */
final class NettyEcho implements EchoServer {

  private final int port;
  private final Thread thread;

  private NettyEcho(int port, Thread thread) {
    this.port = port;
    this.thread = thread;
  }

  static NettyEcho start(NettyTransport transport) {
    return start(transport, new Echo());
  }

  /** With TLS in front of the echo. */
  static NettyEcho start(NettyTransport transport, SslContext tls) {
    Echo echo = new Echo();
    return start(
        transport,
        new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel channel) {
            var _ = channel.pipeline().addLast(tls.newHandler(channel.alloc()), echo);
          }
        });
  }

  private static NettyEcho start(NettyTransport transport, ChannelHandler connections) {
    Throwable missing = transport.missing();
    if (missing != null) {
      throw new UnsupportedOperationException(String.valueOf(missing.getMessage()), missing);
    }
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, transport.handlers());
    Channel listener =
        new ServerBootstrap()
            .group(group)
            .channel(transport.channel())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .childHandler(connections)
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .syncUninterruptibly()
            .channel();
    Thread thread = group.submit(Thread::currentThread).syncUninterruptibly().getNow();
    return new NettyEcho(((InetSocketAddress) listener.localAddress()).getPort(), thread);
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public OptionalLong allocatedBytes() {
    return Allocation.of(thread);
  }

  /** Its buffers are memory of Unsafe, where that may be used. */
  @Override
  public long uncountedBytes() {
    return Math.max(0, PlatformDependent.usedDirectMemory());
  }

  @Sharable
  private static final class Echo extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      var _ = context.write(message, context.voidPromise());
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
