package dev.pollux.cli.serve;

import dev.pollux.http.HttpHandler;
import dev.pollux.http.SecurityFields;
import dev.pollux.http.files.StaticFiles;
import dev.pollux.http.log.HttpMetrics;
import dev.pollux.loop.EventLoop;
import dev.pollux.sys.SysException;
import java.util.List;

/** The files of a folder. */
final class FolderSite implements Site {

  private static final SecurityFields FIELDS =
      SecurityFields.DEFAULT.withFrameOptions(null).withReferrerPolicy(null);

  private final String folder;
  private final StaticFiles files;

  /**
   * A site.
   *
   * @param folder as it was said
   */
  FolderSite(String folder, StaticFiles files) {
    this.folder = folder;
    this.files = files;
  }

  @Override
  public HttpHandler handler() {
    return FIELDS.around(files);
  }

  @Override
  public void start(List<EventLoop> loops) {}

  @Override
  public boolean isReady() {
    return true;
  }

  @Override
  public void addTo(HttpMetrics metrics) {}

  @Override
  public String text() {
    return folder;
  }

  @Override
  public void reopen() throws SysException {
    files.reopen();
  }

  @Override
  public void close() {
    files.close();
  }
}
