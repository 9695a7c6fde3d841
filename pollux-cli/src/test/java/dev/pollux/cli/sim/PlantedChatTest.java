package dev.pollux.cli.sim;

import dev.pollux.cli.chat.ChatListener;
import dev.pollux.cli.chat.ChatMember;
import dev.pollux.cli.chat.ChatOptions;
import dev.pollux.cli.chat.ChatPart;
import dev.pollux.net.CloseCause;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import dev.pollux.net.ConnectionOptions;
import dev.pollux.net.ForwardingHandler;
import dev.pollux.net.HandlerFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What a chat does wrong with its members, and what it tells of them wrongly, is found. */
class PlantedChatTest {

  private static final Planted CHAT = Planted.in(SimRun.Program.CHAT);

  private static SimTwist options(UnaryOperator<ConnectionOptions> change) {
    return new SimTwist() {
      @Override
      public ConnectionOptions options(ConnectionOptions options) {
        return change.apply(options);
      }
    };
  }

  private static SimTwist room(UnaryOperator<ChatOptions> change) {
    return new SimTwist() {
      @Override
      public ChatOptions room(ChatOptions options) {
        return change.apply(options);
      }
    };
  }

  private static SimTwist handler(UnaryOperator<ConnectionHandler> change) {
    return new SimTwist() {
      @Override
      public HandlerFactory factory(HandlerFactory factory) {
        return connection -> change.apply(factory.handlerFor(connection));
      }
    };
  }

  private static SimTwist listener(UnaryOperator<ChatListener> change) {
    return new SimTwist() {
      @Override
      public ChatListener listener(ChatListener listener) {
        return change.apply(listener);
      }
    };
  }

  /** A handler as it is, for changes. */
  private static class Passing extends ForwardingHandler {
    private final ConnectionHandler right;

    Passing(ConnectionHandler right) {
      this.right = right;
    }

    @Override
    protected ConnectionHandler delegate() {
      return right;
    }
  }

  /** A listener as it is, for changes. */
  private static class Hearsay implements ChatListener {
    private final ChatListener right;

    Hearsay(ChatListener right) {
      this.right = right;
    }

    @Override
    public void joined(ChatMember member) {
      right.joined(member);
    }

    @Override
    public void told(ChatMember from, byte[] line) {
      right.told(from, line);
    }

    @Override
    public void delivered(ChatPart part, ChatMember from, byte[] line) {
      right.delivered(part, from, line);
    }

    @Override
    public void left(ChatMember member, String how) {
      right.left(member, how);
    }

    @Override
    public void closed(ChatMember member, CloseCause cause) {
      right.closed(member, cause);
    }
  }

  // ---- who is dropped, and who stays

  @Test
  void memberThatIsNotSlow_andDropped_isFound() {
    CHAT.assertFound(
        "m\\d+ was dropped: it reads too slowly, with \\d+ bytes queued, and not \\d+",
        options(right -> right.withLowWaterBytes(16).withHighWaterBytes(64)));
  }

  @Test
  void memberThatIsDroppedAtOnce_isFound() {
    CHAT.assertFound(
        "m\\d+ was dropped: too much came at once, with \\d+ bytes queued, and not \\d+",
        options(right -> right.withMaxQueuedBytes(right.highWaterBytes())));
  }

  @Test
  void memberThatIsSlow_andStays_isFound() {
    CHAT.assertFound(
        "connection .* takes nothing, and stays at its mark",
        options(right -> right.withHighWaterBytes(right.maxQueuedBytes())));
  }

  @Test
  void memberThatKeepsTooMuch_isFound() {
    CHAT.assertFound(
        "connection .* keeps \\d+ bytes, and \\d+ unread",
        handler(right ->
            new Passing(right) {
              @Override
              public void received(Connection connection, ByteBuffer data) {
                if (connection.unreadBytes() == 0 && data.remaining() < 3) {
                  super.received(connection, data);
                }
              }
            }));
  }

  @Test
  void memberThatIsGone_andIn_isFound() {
    CHAT.assertFound(
        "\\d+ members are left, and the names \\[m\\d+.*",
        handler(right ->
            new Passing(right) {
              @Override
              public void closed(Connection connection, CloseCause cause) {
                // nobody hears of it
              }
            }));
  }

  @Test
  void lineThatIsTooLong_andTold_isFound() {
    CHAT.assertFound(
        "m\\d+ never said, or not so: m\\d+: y+",
        room(right -> right.withMaxLineBytes(right.maxLineBytes() + 1)));
  }

  @Test
  void lineThatIsNotTooLong_andTheEnd_isFound() {
    CHAT.assertFound(
        "m\\d+ .* is dropped, and no line was too long",
        room(right -> right.withMaxLineBytes(right.maxLineBytes() - 1)));
  }

  /** A loop that nobody is on makes no room, and those who speak go on. */
  @Test
  void speaker_whoIsNotHeldUp_isFound() {
    CHAT.where(plan -> plan.peerCount() < plan.loopCount())
        .assertFound(
            "\\d+ lines of m\\d+ wait for a loop",
            listener(right ->
                new Hearsay(right) {
                  @Override
                  public void delivered(ChatPart part, ChatMember from, byte[] line) {
                    if (part.equals(from.part()) || !part.members().isEmpty()) {
                      super.delivered(part, from, line);
                    }
                  }
                }));
  }

  // ---- what is told

  @Test
  void memberThatJoinsTwice_isFound() {
    CHAT.assertFound(
        "m\\d+ is in twice",
        listener(right ->
            new Hearsay(right) {
              @Override
              public void joined(ChatMember member) {
                super.joined(member);
                super.joined(member);
              }
            }));
  }

  @Test
  void lineThatNobodySaid_isFound() {
    CHAT.assertFound(
        "a part is told out of order, or what was not said: .*",
        listener(right ->
            new Hearsay(right) {
              @Override
              public void delivered(ChatPart part, ChatMember from, byte[] line) {
                super.delivered(part, from, Arrays.copyOfRange(line, 1, line.length));
              }
            }));
  }

  @Test
  void lineThatNobodyHears_isFound() {
    CHAT.assertFound(
        "of \\d+ lines of m\\d+ a loop was told \\d+",
        listener(right ->
            new Hearsay(right) {
              @Override
              public void delivered(ChatPart part, ChatMember from, byte[] line) {
                boolean isLast = new String(line, StandardCharsets.UTF_8).endsWith(" left\n");
                if (!isLast || !part.members().isEmpty()) {
                  super.delivered(part, from, line);
                }
              }
            }));
  }

  @Test
  void lineThatIsNotTold_isFound() {
    CHAT.assertFound(
        "m\\d+ .* said more than the \\d+ lines that were told",
        handler(right ->
            new Passing(right) {
              private int count;

              @Override
              public void received(Connection connection, ByteBuffer data) {
                count += data.remaining();
                if (count < 1000) {
                  super.received(connection, data);
                } else {
                  data.position(data.limit());
                }
              }
            }));
  }

  @Test
  void memberThatHearsMore_afterItsDismissal_isFound() {
    CHAT.assertFound(
        "m\\d+ hears something after its dismissal: .*",
        handler(right ->
            new Passing(right) {
              @Override
              public void opened(Connection connection) {
                super.opened(connection);
                var _ = connection.write("# you are dropped\n");
              }
            }));
  }
}
