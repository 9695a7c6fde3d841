package dev.pollux.cli.serve;

import dev.pollux.cli.terminal.Version;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.SysException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code pollux serve}: a web server for the files of a folder, see {@link ServeRun}. */
@Command(
    name = "serve",
    header = "A web server for the files of a folder.",
    description = {
      "",
      "GET and HEAD, with ranges, conditions and precompressed files. Names that begin with a dot"
          + " and symbolic links are as if they were not there, unless allowed; nothing outside of"
          + " DIR is reached.",
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
  @Mixin private ListenFlags listen = new ListenFlags();

  @Mixin private OperatorFlags operator = new OperatorFlags();

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  public ServeCommand() {}

  @Override
  public Integer call() throws SysException {
    String mistake = listen.mistake() == null ? operator.mistake() : listen.mistake();
    if (mistake != null) {
      throw new ParameterException(spec.commandLine(), mistake);
    }
    return new ServeRun(NativeSys.open(), site, listen, operator).serve();
  }
}
