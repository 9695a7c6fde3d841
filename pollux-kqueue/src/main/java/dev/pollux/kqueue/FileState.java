package dev.pollux.kqueue;

/** What was known of a file when it was last looked at. Passive. */
final class FileState {

  long device;
  long inode;
  long links;
  long size;
}
