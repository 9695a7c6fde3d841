/**
 * The {@code pollux} command: an echo server, an interactive client and a self-test, all on the
 * poller. Start with {@code dev.pollux.cli.Main}.
 */
module dev.pollux.cli {
  requires com.google.gson;
  requires dev.pollux.http;
  requires dev.pollux.inspect;
  requires dev.pollux.lab;
  requires dev.pollux.model;
  requires dev.pollux.net;
  requires dev.pollux.poll;
  requires dev.pollux.sim;
  requires info.picocli;
  requires jdk.unsupported; // sun.misc.Signal, by reflection: see Signals
  requires static org.jspecify;

  opens dev.pollux.cli to
      info.picocli;
  opens dev.pollux.cli.chat to
      info.picocli;
  opens dev.pollux.cli.connect to
      info.picocli;
  opens dev.pollux.cli.doctor to
      info.picocli;
  opens dev.pollux.cli.echo to
      info.picocli;
  opens dev.pollux.cli.inspect to
      info.picocli;
  opens dev.pollux.cli.lab to
      info.picocli;
  opens dev.pollux.cli.serve to
      info.picocli;
  opens dev.pollux.cli.sim to
      info.picocli;
  opens dev.pollux.cli.terminal to
      info.picocli;
}
