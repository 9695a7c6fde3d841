package dev.pollux.cli.serve;

import dev.pollux.cli.terminal.Failure;
import dev.pollux.cli.terminal.Places;
import dev.pollux.http.files.FileOptions;
import dev.pollux.http.files.StaticFiles;
import dev.pollux.sys.SysException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What of a folder is served, and how. */
final class SiteFlags {

  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      description = "The folder whose files are served (default: the current one).")
  private @Nullable String folder;

  @Option(
      names = "--index",
      paramLabel = "NAME",
      defaultValue = "index.html",
      description = "The file that stands for its folder (default: ${DEFAULT-VALUE}).")
  private String index = "index.html";

  @Option(
      names = "--fallback",
      paramLabel = "NAME",
      description =
          "The file that answers paths that are none, unless their end has a dot: for"
              + " single-page applications.")
  private @Nullable String fallback;

  @Option(
      names = "--cache-control",
      paramLabel = "TEXT",
      description = "Cache-Control of each file, such as 'public, max-age=3600'.")
  private @Nullable String cacheControl;

  @Option(names = "--list", description = "Show what is in folders without an index.")
  private boolean lists;

  @Option(names = "--dotfiles", description = "Serve names that begin with a dot, too.")
  private boolean dotfiles;

  @Option(names = "--symlinks", description = "Follow symbolic links that stay within DIR.")
  private boolean symlinks;

  @Option(
      names = "--no-precompressed",
      description = "Do not send NAME.br, NAME.zst or NAME.gz in the place of NAME.")
  private boolean plain;

  @SuppressWarnings("NullAway.Init")
  SiteFlags() {}

  /** Whether anything of it was said. */
  boolean isSaid() {
    boolean isNamed = folder != null || fallback != null || cacheControl != null;
    return isNamed || lists || dotfiles || symlinks || plain || !index.equals("index.html");
  }

  /** The folder, opened. */
  Site open() {
    String said = folder == null ? "." : folder;
    Path path = Places.file("DIR", said);
    try {
      return new FolderSite(said, StaticFiles.open(path, options()));
    } catch (SysException e) {
      throw new Failure("cannot serve " + said + ": " + e.getMessage());
    }
  }

  private FileOptions options() {
    try {
      return FileOptions.DEFAULT
          .withIndex(index)
          .withFallback(fallback)
          .withCacheControl(cacheControl)
          .withListing(lists)
          .withDotfiles(dotfiles)
          .withLinks(symlinks)
          .withSiblings(!plain);
    } catch (IllegalArgumentException e) {
      throw new Failure("cannot use an option: " + e.getMessage());
    }
  }
}
