package dev.pollux.examples.web;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.pollux.examples.Program;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Servers that share rooms by a real Redis. */
class ClusterIT {

  private final HttpClient http = HttpClient.newHttpClient();

  @TempDir private Path folder;

  @TestFactory
  Stream<DynamicTest> rooms() {
    if (!Tools.areInstalled("redis-server")) {
      return Stream.of(dynamicTest("not run: " + Tools.missing("redis-server"), () -> {}));
    }
    return Stream.of(
        dynamicTest("rooms_areSharedByServers_andOneThatDiesTakesNobodyAlong", this::share),
        dynamicTest("rooms_afterRedisIsBack_goOn", this::goOn));
  }

  private void share() throws Exception {
    try (Redis redis = new Redis(folder, Redis.freePort());
        Program one = new Program(ChatCluster.class, redis.argument());
        Program two = new Program(ChatCluster.class, redis.argument());
        Program three = new Program(ChatCluster.class, redis.argument());
        Ears ann = new Ears(http, one, "/rooms/tea/ann");
        Ears bob = new Ears(http, two, "/rooms/tea/bob");
        Ears eve = new Ears(http, two, "/rooms/wine/eve")) {
      ann.assertHears("welcome to tea");
      bob.assertHears("welcome to tea");
      eve.assertHears("welcome to wine");
      untilHeard(ann, bob, "is it on?");
      Ears zoe = new Ears(http, three, "/rooms/tea/zoe");
      untilHeard(ann, zoe, "and you?");
      three.kill();
      zoe.awaitEnd();
      ann.say("a line\nand another");
      bob.awaitLine("ann: a line and another");
      bob.say("still here");
      ann.awaitLine("bob: still here");
      eve.say("cheers");
      eve.assertHears("eve: cheers"); // and nothing of the other room
    }
  }

  private void goOn() throws Exception {
    int port = Redis.freePort();
    Redis first = new Redis(folder, port);
    try (Program one = new Program(ChatCluster.class, first.argument());
        Program two = new Program(ChatCluster.class, first.argument());
        Ears ann = new Ears(http, one, "/rooms/tea/ann");
        Ears bob = new Ears(http, two, "/rooms/tea/bob")) {
      untilHeard(ann, bob, "before");
      first.close();
      try (Redis _ = new Redis(folder, port)) {
        untilHeard(ann, bob, "behind");
        untilHeard(bob, ann, "too");
      }
    } finally {
      first.close();
    }
  }

  /** Says it again and again, as long as who is to hear it is not yet connected. */
  private static void untilHeard(Ears speaker, Ears listener, String text) throws Exception {
    for (int i = 0; i < WebIT.LIMIT.toSeconds() * 4; i++) {
      speaker.say(text);
      String heard = listener.nextWithin(250);
      while (!heard.isEmpty() && !heard.endsWith(": " + text)) {
        heard = listener.nextWithin(250);
      }
      if (!heard.isEmpty()) {
        return;
      }
    }
    throw new AssertionError("not heard: " + text);
  }

  /** Redis, without files, on a port that was free. */
  private static final class Redis implements AutoCloseable {

    private final int port;
    private final Process process;

    Redis(Path folder, int port) throws IOException {
      this.port = port;
      List<String> line = new ArrayList<>(List.of("redis-server", "--port", argument()));
      line.addAll(List.of("--bind", "127.0.0.1", "--save", "", "--appendonly", "no"));
      process =
          new ProcessBuilder(line).directory(folder.toFile()).redirectErrorStream(true).start();
      BufferedReader output = process.inputReader();
      String said = output.readLine();
      while (said != null && !said.contains("Ready to accept connections")) {
        said = output.readLine();
      }
      assertTrue(said != null, "redis-server has ended");
    }

    static int freePort() throws IOException {
      try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        return any.getLocalPort();
      }
    }

    String argument() {
      return String.valueOf(port);
    }

    @Override
    public void close() {
      process.destroy();
      var _ = process.onExit().orTimeout(WebIT.LIMIT.toSeconds(), TimeUnit.SECONDS).join();
    }
  }
}
