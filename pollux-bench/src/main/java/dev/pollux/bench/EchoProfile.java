package dev.pollux.bench;

import java.util.Arrays;
import java.util.List;

/** What the load of the echo benchmark does. */
enum EchoProfile {
  PINGPONG64("pingpong64", 64, 64, 1, "64 connections, one message of 64 bytes in flight on each"),
  CONNS1000("conns1000", 1000, 64, 1, "1,000 connections, one message of 64 bytes in flight"),
  PIPELINE16("pipeline16", 64, 64, 16, "64 connections, 16 messages of 64 bytes in flight"),
  BULK("bulk", 8, 1 << 16, 1, "8 connections, one message of 64 KiB in flight"),
  CHURN("churn", 64, 64, 1, "connect, echo 64 bytes, close, 64 at a time; counted: connections"),
  IDLE("idle", 64, 64, 1, "as pingpong64, beside many connections that are idle");

  private final String label;
  private final int connections;
  private final int messageBytes;
  private final int depth;
  private final String description;

  EchoProfile(String label, int connections, int messageBytes, int depth, String description) {
    this.label = label;
    this.connections = connections;
    this.messageBytes = messageBytes;
    this.depth = depth;
    this.description = description;
  }

  static List<String> labels() {
    return Arrays.stream(values()).map(EchoProfile::label).toList();
  }

  /** The profile of a label that there is. */
  static EchoProfile named(String label) {
    return values()[labels().indexOf(label)];
  }

  String label() {
    return label;
  }

  String description() {
    return description;
  }

  /** What is counted. */
  String each() {
    return this == CHURN ? "connection" : "message";
  }

  /** How many connections have messages in flight. */
  int connections() {
    return connections;
  }

  int messageBytes() {
    return messageBytes;
  }

  /** How many messages are in flight on a connection. */
  int depth() {
    return depth;
  }
}
