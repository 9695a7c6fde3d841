package dev.pollux.httpserver;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The contexts of a server: the longest path that a request's begins with counts. Threads: any. */
final class Contexts {

  private final HttpServer server;
  private final List<Context> contexts = new CopyOnWriteArrayList<>();

  Contexts(HttpServer server) {
    this.server = server;
  }

  HttpContext create(String path, HttpHandler handler) {
    Objects.requireNonNull(handler, "null handler, or path parameter");
    return add(new Context(server, Objects.requireNonNull(path, "null path parameter"), handler));
  }

  HttpContext create(String path) {
    return add(new Context(server, Objects.requireNonNull(path, "null path parameter"), null));
  }

  private synchronized Context add(Context context) {
    if (at(context.getPath()) != null) {
      throw new IllegalArgumentException(
          "cannot add context to list: there is one at " + context.getPath());
    }
    contexts.add(context);
    return context;
  }

  private @Nullable Context at(String path) {
    for (Context context : contexts) {
      if (context.getPath().equals(path)) {
        return context;
      }
    }
    return null;
  }

  synchronized void remove(String path) {
    Context known = at(Objects.requireNonNull(path, "null path parameter"));
    if (known == null) {
      throw new IllegalArgumentException("cannot remove element from list: none at " + path);
    }
    contexts.remove(known);
  }

  synchronized void remove(HttpContext context) {
    if (!(Objects.requireNonNull(context, "null context") instanceof Context)) {
      throw new IllegalArgumentException("wrong HttpContext type");
    }
    if (!contexts.remove(context)) {
      throw new IllegalArgumentException("no such context in list");
    }
  }

  /** The one for a path; null if there is none. */
  @Nullable Context find(String path) {
    Context best = null;
    for (Context context : contexts) {
      boolean isLonger = best == null || context.getPath().length() > best.getPath().length();
      if (isLonger && path.startsWith(context.getPath())) {
        best = context;
      }
    }
    return best;
  }
}
