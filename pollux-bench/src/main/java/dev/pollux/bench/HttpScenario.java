package dev.pollux.bench;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the load of the HTTP benchmark sends. */
enum HttpScenario {
  PLAINTEXT64("plaintext64", 64, 1, 0, "64 connections, one GET in flight on each"),
  PLAINTEXT512("plaintext512", 512, 1, 0, "512 connections, one GET in flight on each"),
  PIPELINED16("pipelined16", 64, 16, 0, "64 connections, 16 GETs sent together on each"),
  POST1K("post1k", 64, 1, 1 << 10, "64 connections, one POST of 1 KiB in flight on each"),
  POST64K("post64k", 64, 1, 1 << 16, "64 connections, one POST of 64 KiB in flight on each"),
  CHURN10(
      "churn10",
      64,
      Sums.SHORT,
      "64 connections, one GET of a sum in flight on each, ended after ten and opened again"),
  IDLE10K(
      "idle10k",
      64,
      Sums.IDLE,
      "64 connections, one GET of a sum in flight on each, beside 10,000 that are idle"),
  BASELINE11(
      "baseline11",
      64,
      Sums.MIXED,
      "64 connections, one request for a sum in flight on each: GET, POST, chunked POST in turn"),
  FILE13("file13", 64, 1, 0, "64 connections, one GET of a file of 13 bytes in flight on each"),
  FILES20(
      "files20",
      64,
      1,
      0,
      "64 connections, one GET of a file in flight on each: of 20, from 3 to 300 kB, in turn"),
  TLS64("tls64", 64, 1, 0, "64 connections with TLS 1.3, one GET in flight on each"),
  WS64("ws64", 64, 1, 16, "64 WebSockets, one text of 16 bytes in flight on each, sent back"),
  WS64X16(
      "ws64x16", 64, 16, 16, "64 WebSockets, 16 texts of 16 bytes in flight on each, sent back"),
  PROXY64("proxy64", 64, 1, 0, "64 connections to a proxy, one GET in flight on each");

  /** What is sent by the module's load in C, which asks for sums. */
  enum Sums {
    SHORT(0, 10, false),
    IDLE(10_000, 0, false),
    MIXED(0, 0, true);

    private final int idle;
    private final int requests;
    private final boolean isMixed;

    Sums(int idle, int requests, boolean isMixed) {
      this.idle = idle;
      this.requests = requests;
      this.isMixed = isMixed;
    }

    /** How many connections there are besides, of which nothing is heard. */
    int idle() {
      return idle;
    }

    /** Requests of a connection; 0 for any number. */
    int requests() {
      return requests;
    }

    /** Whether there are bodies, too. */
    boolean isMixed() {
      return isMixed;
    }
  }

  private final String label;
  private final int connections;
  private final int depth;
  private final int bodyBytes;
  private final @Nullable Sums sums;
  private final String description;

  HttpScenario(String label, int connections, int depth, int bodyBytes, String description) {
    this.label = label;
    this.connections = connections;
    this.depth = depth;
    this.bodyBytes = bodyBytes;
    this.sums = null;
    this.description = description;
  }

  HttpScenario(String label, int connections, Sums sums, String description) {
    this.label = label;
    this.connections = connections;
    this.depth = 1;
    this.bodyBytes = 0;
    this.sums = sums;
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

  /** How many requests are sent together on a connection, or messages are in flight. */
  int depth() {
    return depth;
  }

  /** The body behind each head, or a message; 0 for none. */
  int bodyBytes() {
    return bodyBytes;
  }

  /** What the module's load in C sends; null for what another one does. */
  @Nullable Sums sums() {
    return sums;
  }

  /** What the load of others asks for, in turn. */
  List<String> paths() {
    return switch (this) {
      case FILE13 -> List.of(HttpFiles.SMALL);
      case FILES20 -> HttpFiles.SPREAD;
      default -> List.of("/");
    };
  }

  /** Where the first of it is. */
  String url(int port) {
    return (isTls() ? "https://localhost:" : "http://127.0.0.1:") + port + paths().getFirst();
  }

  /** Whether files are asked for. */
  boolean isOfFiles() {
    return this == FILE13 || this == FILES20;
  }

  /** Whether messages are sent on WebSockets. */
  boolean isOfSockets() {
    return this == WS64 || this == WS64X16;
  }

  /** Whether another server is asked by those that are measured. */
  boolean isProxied() {
    return this == PROXY64;
  }

  /** Whether the connections have TLS. */
  boolean isTls() {
    return this == TLS64;
  }

  /** Whether it is measured at a fixed rate, too. */
  boolean isPaced() {
    return this == PLAINTEXT64;
  }
}
