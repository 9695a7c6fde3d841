package dev.pollux.http.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pollux.sys.PathBytes;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** What is in a folder, as a page. Names are text for people, and bytes in their links. */
final class Listing {

  static final String TYPE = "text/html; charset=utf-8";

  private static final int MAX_ENTRIES = 10_000;
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

  /** The page of an open folder. */
  static byte[] of(OpenFile folder, SitePath path, FileOptions options) throws IOException {
    List<Entry> entries = new ArrayList<>();
    boolean isMore = false;
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(Path.of("/proc/self/fd/" + folder.fd()))) {
      for (Path each : all) {
        if (entries.size() == MAX_ENTRIES) {
          isMore = true;
          break;
        }
        add(entries, each, options);
      }
    }
    entries.sort(Comparator.comparing(Entry::isFile).thenComparing(Entry::text));
    return page(entries, path, isMore).getBytes(UTF_8);
  }

  private static void add(List<Entry> entries, Path each, FileOptions options) {
    byte[] name = PathBytes.of(each.getFileName());
    if (name[0] == '.' && !options.showsDotfiles()) {
      return;
    }
    LinkOption[] how =
        options.followsLinks() ? new LinkOption[0] : new LinkOption[] {LinkOption.NOFOLLOW_LINKS};
    BasicFileAttributes is;
    try {
      is = Files.readAttributes(each, BasicFileAttributes.class, how);
    } catch (IOException _) {
      return; // it has gone
    }
    if (is.isDirectory() || is.isRegularFile()) {
      String time = TIME.format(is.lastModifiedTime().toInstant());
      entries.add(new Entry(name, is.isDirectory(), is.size(), time));
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
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 48rem }
        body { margin: 2rem auto; padding: 0 1rem }
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
    for (Entry entry : entries) {
      page.append("<tr><td><a href=\"./");
      encode(page, entry.name);
      page.append(entry.isFolder ? "/\">" : "\">").append(escaped(entry.text()));
      String size = entry.isFolder ? "" : String.format(Locale.ROOT, "%,d", entry.sizeBytes);
      page.append("</a><td>").append(size).append("<td>").append(entry.time).append('\n');
    }
    page.append("</table>\n");
    if (isMore) {
      page.append("<p>There are more than ").append(MAX_ENTRIES).append(" of them.\n");
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
        out.append(String.format("%%%02X", (int) c));
      }
    }
  }
}
