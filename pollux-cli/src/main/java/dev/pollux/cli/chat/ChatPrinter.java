package dev.pollux.cli.chat;

import dev.pollux.net.Connection;
import dev.pollux.sys.Addresses;
import dev.pollux.sys.SysException;
import java.io.PrintStream;

/**
 * Prints who comes to a chat and who goes.
 *
 * <p>Blocking: if whoever reads the stream is slow, with the stream. Threads: any.
 */
final class ChatPrinter implements ChatListener {

  private final PrintStream out;

  ChatPrinter(PrintStream out) {
    this.out = out;
  }

  @Override
  public void joined(ChatMember member) {
    out.println(member + " joined from " + peer(member.connection()));
  }

  @Override
  public void left(ChatMember member, String how) {
    out.println(member + " " + how);
  }

  private static String peer(Connection connection) {
    try {
      return Addresses.text(connection.remoteAddress());
    } catch (SysException e) {
      return "an unknown address (" + e.errnoName() + ")";
    }
  }
}
