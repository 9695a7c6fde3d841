package dev.pollux.kqueue.fuzz;

import dev.pollux.kqueue.Kevent;
import dev.pollux.sys.Linux;
import dev.pollux.sys.SysException;
import org.jspecify.annotations.Nullable;

/** The files of a program, and what is news of them. */
final class FileWorld {

  private static final int TRUNCATION = Kevent.NOTE_WRITE | Kevent.NOTE_ATTRIB | Kevent.NOTE_EXTEND;

  private final Kernel kernel;
  private final Reference reference;
  private final Thing.@Nullable PlainFile[] names = new Thing.PlainFile[Step.NAMES];

  FileWorld(Kernel kernel, Reference reference) {
    this.kernel = kernel;
    this.reference = reference;
  }

  int open(Step.OpenFile step) throws SysException {
    boolean isCut = step.isCut() && !step.isReadOnly();
    int flags = step.isReadOnly() ? Linux.O_RDONLY : Linux.O_RDWR;
    flags |= Linux.O_CREAT | Linux.O_CLOEXEC | (isCut ? Linux.O_TRUNC : 0);
    return SysException.check("open", kernel.sys.open(kernel.path(step.name()), flags, 0644));
  }

  Thing.FileHandle opened(Step.OpenFile step) {
    Thing.PlainFile file = names[step.name()];
    if (file == null) {
      file = new Thing.PlainFile();
      names[step.name()] = file;
    }
    boolean isCut = step.isCut() && !step.isReadOnly();
    boolean isSmaller = isCut && file.size > 0;
    file.wasCut |= isCut;
    file.size = isCut ? 0 : file.size;
    if (isSmaller) {
      reference.mayBeHidden(file, Kevent.NOTE_EXTEND); // Concession.TRUNCATION
    }
    Verdict news = isSmaller ? Verdict.MUST : Verdict.MAY;
    reference.happened(file, Kevent.NOTE_OPEN, isCut ? TRUNCATION : 0, news);
    return new Thing.FileHandle(file, step.isReadOnly());
  }

  void closed(Thing.FileHandle handle) {
    int note = handle.isReadOnly ? Kevent.NOTE_CLOSE : Kevent.NOTE_CLOSE_WRITE;
    reference.happened(handle.file, note, 0, Verdict.MAY);
  }

  void written(Thing.FileHandle handle, int n) {
    if (n <= 0) {
      return;
    }
    Thing.PlainFile file = handle.file;
    handle.position += n;
    boolean isGrown = handle.position > file.size;
    file.size = Math.max(file.size, handle.position);
    int extend = isGrown ? Kevent.NOTE_EXTEND : 0;
    int must = Kevent.NOTE_WRITE | (file.wasCut ? 0 : extend);
    reference.happened(file, must, file.wasCut ? Kevent.NOTE_EXTEND : 0, Verdict.MUST);
  }

  void read(Thing.FileHandle handle, int n) {
    handle.position += Math.max(0, n);
    int must = n > 0 ? Kevent.NOTE_READ : 0;
    reference.happened(handle.file, must, Kevent.NOTE_READ, Verdict.MAY); // READ_OF_NOTHING
  }

  void unlink(int name) {
    Thing.PlainFile file = names[name];
    if (file != null) {
      int _ = kernel.sys.unlink(kernel.path(name));
      names[name] = null;
      reference.happened(file, Kevent.NOTE_DELETE, 0, Verdict.MAY);
    }
  }

  void rename(int from, int to) {
    Thing.PlainFile moved = names[from];
    if (moved == null || from == to) {
      return;
    }
    Thing.PlainFile replaced = names[to];
    int _ = kernel.sys.rename(kernel.path(from), kernel.path(to));
    names[from] = null;
    names[to] = moved;
    reference.happened(moved, Kevent.NOTE_RENAME, 0, Verdict.MAY);
    if (replaced != null) {
      reference.happened(replaced, Kevent.NOTE_DELETE, 0, Verdict.MAY);
    }
  }

  void unlinkAll() {
    for (int name = 0; name < names.length; name++) {
      unlink(name);
    }
  }
}
