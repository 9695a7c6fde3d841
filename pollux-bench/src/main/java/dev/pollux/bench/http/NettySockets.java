package dev.pollux.bench.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.util.ReferenceCountUtil;

/**
 * WebSockets on Netty: its protocol handler as by default, without compression, and each frame of a
 * message is sent back; what a turn has read is flushed at its end.
 */
final class NettySockets extends ChannelInboundHandlerAdapter {

  private NettySockets() {}

  /** Whether this is asked for. */
  static boolean areAt(String uri) {
    return uri.equals(HttpServing.SOCKET_PATH);
  }

  /** Takes the place of a handler behind the codec, which has read the request for this. */
  static void take(ChannelHandlerContext context, Object request) {
    var _ =
        context
            .pipeline()
            .addLast(new WebSocketServerProtocolHandler(HttpServing.SOCKET_PATH))
            .addLast(new NettySockets());
    var _ = context.fireChannelRead(request);
    var _ = context.pipeline().remove(context.handler());
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof WebSocketFrame) {
      var _ = context.write(message, context.voidPromise());
    } else {
      boolean _ = ReferenceCountUtil.release(message);
    }
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
