package dev.pollux.http.files;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What {@link StaticFiles} may serve, and how. Immutable. Threads: any. */
public final class FileOptions {

  /**
   * The file {@code index.html} stands for its folder; no listing, no fallback, no symbolic links,
   * no names that begin with a dot; siblings {@code .br}, {@code .zst} and {@code .gz} are sent to
   * who takes them.
   */
  public static final FileOptions DEFAULT = new FileOptions(new Values());

  private final Values values;

  private FileOptions(Values values) {
    this.values = values;
  }

  /** What paths begin with that is not the folder's: "/static"; empty by default. */
  public String prefix() {
    return values.prefix;
  }

  /** As this, with paths that begin so. */
  public FileOptions withPrefix(String newPrefix) {
    if (!newPrefix.isEmpty() && (!newPrefix.startsWith("/") || newPrefix.endsWith("/"))) {
      throw new IllegalArgumentException(
          "prefix: '" + newPrefix + "' does not begin with a slash, or ends with one");
    }
    return with(v -> v.prefix = newPrefix);
  }

  /** The file that stands for its folder; empty is none. */
  public String index() {
    return values.index;
  }

  /** As this, with another file, which stands for its folder; empty for none. */
  public FileOptions withIndex(String name) {
    String checked = name.isEmpty() ? name : requireName("index", name);
    return with(v -> v.index = checked);
  }

  /** The file that is sent for a path that is none, of a page that has its paths in the client. */
  public @Nullable String fallback() {
    return values.fallback;
  }

  /**
   * As this, with a file of the folder that answers every path that is none and whose last segment
   * has no dot: what has one is a file that is missing. Null for none.
   */
  public FileOptions withFallback(@Nullable String name) {
    String checked = name == null ? null : requireName("fallback", name);
    return with(v -> v.fallback = checked);
  }

  /** The value of Cache-Control; null is none. */
  public @Nullable String cacheControl() {
    return values.cacheControl;
  }

  /** As this, with a Cache-Control in every answer with a file: "public, max-age=3600". */
  public FileOptions withCacheControl(@Nullable String value) {
    if (value != null && !value.matches("[!-~]([ -~]*[!-~])?")) {
      throw new IllegalArgumentException(
          "cacheControl: '"
              + value
              + "' is not visible ASCII, from its first character to its last");
    }
    return with(v -> v.cacheControl = value);
  }

  /** Whether a folder without an index is listed. */
  public boolean lists() {
    return values.lists;
  }

  /** As this; whether a folder without an index is answered by what is in it. */
  public FileOptions withListing(boolean isOn) {
    return with(v -> v.lists = isOn);
  }

  /** Whether names that begin with a dot are served, beside {@code /.well-known/}. */
  public boolean showsDotfiles() {
    return values.showsDotfiles;
  }

  /** As this; whether names that begin with a dot are served as others are. */
  public FileOptions withDotfiles(boolean isOn) {
    return with(v -> v.showsDotfiles = isOn);
  }

  /** Whether symbolic links are followed, within the folder. */
  public boolean followsLinks() {
    return values.followsLinks;
  }

  /** As this; whether symbolic links are followed: relative ones, and never out of the folder. */
  public FileOptions withLinks(boolean isOn) {
    return with(v -> v.followsLinks = isOn);
  }

  /** Whether compressed siblings are sent. */
  public boolean usesSiblings() {
    return values.usesSiblings;
  }

  /** As this; whether {@code app.js.br} is sent for {@code app.js} to who takes it. */
  public FileOptions withSiblings(boolean isOn) {
    return with(v -> v.usesSiblings = isOn);
  }

  /**
   * As this, with content types for names that end so, instead of those known by themselves: {@code
   * Map.of("glb", "model/gltf-binary")}.
   */
  public FileOptions withTypes(Map<String, String> newTypes) {
    Map<String, String> checked = new HashMap<>();
    newTypes.forEach((extension, type) -> {
      if (!type.matches("[!-~]+/[!-~]+( ?; ?[!-~]+)*")) {
        throw new IllegalArgumentException("types: '" + type + "' is no content type");
      }
      String end = requireName("types", extension).toLowerCase(Locale.ROOT);
      var _ = checked.put(end, type);
    });
    return with(v -> v.types = Map.copyOf(checked));
  }

  /** The content types that were given, by the ends of names. */
  public Map<String, String> types() {
    return values.types;
  }

  private FileOptions with(Consumer<Values> change) {
    Values copy = values.copy();
    change.accept(copy);
    return new FileOptions(copy);
  }

  /** The values, and what they are by default. Written only by who has the sole copy. */
  private static final class Values implements Cloneable {
    String prefix = "";
    String index = "index.html";
    @Nullable String fallback;
    @Nullable String cacheControl;
    boolean lists;
    boolean showsDotfiles;
    boolean followsLinks;
    boolean usesSiblings = true;
    Map<String, String> types = Map.of();

    /** By clone, which forgets no value. */
    Values copy() {
      try {
        return (Values) clone();
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static String requireName(String what, String name) {
    if (name.isEmpty() || name.indexOf('/') >= 0 || name.indexOf('\0') >= 0 || isDots(name)) {
      throw new IllegalArgumentException(what + ": '" + name + "' is no name of a file");
    }
    return name;
  }

  private static boolean isDots(String name) {
    return name.equals(".") || name.equals("..");
  }
}
