package dev.pollux.cli.chat;

import dev.pollux.cli.echo.EchoCommand;
import dev.pollux.cli.terminal.Version;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code pollux chat}: a chat, its server and its client; see {@link ChatRoom}. */
@Command(
    name = "chat",
    header = "A chat: the server, or a client that joins it.",
    description = {
      "",
      "Everybody hears what everybody says. The first line a member sends is its name. A member"
          + " that reads too slowly is dropped; it never slows the others.",
      ""
    },
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {ChatServeCommand.class, ChatJoinCommand.class, CommandLine.HelpCommand.class})
public final class ChatCommand implements Runnable {

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  public ChatCommand() {}

  /** As {@link EchoCommand#ofPlain}: the command meant, with its options set, without picocli. */
  public static @Nullable Callable<Integer> ofPlain(String[] arguments) {
    if (arguments.length == 0) {
      return null;
    }
    String[] rest = Arrays.copyOfRange(arguments, 1, arguments.length);
    return switch (arguments[0]) {
      case "serve" -> ChatServeCommand.ofPlain(rest);
      case "join" -> ChatJoinCommand.ofPlain(rest);
      default -> null;
    };
  }

  /** A number of digits alone and up to a million; -1 for anything else. */
  static int number(String digits) {
    if (digits.isEmpty() || digits.length() > 7) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }

  @Override
  public void run() {
    spec.commandLine().usage(System.out);
  }
}
