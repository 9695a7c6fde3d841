package dev.pollux.http.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pollux.http.HttpException;
import dev.pollux.http.HttpHandler;
import dev.pollux.http.HttpRequest;
import dev.pollux.http.HttpResponse;
import dev.pollux.http.fields.AcceptedCodings;
import dev.pollux.http.fields.MediaTypes;
import dev.pollux.net.FileRegion;
import dev.pollux.net.WriteResult;
import dev.pollux.sys.Errno;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Serves the files of a folder, to GET and HEAD.
 *
 * <pre>{@code
 * try (StaticFiles site = StaticFiles.open(Path.of("site"));
 *     HttpServer server = HttpServer.start(loops, options, site)) {
 *   ...
 * }
 * }</pre>
 *
 * <p>Conditions, one range and several, compressed siblings and what stands for a folder are as of
 * {@link FileOptions}. Nothing outside of the folder is reached, by whatever name; what may not be
 * seen is answered as what is not there, by 404. What a path names is what the kernel found at that
 * instant, in one look: it is sent whole, as long as it was then. If a file gets shorter while it
 * is sent, the connection is reset, so that no client takes the part for the whole.
 *
 * <p>Ownership: who opens it closes it; answers under way go on. Threads: any loop's; {@link
 * #reopen} and {@link #close} any. Source: RFC 9110, 8.8, 13, 14 and 15.
 */
public final class StaticFiles implements HttpHandler, AutoCloseable {

  private static final String METHODS = "GET, HEAD, OPTIONS";

  /** What siblings end with, and what their content is coded by; the best one first. */
  private static final List<Sibling> SIBLINGS =
      List.of(new Sibling(".br", "br"), new Sibling(".zst", "zstd"), new Sibling(".gz", "gzip"));

  private record Sibling(String suffix, String coding) {}

  private final Sys sys;
  private final Path folder;
  private final FileOptions options;
  private final ContentTypes types;
  private final InstantSource clock;
  private final byte[] index;
  private volatile FileRoot root;
  private boolean isClosed; // guarded by this

  private StaticFiles(Sys sys, Path folder, FileOptions options, InstantSource clock)
      throws SysException {
    this.sys = sys;
    this.folder = folder;
    this.options = options;
    this.types = new ContentTypes(options.types());
    this.clock = clock;
    this.index = options.index().getBytes(UTF_8);
    this.root = FileRoot.open(sys, folder, options.followsLinks());
  }

  /**
   * The files of a folder.
   *
   * @throws SysException if it is no folder or cannot be read, or the kernel is older than Linux
   *     5.6
   */
  public static StaticFiles open(Path folder) throws SysException {
    return open(folder, FileOptions.DEFAULT);
  }

  /** As {@link #open(Path)}, with options. */
  public static StaticFiles open(Path folder, FileOptions options) throws SysException {
    return open(NativeSys.open(), folder, options, InstantSource.system());
  }

  /**
   * As {@link #open(Path)}, with options, on a kernel that may be a model, with its clock.
   *
   * @throws IllegalArgumentException if folders are to be listed of another kernel than that of the
   *     virtual machine, which reads them
   */
  public static StaticFiles open(Sys sys, Path folder, FileOptions options, InstantSource clock)
      throws SysException {
    if (options.lists() && !(sys instanceof NativeSys)) {
      throw new IllegalArgumentException("folders are listed on NativeSys, not on " + sys);
    }
    return new StaticFiles(sys, folder, options, Objects.requireNonNull(clock));
  }

  /**
   * Opens the folder again, by its name: of a site that was put in the place of the one before.
   *
   * @throws SysException if that cannot be done; then all is as before
   * @throws IllegalStateException if it is closed
   */
  public synchronized void reopen() throws SysException {
    if (isClosed) {
      throw new IllegalStateException(this + " are closed");
    }
    FileRoot next = FileRoot.open(sys, folder, options.followsLinks());
    FileRoot before = root;
    root = next;
    before.release();
  }

  /** Closes the folder; what is asked for now is answered by 503. May be called twice. */
  @Override
  public synchronized void close() {
    if (!isClosed) {
      isClosed = true;
      root.release();
    }
  }

  @Override
  public void handle(HttpRequest request, HttpResponse response) throws Exception {
    switch (request.method()) {
      case "GET", "HEAD" -> {}
      case "OPTIONS" -> {
        var _ = response.status(204).field("Allow", METHODS).send();
        return;
      }
      default -> {
        var _ = response.status(405).field("Allow", METHODS).send("405 Method Not Allowed\n");
        return;
      }
    }
    FileRoot current = root;
    while (!current.use()) { // it was just replaced, or it is over
      FileRoot next = root;
      if (next.equals(current)) {
        throw new HttpException(503, "this site is closed");
      }
      current = next;
    }
    try {
      answer(current, request, response);
    } catch (AbsentException _) {
      throw new HttpException(404, "there is no such page");
    } catch (SysException e) {
      throw refusal(e);
    } finally {
      current.release();
    }
  }

  /** What a client is told of a failure; others are the server's own. */
  private static Exception refusal(SysException failure) {
    return switch (failure.errno()) {
      case Errno.EACCES, Errno.EPERM -> new HttpException(403, "this may not be read");
      case Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM, Errno.EAGAIN ->
          new HttpException(503, "the server has too much to do");
      default -> failure;
    };
  }

  private void answer(FileRoot from, HttpRequest request, HttpResponse response)
      throws IOException, AbsentException {
    SitePath path = SitePath.of(request.path(), options);
    if (path == null) {
      if (request.path().equals(options.prefix())) {
        redirect(request, response);
        return;
      }
      throw AbsentException.INSTANCE;
    }
    byte[] name = path.isFolder() ? path.and(index) : path.bytes();
    try (OpenFile file = from.open(name)) {
      if (file.status().isFile()) {
        send(from, file, name, request, response);
        return;
      }
      if (file.status().isFolder() && !path.isFolder()) {
        redirect(request, response);
        return;
      }
    } catch (AbsentException _) {
      // then what stands for it
    }
    if (!(path.isFolder() && options.lists() && list(from, path, response))) {
      fallBack(from, path, request, response);
    }
  }

  /**
   * What is asked for is a folder: to where its own names begin. A backslash is encoded, as
   * browsers take it for a slash, and two of these for a host.
   */
  private static void redirect(HttpRequest request, HttpResponse response) {
    String query = request.query();
    String to = request.path().replace("\\", "%5C") + "/" + (query == null ? "" : "?" + query);
    var _ = response.redirect(301, to);
  }

  private void fallBack(FileRoot from, SitePath path, HttpRequest request, HttpResponse response)
      throws IOException, AbsentException {
    String name = options.fallback();
    if (name == null || path.hasExtension()) {
      throw AbsentException.INSTANCE;
    }
    byte[] bytes = name.getBytes(UTF_8);
    try (OpenFile file = from.open(bytes)) {
      if (!file.status().isFile()) {
        throw AbsentException.INSTANCE;
      }
      send(from, file, bytes, request, response);
    }
  }

  /** Sends what is in a folder; false if it is none. */
  private boolean list(FileRoot from, SitePath path, HttpResponse response) throws IOException {
    byte[] itself = path.bytes().length == 0 ? new byte[] {'.'} : path.bytes();
    try (OpenFile folderItself = from.open(itself)) {
      if (!folderItself.status().isFolder()) {
        return false;
      }
      byte[] page = Listing.of(from, folderItself, path, options);
      var _ = response.type(Listing.TYPE).send(page);
      return true;
    } catch (AbsentException _) {
      return false;
    }
  }

  // ---- a file

  private void send(
      FileRoot from, OpenFile file, byte[] name, HttpRequest request, HttpResponse response)
      throws IOException {
    String type = types.of(name);
    boolean varies = options.usesSiblings() && MediaTypes.shrinks(type);
    if (!varies) {
      send(file, "", type, request, response);
      return;
    }
    var _ = response.addField("Vary", "Accept-Encoding");
    List<String> accepted = request.fields().all("Accept-Encoding");
    if (accepted.isEmpty()) {
      send(file, "", type, request, response);
      return;
    }
    AcceptedCodings codings = new AcceptedCodings(accepted);
    String coding = "";
    OpenFile sibling = null;
    try {
      int best = 0;
      for (Sibling each : SIBLINGS) {
        int weight = codings.weight(each.coding());
        OpenFile found = weight > best ? openSibling(from, name, each) : null;
        if (found != null) {
          closeAll(sibling);
          sibling = found;
          best = weight;
          coding = each.coding();
        }
      }
      if (sibling != null && best >= codings.weight("identity")) {
        var _ = response.field("Content-Encoding", coding);
        send(sibling, coding, type, request, response);
      } else if (codings.weight("identity") > 0) {
        send(file, "", type, request, response);
      } else {
        response.removeField("Content-Encoding");
        throw new HttpException(406, "this is not there in a coding that you take");
      }
    } finally {
      closeAll(sibling);
    }
  }

  private static void closeAll(@Nullable OpenFile file) {
    if (file != null) {
      file.close();
    }
  }

  private static @Nullable OpenFile openSibling(FileRoot from, byte[] name, Sibling sibling)
      throws SysException {
    byte[] suffix = sibling.suffix().getBytes(UTF_8);
    byte[] all = Arrays.copyOf(name, name.length + suffix.length);
    System.arraycopy(suffix, 0, all, name.length, suffix.length);
    try {
      OpenFile found = from.open(all);
      if (found.status().isFile()) {
        return found;
      }
      found.close();
    } catch (AbsentException _) {
      // as most have none
    } catch (SysException e) {
      if (e.errno() != Errno.EACCES) { // there is still the original
        throw e;
      }
    }
    return null;
  }

  /** Sends the file, or a part of it, or why not; it is given away or left open. */
  private void send(
      OpenFile file, String coding, String type, HttpRequest request, HttpResponse response)
      throws IOException {
    long now = Math.floorDiv(clock.millis(), 1000L);
    Validators validators = Validators.of(file.status(), coding, now);
    describe(response, validators);
    switch (Conditions.of(request.fields(), validators)) {
      case NOT_MODIFIED -> {
        var _ = response.removeField("Content-Encoding").status(304).send();
        return;
      }
      case FAILED -> {
        response.removeField("Content-Encoding");
        throw new HttpException(412, "this is another one than you know");
      }
      case GO_ON -> {}
    }
    var _ = response.field("Accept-Ranges", "bytes");
    long size = file.status().sizeBytes();
    List<ByteRanges.Part> parts = parts(request, validators, size);
    boolean isMixed = parts != null && parts.size() > 1 && !coding.isEmpty();
    if (parts == null || isMixed) { // the field of the coding would be one of the list of parts
      var _ = response.type(type).send(file.give(0, size));
    } else if (parts.isEmpty()) {
      var _ = response.removeField("Content-Encoding").removeField("Cache-Control");
      var _ = response.field("Content-Range", "bytes */" + size);
      var _ = response.status(416).send("416 Range Not Satisfiable: of " + size + " bytes\n");
    } else if (parts.size() == 1) {
      ByteRanges.Part part = parts.getFirst();
      FileRegion region = file.give(part.start(), part.length());
      WriteResult _ =
          response.status(206).type(type).field("Content-Range", part.of(size)).send(region);
    } else {
      PartSender.send(request.loop(), response, file.move(), parts, type);
    }
  }

  private void describe(HttpResponse response, Validators validators) {
    var _ =
        response
            .field("ETag", validators.field())
            .field("Last-Modified", validators.lastModified());
    String cacheControl = options.cacheControl();
    if (cacheControl != null) {
      var _ = response.field("Cache-Control", cacheControl);
    }
  }

  /** The parts that are asked for, of those that there are; null for the whole. */
  private static @Nullable List<ByteRanges.Part> parts(
      HttpRequest request, Validators validators, long size) {
    String range = request.field("Range");
    if (range == null || !request.method().equals("GET")) {
      return null;
    }
    String ifRange = request.field("If-Range");
    if (ifRange != null && !validators.isSame(ifRange)) {
      return null;
    }
    return ByteRanges.of(range, size);
  }

  @Override
  public String toString() {
    return "files of " + folder;
  }
}
