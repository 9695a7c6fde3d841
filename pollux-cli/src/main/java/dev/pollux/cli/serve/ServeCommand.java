package dev.pollux.cli.serve;

import dev.pollux.cli.terminal.Version;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code pollux serve}: a web server for the files of a folder, or for those behind it, see {@link
 * ServeRun}.
 */
@Command(
    name = "serve",
    header = "A web server for the files of a folder, or in front of other servers.",
    description = {
      "",
      "GET and HEAD, with ranges, conditions and precompressed files. Names that begin with a dot"
          + " and symbolic links are as if they were not there, unless allowed; nothing outside of"
          + " DIR is reached. With --proxy there is no DIR: servers behind answer, WebSocket among"
          + " it.",
      "",
      "SIGTERM and SIGINT stop it: what has come is answered; a second one ends it at once. SIGHUP"
          + " opens DIR and the logs again and reads the certificates; a closed terminal ends it.",
      ""
    },
    sortOptions = false,
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
public final class ServeCommand implements Callable<Integer> {

  @Mixin private SiteFlags site = new SiteFlags();
  @Mixin private ProxyFlags proxy = new ProxyFlags();
  @Mixin private ListenFlags listen = new ListenFlags();

  @Mixin private OperatorFlags operator = new OperatorFlags();

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  public ServeCommand() {}

  @Override
  public Integer call() throws SysException {
    refuse(listen.mistake());
    refuse(operator.mistake());
    refuse(listen.mistake("--metrics", operator.metricsPort()));
    refuse(proxy.mistake());
    refuse(proxy.wrongValue());
    refuse(proxy.isProxy() && site.isSaid() ? "--proxy has no DIR, nor what is said of one" : null);
    return new ServeRun(NativeSys.open(), this::open, listen, operator).serve();
  }

  private void refuse(@Nullable String mistake) {
    if (mistake != null) {
      throw new ParameterException(spec.commandLine(), mistake);
    }
  }

  private Site open(Sys sys, Consumer<String> told) {
    boolean isTrusting = listen.hops() != null;
    return proxy.isProxy() ? proxy.open(isTrusting, sys::nanoTime, told) : site.open();
  }
}
