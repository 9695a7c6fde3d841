package dev.pollux.lab.fuzz;

import dev.pollux.sys.Sys;

/** Where programs get their kernel: the same for all, or a new one for each. */
interface Kernels {
  /** The kernel of the next program; with threads it must be able to block them. */
  Sys open(boolean withThreads);
}
