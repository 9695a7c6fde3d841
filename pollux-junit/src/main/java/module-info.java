/**
 * Simulations of network programs as JUnit tests. Start with {@link dev.pollux.junit.Simulated}.
 */
module dev.pollux.junit {
  requires transitive dev.pollux.sim;
  requires transitive org.junit.jupiter.api;
  requires static org.jspecify; // for the compiler: who uses Pollux needs none of it

  exports dev.pollux.junit;

  opens dev.pollux.junit to
      org.junit.platform.commons; // which makes the extension
}
