package dev.pollux.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pollux chat join}: a {@link ConnectClient} that may say its name first. */
@Command(
    name = "join",
    header = "Joins a chat: sends what is typed, prints what the others say.",
    description = {"", "A line q or Q leaves, and so does the end of the input.", ""},
    sortOptions = false,
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
final class ChatJoinCommand implements Callable<Integer> {

  private static final int MAX_PORT = 65_535;
  private static final long TIMEOUT_NANOS = 10_000_000_000L; // 10 s

  @Parameters(index = "0", paramLabel = "HOST", description = "The server.")
  private String host = "";

  @Parameters(index = "1", paramLabel = "PORT", description = "Its port.")
  private int port;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Your name; without it, the first line that you type.")
  private @Nullable String name;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  ChatJoinCommand() {}

  /** The command with its options set, without picocli; null if there is any doubt about one. */
  static @Nullable ChatJoinCommand ofPlain(String[] arguments) {
    ChatJoinCommand command = new ChatJoinCommand();
    boolean named = arguments.length == 4 && arguments[2].equals("--name");
    if (arguments.length != 2 && !named) {
      return null;
    }
    command.host = arguments[0];
    command.port = ChatCommand.number(arguments[1]);
    command.name = named ? arguments[3] : null;
    return command.host.startsWith("-") || command.mistake() != null ? null : command;
  }

  /** What is wrong with the arguments; null if nothing is. */
  private @Nullable String mistake() {
    if (host.isBlank()) {
      return "Invalid value for positional parameter at index 0 (HOST): it is empty";
    }
    if (port < 1 || port > MAX_PORT) {
      return "Invalid value for positional parameter at index 1 (PORT): "
          + port
          + " is not in 1 to "
          + MAX_PORT;
    }
    String wanted = name;
    if (wanted != null && !ChatText.isName(wanted)) {
      return "Invalid value for option '--name': it takes up to "
          + ChatText.MAX_NAME_LENGTH
          + " letters, digits, '-', '_' and '.'";
    }
    return null;
  }

  @Override
  public Integer call() throws SysException {
    String mistake = mistake();
    if (mistake != null) {
      throw new ParameterException(spec.commandLine(), mistake);
    }
    InetAddress[] hosts;
    try {
      hosts = InetAddress.getAllByName(host);
    } catch (UnknownHostException _) {
      throw new Failure("cannot resolve " + host + ": check the name, or use an address");
    }
    Sys sys = NativeSys.open();
    ConnectCommand.Target server = new ConnectCommand.Target(host, port);
    long deadline = sys.nanoTime() + TIMEOUT_NANOS;
    try (ConnectClient client =
        ConnectCommand.connect(sys, hosts, server, deadline, "pollux chat")) {
      String wanted = name;
      if (wanted != null) {
        client.sayFirst((wanted + "\n").getBytes(UTF_8));
      }
      return client.run();
    }
  }
}
