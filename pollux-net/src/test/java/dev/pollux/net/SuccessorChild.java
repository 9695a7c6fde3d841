package dev.pollux.net;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.pollux.loop.LoopGroup;
import dev.pollux.loop.LoopOptions;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import dev.pollux.sys.UnixAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** The successor of {@link SuccessionIT}, in a process of its own: answers each peer with a B. */
final class SuccessorChild {

  private SuccessorChild() {}

  /** Serves until its standard input ends. */
  public static void main(String[] args) throws Exception {
    Sys sys = NativeSys.open();
    UnixAddress at = UnixAddress.abstractName(args[0]);
    try (LoopGroup loops = LoopGroup.start(1, LoopOptions.DEFAULT);
        Inheritance given =
            Objects.requireNonNull(Inheritance.claim(sys, at, Duration.ofSeconds(20)));
        Server server =
            Server.start(
                loops, ServerOptions.on(given.descriptors().getFirst()), _ -> new Letter("B"))) {
      boolean _ = given.ready(List.of(server));
      System.out.println("ready at " + server.address());
      while (System.in.read() >= 0) {}
    }
  }

  /** Says one letter, and good-bye. */
  record Letter(String letter) implements ConnectionHandler {

    @Override
    public void opened(Connection connection) {
      WriteResult _ = connection.write(ByteBuffer.wrap(letter.getBytes(US_ASCII)));
      connection.close();
    }

    @Override
    public void received(Connection connection, ByteBuffer data) {
      data.position(data.limit());
    }
  }
}
