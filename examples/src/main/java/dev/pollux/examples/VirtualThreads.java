package dev.pollux.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pollux.loop.EventLoop;
import dev.pollux.net.CloseCause;
import dev.pollux.net.Connection;
import dev.pollux.net.FrameHandler;
import dev.pollux.net.Framing;
import dev.pollux.net.Server;
import dev.pollux.net.ServerOptions;
import dev.pollux.sys.SysException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.SynchronousQueue;
