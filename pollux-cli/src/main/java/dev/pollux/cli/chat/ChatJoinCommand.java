package dev.pollux.cli.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pollux.cli.connect.ConnectClient;
import dev.pollux.cli.connect.ConnectCommand;
import dev.pollux.cli.connect.StreamPeer;
import dev.pollux.cli.terminal.Places;
import dev.pollux.cli.terminal.Target;
import dev.pollux.cli.terminal.Version;
import dev.pollux.net.ConnectOptions;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
    description = {"", "The end of the input leaves, and so does a line q or Q on a terminal.", ""},
    customSynopsis = {
      "pollux chat join [OPTIONS] HOST:PORT",
      "  or:  pollux chat join [OPTIONS] HOST PORT"
    },
    sortOptions = false,
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class ChatJoinCommand implements Callable<Integer> {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  @Parameters(
      arity = "1..2",
      paramLabel = "HOST:PORT",
      description = "The server; an IPv6 address in brackets: [::1]:8081.")
  private List<String> place = new ArrayList<>();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Your name; without it, the first line that you type.")
  private @Nullable String name;

  @Spec private CommandSpec spec;

  private @Nullable Target target;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  ChatJoinCommand() {}

  /** The command with its options set, without picocli; null if there is any doubt about one. */
  static @Nullable ChatJoinCommand ofPlain(String[] arguments) {
    ChatJoinCommand command = new ChatJoinCommand();
    List<String> words = new ArrayList<>(List.of(arguments));
    int named = words.indexOf("--name");
    if (named >= 0 && named == words.size() - 2) {
      command.name = words.removeLast();
      words.removeLast();
    }
    command.place = words;
    boolean plain = words.stream().noneMatch(word -> word.startsWith("-"));
    return plain && command.mistake() == null ? command : null;
  }

  /** What is wrong with the arguments; null if nothing is. */
  private @Nullable String mistake() {
    try {
      target = Target.of(place);
    } catch (IllegalArgumentException e) {
      return e.getMessage();
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
    if (name != null) {
      name = Places.text("--name", name);
    }
    String mistake = mistake();
    if (mistake != null) {
      throw new ParameterException(spec.commandLine(), mistake);
    }
    Target server = Objects.requireNonNull(target);
    ConnectOptions options = ConnectOptions.to(server.host(), server.port()).withTimeout(TIMEOUT);
    Sys sys = NativeSys.open();
    ConnectClient.Manner manner = ConnectCommand.manner(sys, "pollux chat", true);
    try (ConnectClient client = ConnectClient.open(sys, manner)) {
      String wanted = name;
      if (wanted != null) {
        client.sayFirst((wanted + "\n").getBytes(UTF_8));
      }
      return client.run(
          (loop, opened) -> StreamPeer.connect(loop, opened, options, server.toString()));
    }
  }
}
