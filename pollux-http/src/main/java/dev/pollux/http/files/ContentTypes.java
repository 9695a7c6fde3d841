package dev.pollux.http.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Content types by the ends of names. Source: the IANA registry of media types. */
final class ContentTypes {

  /** What is said of a name that says nothing. */
  static final String UNKNOWN = "application/octet-stream";

  private static final String TABLE =
      """
      text/html html htm
      text/css css
      text/javascript js mjs
      text/plain txt log conf ini
      text/markdown md
      text/csv csv
      text/calendar ics
      text/vtt vtt
      text/xml xml xsl xsd
      application/json json map
      application/manifest+json webmanifest
      application/ld+json jsonld
      application/geo+json geojson
      application/atom+xml atom
      application/rss+xml rss
      application/xhtml+xml xhtml
      application/wasm wasm
      application/pdf pdf
      application/rtf rtf
      application/zip zip
      application/gzip gz tgz
      application/zstd zst
      application/x-bzip2 bz2
      application/x-xz xz
      application/x-tar tar
      application/x-7z-compressed 7z
      application/java-archive jar war
      application/epub+zip epub
      application/msword doc
      application/vnd.ms-excel xls
      application/vnd.ms-powerpoint ppt
      application/vnd.openxmlformats-officedocument.wordprocessingml.document docx
      application/vnd.openxmlformats-officedocument.spreadsheetml.sheet xlsx
      application/vnd.openxmlformats-officedocument.presentationml.presentation pptx
      application/vnd.oasis.opendocument.text odt
      application/vnd.oasis.opendocument.spreadsheet ods
      application/yaml yaml yml
      application/sql sql
      image/png png
      image/apng apng
      image/jpeg jpg jpeg
      image/gif gif
      image/webp webp
      image/avif avif
      image/svg+xml svg
      image/vnd.microsoft.icon ico
      image/bmp bmp
      image/tiff tif tiff
      image/heic heic
      image/jxl jxl
      font/woff woff
      font/woff2 woff2
      font/ttf ttf
      font/otf otf
      audio/mpeg mp3
      audio/ogg ogg oga opus
      audio/wav wav
      audio/flac flac
      audio/aac aac
      audio/mp4 m4a
      audio/midi mid midi
      video/mp4 mp4 m4v
      video/mpeg mpeg mpg
      video/ogg ogv
      video/webm webm
      video/quicktime mov
      video/x-msvideo avi
      video/x-matroska mkv
      video/mp2t ts
      model/gltf+json gltf
      model/gltf-binary glb
      """;

  private static final String UTF_8 = "; charset=utf-8";

  private static final Map<String, String> KNOWN = read();

  private final Map<String, String> more;

  /** With types beside those that are known, or instead. */
  ContentTypes(Map<String, String> more) {
    this.more = more;
  }

  private static Map<String, String> read() {
    Map<String, String> known = new HashMap<>();
    TABLE
        .lines()
        .map(line -> line.split(" ", -1))
        .forEach(words -> {
          String type = words[0].startsWith("text/") ? words[0] + UTF_8 : words[0];
          for (int i = 1; i < words.length; i++) {
            var _ = known.put(words[i], type);
          }
        });
    return Map.copyOf(known);
  }

  /** Of the name at the end of a path. */
  String of(byte[] path) {
    int dot = path.length - 1;
    while (dot >= 0 && path[dot] != '.' && path[dot] != '/') {
      dot--;
    }
    if (dot < 0 || path[dot] == '/') {
      return UNKNOWN;
    }
    String extension =
        new String(path, dot + 1, path.length - dot - 1, ISO_8859_1).toLowerCase(Locale.ROOT);
    String own = more.get(extension);
    return own != null ? own : KNOWN.getOrDefault(extension, UNKNOWN);
  }
}
