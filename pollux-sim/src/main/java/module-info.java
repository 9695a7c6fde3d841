/**
 * Simulation of network programs: hosts, links, faults and time under a seed. Start with {@link
 * dev.pollux.sim.Sim}.
 */
module dev.pollux.sim {
  requires transitive dev.pollux.model;
  requires transitive dev.pollux.net;
  requires static org.jspecify; // for the compiler: who uses Pollux needs none of it

  exports dev.pollux.sim;
}
