package dev.pollux.model;

/** A file that an inotify instance watches, and for what. */
final class InotifyWatch {

  final InotifyFile instance;
  final int number;
  final FileNode node;

  /** Events and options, as the caller gave them. */
  int mask;

  InotifyWatch(InotifyFile instance, int number, FileNode node, int mask) {
    this.instance = instance;
    this.number = number;
    this.node = node;
    this.mask = mask;
  }

  boolean has(int flag) {
    return (mask & flag) != 0;
  }

  /** Something happened; told if it was asked for. */
  void tell(int what, String name, int cookie) {
    if (has(what & InotifyFile.EVENTS)) {
      instance.add(this, what, name, cookie);
    }
  }
}
