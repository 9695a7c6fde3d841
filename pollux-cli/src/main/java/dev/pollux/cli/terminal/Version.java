package dev.pollux.cli.terminal;

import picocli.CommandLine.IVersionProvider;

/** The version of the jar, as its build wrote it. */
public final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    String version = Version.class.getPackage().getImplementationVersion();
    return new String[] {"pollux " + (version == null ? "(development build)" : version)};
  }
}
