package dev.pollux.kqueue.fuzz;

/** Where the queue and the reference differ. */
record Difference(int index, String what) {}
