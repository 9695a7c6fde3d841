/**
 * Simulations of network programs as JUnit tests, and checks of what tests leave open. Start with
 * {@link dev.pollux.junit.Simulated} and {@link dev.pollux.junit.LeavesNothing}.
 */
module dev.pollux.junit {
  requires dev.pollux.inspect;
  requires transitive dev.pollux.sim;
  requires transitive org.junit.jupiter.api;
  requires static org.jspecify; // for the compiler: who uses Pollux needs none of it

  exports dev.pollux.junit;

  opens dev.pollux.junit to
      org.junit.platform.commons; // which makes the extension
}
