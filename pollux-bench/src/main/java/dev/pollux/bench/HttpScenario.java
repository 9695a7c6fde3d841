package dev.pollux.bench;

import java.util.Arrays;
import java.util.List;

/** What the load of the HTTP benchmark sends. */
enum HttpScenario {
  PLAINTEXT64("plaintext64", 64, 1, 0, "64 connections, one GET in flight on each"),
  PLAINTEXT512("plaintext512", 512, 1, 0, "512 connections, one GET in flight on each"),
  PIPELINED16("pipelined16", 64, 16, 0, "64 connections, 16 GETs sent together on each"),
  POST1K("post1k", 64, 1, 1 << 10, "64 connections, one POST of 1 KiB in flight on each"),
  POST64K("post64k", 64, 1, 1 << 16, "64 connections, one POST of 64 KiB in flight on each");

  private final String label;
  private final int connections;
  private final int depth;
  private final int bodyBytes;
  private final String description;

  HttpScenario(String label, int connections, int depth, int bodyBytes, String description) {
    this.label = label;
    this.connections = connections;
    this.depth = depth;
    this.bodyBytes = bodyBytes;
    this.description = description;
  }

  static List<String> labels() {
    return Arrays.stream(values()).map(HttpScenario::label).toList();
  }

  /** The scenario of a label that there is. */
  static HttpScenario named(String label) {
    return values()[labels().indexOf(label)];
  }

  String label() {
    return label;
  }

  String description() {
    return description;
  }

  int connections() {
    return connections;
  }

  /** How many requests are sent together on a connection. */
  int depth() {
    return depth;
  }

  /** The body behind each head; 0 for none. */
  int bodyBytes() {
    return bodyBytes;
  }

  /** Whether it is measured at a fixed rate, too. */
  boolean isPaced() {
    return this == PLAINTEXT64;
  }
}
