package dev.pollux.http.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pollux.http.HttpFields;
import dev.pollux.net.Connection;
import dev.pollux.net.ConnectionHandler;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A handler that notes what it is told. */
class Heard implements ClientHandler {

  final List<String> informed = new ArrayList<>();
  final StringBuilder body = new StringBuilder();
  int pieces;
  @Nullable ClientCall call;
  @Nullable ClientAnswer answer;
  @Nullable HttpFields trailers;
  @Nullable ClientException failure;
  @Nullable ConnectionHandler next;
  @Nullable Connection switched;
  int ends; // of whatever kind

  @Override
  public void informed(ClientCall of, int status, HttpFields fields) {
    informed.add(status + " " + fields);
  }

  @Override
  public void answered(ClientCall of, ClientAnswer came) throws Exception {
    answer = came;
  }

  @Override
  public void data(ClientCall of, ByteBuffer data) throws Exception {
    pieces++;
    byte[] some = new byte[data.remaining()];
    data.get(some);
    body.append(new String(some, ISO_8859_1));
  }

  @Override
  public void ended(ClientCall of, HttpFields came) {
    ends++;
    trailers = came;
  }

  @Override
  public void failed(ClientCall of, ClientException why) {
    ends++;
    failure = why;
  }

  @Override
  public void switched(ClientCall of, ClientAnswer came, Connection connection) {
    ends++;
    answer = came;
    switched = connection;
    if (next != null) {
      connection.setHandler(next);
    }
  }

  /** What it came to: the status and the body, or the reason of a failure; and how far it was. */
  String outcome() {
    String head = answer == null ? "" : answer.status() + " ";
    if (switched != null && failure == null) {
      return head + "switched";
    }
    String end = failure != null ? " " + failure.reason() : trailers == null ? " ..." : "";
    return (head + body + end).strip();
  }
}
