package dev.pollux.http.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pollux.sys.PathBytes;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** What is in a folder, as a page. Names are text for people, and bytes in their links. */
final class Listing {

  static final String TYPE = "text/html; charset=utf-8";

  static final int MAX_ENTRIES = 2_000; // each is looked at on the loop
  private static final int MAX_CHARACTERS = 1 << 20;
  private static final String HEX = "0123456789ABCDEF";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final String UNRESERVED_MARKS = "-._~";

  /** One of them. */
  private static final class Entry {
    private final byte[] name; // as the kernel has it
    private final boolean isFolder;
    private final long sizeBytes;
    private final String time;

    Entry(byte[] name, boolean isFolder, long sizeBytes, String time) {
      this.name = name;
      this.isFolder = isFolder;
      this.sizeBytes = sizeBytes;
      this.time = time;
    }

    boolean isFile() {
      return !isFolder;
    }

    String text() {
      return new String(name, UTF_8) + (isFolder ? "/" : "");
    }
  }

  private Listing() {}

  /** The page of an open folder; its links are followed within the root, as far as they may be. */
  static byte[] of(FileRoot root, OpenFile folder, SitePath path, FileOptions options)
      throws IOException {
    List<Entry> entries = new ArrayList<>();
    boolean isMore = false;
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(Path.of("/proc/self/fd/" + folder.fd()))) {
      for (Path each : all) {
        if (entries.size() == MAX_ENTRIES) {
          isMore = true;
          break;
        }
        add(entries, each, root, path, options);
      }
    }
    entries.sort(Comparator.comparing(Entry::isFile).thenComparing(Entry::text));
    return page(entries, path, isMore).getBytes(UTF_8);
  }

  private static void add(
      List<Entry> entries, Path each, FileRoot root, SitePath path, FileOptions options) {
    byte[] name = name(each);
    if (name[0] == '.' && !options.showsDotfiles()) {
      return;
    }
    try {
      BasicFileAttributes is =
          Files.readAttributes(each, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (is.isSymbolicLink() && options.followsLinks()) {
        addTarget(entries, name, root, path);
      } else if (is.isDirectory() || is.isRegularFile()) {
        String time = TIME.format(is.lastModifiedTime().toInstant());
        entries.add(new Entry(name, is.isDirectory(), is.size(), time));
      }
    } catch (IOException | AbsentException _) {
      // it has gone, or may not be seen
    }
  }

  /** The last one of an absolute path: alone, one that is no text would be made absolute. */
  private static byte[] name(Path path) {
    byte[] bytes = PathBytes.of(path);
    int start = bytes.length;
    while (bytes[start - 1] != '/') {
      start--;
    }
    return Arrays.copyOfRange(bytes, start, bytes.length);
  }

  /** What a link leads to, if that is within the root. */
  private static void addTarget(List<Entry> entries, byte[] name, FileRoot root, SitePath path)
      throws IOException, AbsentException {
    try (OpenFile target = root.open(path.and(name))) {
      FileStatus is = target.status();
      if (is.isFolder() || is.isFile()) {
        String time = TIME.format(Instant.ofEpochSecond(is.second()));
        entries.add(new Entry(name, is.isFolder(), is.sizeBytes(), time));
      }
    }
  }

  private static String page(List<Entry> entries, SitePath path, boolean isMore) {
    String title = escaped("/" + new String(path.bytes(), UTF_8));
    StringBuilder page = new StringBuilder(256 + 160 * entries.size());
    page.append(
        """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <meta name="color-scheme" content="light dark">
        <title>%s</title>
        <style>
        body { font: 16px/1.5 system-ui, sans-serif }
        body { max-width: 48rem; margin: 2rem auto; padding: 0 1rem }
        table { width: 100%%; border-spacing: 0 }
        td { padding: .15rem 0 }
        td + td { text-align: right; white-space: nowrap; padding-left: 1.5rem; opacity: .7 }
        a { text-decoration: none; overflow-wrap: anywhere }
        </style>
        <h1>%s</h1>
        <table>
        """
            .formatted(title, title));
    if (path.bytes().length > 0) {
      page.append("<tr><td><a href=\"../\">../</a><td><td>\n");
    }
    int shown = 0;
    while (shown < entries.size() && page.length() < MAX_CHARACTERS) {
      Entry entry = entries.get(shown);
      shown++;
      page.append("<tr><td><a href=\"./");
      encode(page, entry.name);
      page.append(entry.isFolder ? "/\">" : "\">").append(escaped(entry.text()));
      String size = entry.isFolder ? "" : String.format(Locale.ROOT, "%,d", entry.sizeBytes);
      page.append("</a><td>").append(size).append("<td>").append(entry.time).append('\n');
    }
    page.append("</table>\n");
    if (isMore || shown < entries.size()) {
      page.append("<p>There are more than these ").append(shown).append(".\n");
    }
    return page.toString();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  private static void encode(StringBuilder out, byte[] name) {
    for (byte each : name) {
      char c = (char) (each & 0xff);
      boolean isLetter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
      boolean isDigit = c >= '0' && c <= '9';
      if (isLetter || isDigit || UNRESERVED_MARKS.indexOf(c) >= 0) {
        out.append(c);
      } else {
        out.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
      }
    }
  }
}
