package dev.pollux.http.files;

import dev.pollux.sys.Linux;

/**
 * What is known of an open file.
 *
 * @param kind one of S_IFREG, S_IFDIR …
 * @param inode which the file has alone, on its disk, as long as it is there
 * @param sizeBytes of its content
 * @param second in which it was modified, since 1970
 * @param nanos within that second
 */
record FileStatus(int kind, long inode, long sizeBytes, long second, int nanos) {

  boolean isFile() {
    return kind == Linux.S_IFREG;
  }

  boolean isFolder() {
    return kind == Linux.S_IFDIR;
  }
}
