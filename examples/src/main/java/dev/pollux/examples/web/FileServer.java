package dev.pollux.examples.web;

import dev.pollux.http.files.FileOptions;
import dev.pollux.http.files.StaticFiles;
import dev.pollux.loop.EventLoop;
import dev.pollux.sys.SysException;
import java.nio.file.Path;

/** Serves the files of a folder, and lists what it holds. */
public final class FileServer {

  private FileServer() {}

  /** Takes a port and a folder, the current one by default. */
  public static void main(String[] args) throws SysException {
    Path folder = Path.of(args.length > 1 ? args[1] : ".");
    try (EventLoop loop = EventLoop.open();
        StaticFiles files = StaticFiles.open(folder, FileOptions.DEFAULT.withListing(true))) {
      Web.serve(loop, args, files);
    }
  }
}
