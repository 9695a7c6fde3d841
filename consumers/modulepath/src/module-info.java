/** A program of somebody who uses Pollux on the module path, and names nothing else. */
module consumer {
  requires transitive dev.pollux.net; // transitive: its types are in what this module exports

  exports consumer;
}
