package dev.pollux.model;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * The situations of {@code epoll-wakeups.txt}.
 *
 * @param name as the file calls it
 * @param registrations such as {@code e1<-s0:ET}, in order
 * @param threads who waits, and how
 * @param writes who writes, and when
 * @param expected what Linux does
 */
record Wakeups(
    String name, List<String> registrations, String threads, String writes, String expected) {

  static List<Wakeups> all() {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(Wakeups.class.getResourceAsStream("epoll-wakeups.txt")),
                StandardCharsets.UTF_8))) {
      return reader.lines().filter(line -> line.startsWith("epoll")).map(Wakeups::parse).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Wakeups parse(String line) {
    String[] f = line.split(" ;; ", -1);
    if (f.length != 5) {
      throw new IllegalStateException(f.length + " columns: " + line);
    }
    return new Wakeups(f[0], List.of(f[1].split(" ")), f[2], f[3], f[4]);
  }

  @Override
  public String toString() {
    return name + " " + registrations + " " + threads;
  }
}
