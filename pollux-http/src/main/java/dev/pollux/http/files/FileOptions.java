package dev.pollux.http.files;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@link StaticFiles} may serve, and how. Immutable. Threads: any. */
public final class FileOptions {

  /**
   * The file {@code index.html} stands for its folder; no listing, no fallback, no symbolic links,
   * no names that begin with a dot; siblings {@code .br}, {@code .zst} and {@code .gz} are sent to
   * who takes them.
   */
  public static final FileOptions DEFAULT = new FileOptions(new Builder());

  private final String prefix;
  private final String index;
  private final @Nullable String fallback;
  private final @Nullable String cacheControl;
  private final boolean lists;
  private final boolean showsDotfiles;
  private final boolean followsLinks;
  private final boolean usesSiblings;
  private final Map<String, String> types;

  private FileOptions(Builder from) {
    this.prefix = from.prefix;
    this.index = from.index;
    this.fallback = from.fallback;
    this.cacheControl = from.cacheControl;
    this.lists = from.lists;
    this.showsDotfiles = from.showsDotfiles;
    this.followsLinks = from.followsLinks;
    this.usesSiblings = from.usesSiblings;
    this.types = Map.copyOf(from.types);
  }

  /** What is about to be changed. */
  private static final class Builder {
    private String prefix = "";
    private String index = "index.html";
    private @Nullable String fallback;
    private @Nullable String cacheControl;
    private boolean lists;
    private boolean showsDotfiles;
    private boolean followsLinks;
    private boolean usesSiblings = true;
    private Map<String, String> types = Map.of();

    FileOptions build() {
      return new FileOptions(this);
    }
  }

  private Builder copy() {
    Builder copy = new Builder();
    copy.prefix = prefix;
    copy.index = index;
    copy.fallback = fallback;
    copy.cacheControl = cacheControl;
    copy.lists = lists;
    copy.showsDotfiles = showsDotfiles;
    copy.followsLinks = followsLinks;
    copy.usesSiblings = usesSiblings;
    copy.types = types;
    return copy;
  }

  /** What paths begin with that is not the folder's: "/static"; empty by default. */
  public String prefix() {
    return prefix;
  }

  /** As this, with paths that begin so. */
  public FileOptions withPrefix(String newPrefix) {
    if (!newPrefix.isEmpty() && (!newPrefix.startsWith("/") || newPrefix.endsWith("/"))) {
      throw new IllegalArgumentException(
          "prefix: '" + newPrefix + "' does not begin with a slash, or ends with one");
    }
    Builder copy = copy();
    copy.prefix = newPrefix;
    return copy.build();
  }

  /** The file that stands for its folder; empty is none. */
  public String index() {
    return index;
  }

  /** As this, with another file, which stands for its folder; empty for none. */
  public FileOptions withIndex(String name) {
    Builder copy = copy();
    copy.index = name.isEmpty() ? name : requireName("index", name);
    return copy.build();
  }

  /** The file that is sent for a path that is none, of a page that has its paths in the client. */
  public @Nullable String fallback() {
    return fallback;
  }

  /**
   * As this, with a file of the folder that answers every path that is none and whose last segment
   * has no dot: what has one is a file that is missing. Null for none.
   */
  public FileOptions withFallback(@Nullable String name) {
    Builder copy = copy();
    copy.fallback = name == null ? null : requireName("fallback", name);
    return copy.build();
  }

  /** The value of Cache-Control; null is none. */
  public @Nullable String cacheControl() {
    return cacheControl;
  }

  /** As this, with a Cache-Control in every answer with a file: "public, max-age=3600". */
  public FileOptions withCacheControl(@Nullable String value) {
    if (value != null && !value.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
      throw new IllegalArgumentException("cacheControl: '" + value + "' is not visible ASCII");
    }
    Builder copy = copy();
    copy.cacheControl = value;
    return copy.build();
  }

  /** Whether a folder without an index is listed. */
  public boolean lists() {
    return lists;
  }

  /** As this; whether a folder without an index is answered by what is in it. */
  public FileOptions withListing(boolean isOn) {
    Builder copy = copy();
    copy.lists = isOn;
    return copy.build();
  }

  /** Whether names that begin with a dot are served, beside {@code /.well-known/}. */
  public boolean showsDotfiles() {
    return showsDotfiles;
  }

  /** As this; whether names that begin with a dot are served as others are. */
  public FileOptions withDotfiles(boolean isOn) {
    Builder copy = copy();
    copy.showsDotfiles = isOn;
    return copy.build();
  }

  /** Whether symbolic links are followed, within the folder. */
  public boolean followsLinks() {
    return followsLinks;
  }

  /** As this; whether symbolic links are followed: relative ones, and never out of the folder. */
  public FileOptions withLinks(boolean isOn) {
    Builder copy = copy();
    copy.followsLinks = isOn;
    return copy.build();
  }

  /** Whether compressed siblings are sent. */
  public boolean usesSiblings() {
    return usesSiblings;
  }

  /** As this; whether {@code app.js.br} is sent for {@code app.js} to who takes it. */
  public FileOptions withSiblings(boolean isOn) {
    Builder copy = copy();
    copy.usesSiblings = isOn;
    return copy.build();
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
    Builder copy = copy();
    copy.types = checked;
    return copy.build();
  }

  /** The content types that were given, by the ends of names. */
  public Map<String, String> types() {
    return types;
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
