package dev.pollux.model;

import dev.pollux.sys.Abi;
import dev.pollux.sys.Errno;
import dev.pollux.sys.Linux;
import dev.pollux.sys.Offsets;
import org.jspecify.annotations.Nullable;

/** The calls that take paths, under the kernel's lock. */
final class PathOps {

  private static final String OWN_DESCRIPTORS = "/proc/self/fd/";
  private static final int UMASK = 022;
  private static final int PERMISSIONS = 07777;

  /** The flags of openat2 that there are here. */
  private static final int READING = Linux.O_CLOEXEC | Linux.O_NONBLOCK;

  private static final int RESOLVING =
      Linux.RESOLVE_BENEATH
          | Linux.RESOLVE_NO_SYMLINKS // there are none
          | Linux.RESOLVE_NO_MAGICLINKS
          | Linux.RESOLVE_NO_XDEV;

  private final Kernel kernel;
  private final FileTable table;
  private final FileTree disk;

  PathOps(Kernel kernel, FileTable table) {
    this.kernel = kernel;
    this.table = table;
    this.disk = kernel.disk;
  }

  // ---- opening

  /** Source: do_open of fs/namei.c. */
  int open(long address, int flags, int mode) {
    String path = kernel.memory.path(address);
    if (path == null) {
      return -Errno.EFAULT;
    }
    if (FileOps.has(flags, Linux.O_PATH)) {
      return kernel.unsupported("open(O_PATH)");
    }
    boolean create = FileOps.has(flags, Linux.O_CREAT);
    if (create && FileOps.has(flags, Abi.CURRENT.oDirectory)) {
      return -Errno.EINVAL;
    }
    int result = table.checkRoom(1);
    if (result < 0) {
      return result;
    }
    FileNode own = ofDescriptor(path);
    if (own != null) {
      return open(own, flags);
    }
    FileTree.Place place = disk.find(path);
    if (place.error() < 0) {
      return absent("open", path, place.error());
    }
    if (place.node() != null) {
      return create && FileOps.has(flags, Linux.O_EXCL) ? -Errno.EEXIST : open(place.node(), flags);
    }
    if (!create) {
      return absent("open", path, -Errno.ENOENT);
    }
    if (place.asFolder()) {
      return -Errno.EISDIR;
    }
    FileNode made = disk.make(place, FileNode.Kind.REGULAR, mode & PERMISSIONS & ~UMASK);
    return opened(made, flags);
  }

  /** Source: do_sys_openat2 of fs/open.c; for reading what is there, from an open folder. */
  int openat2(int folderFd, long address, long how, long size) {
    if (size != Linux.SIZEOF_OPEN_HOW) {
      return size < Linux.SIZEOF_OPEN_HOW ? -Errno.EINVAL : kernel.unsupported("openat2(" + size);
    }
    if (!kernel.memory.valid(how, size)) {
      return -Errno.EFAULT;
    }
    long flags = kernel.memory.getLong(how + Offsets.OPEN_HOW__FLAGS);
    long resolve = kernel.memory.getLong(how + Offsets.OPEN_HOW__RESOLVE);
    boolean isBeneath = (resolve & Linux.RESOLVE_BENEATH) != 0;
    if ((flags & ~READING) != 0 || (resolve & ~RESOLVING) != 0 || !isBeneath) {
      return kernel.unsupported("openat2(flags=" + flags + ", resolve=" + resolve + ")");
    }
    if (kernel.memory.getLong(how + Offsets.OPEN_HOW__MODE) != 0) {
      return -Errno.EINVAL;
    }
    String path = kernel.memory.path(address);
    if (path == null) {
      return -Errno.EFAULT;
    }
    int result = table.checkRoom(1);
    Description description = table.get(folderFd);
    if (result < 0 || description == null) {
      return result < 0 ? result : -Errno.EBADF;
    }
    FileNode from = description.file.node();
    if (from == null || !from.isFolder()) {
      return -Errno.ENOTDIR;
    }
    int wayOut = wayOut(path);
    FileTree.Place place = disk.find(from, wayOut < 0 ? path : path.substring(0, wayOut) + ".");
    FileNode node = place.node();
    if (place.error() < 0 || node == null) {
      return place.error() < 0 ? place.error() : -Errno.ENOENT;
    }
    return wayOut < 0 ? open(node, (int) flags) : -Errno.EXDEV;
  }

  /**
   * Where a path leaves what it begins in, by going up or by being absolute: what stands before
   * that is looked up first. -1 if it does not.
   */
  private static int wayOut(String path) {
    if (path.startsWith("/")) {
      return 0;
    }
    int depth = 0;
    int at = 0;
    for (String name : path.split("/", -1)) {
      depth += name.equals("..") ? -1 : name.isEmpty() || name.equals(".") ? 0 : 1;
      if (depth < 0) {
        return at;
      }
      at += name.length() + 1;
    }
    return -1;
  }

  private int open(FileNode node, int flags) {
    boolean isChange = accessOf(flags) != Linux.O_RDONLY || FileOps.has(flags, Linux.O_CREAT);
    if (node.isFolder() && isChange) {
      return -Errno.EISDIR;
    }
    if (!node.isFolder() && FileOps.has(flags, Abi.CURRENT.oDirectory)) {
      return -Errno.ENOTDIR;
    }
    if (node.kind == FileNode.Kind.SOCKET) {
      return -Errno.ENXIO;
    }
    int fd = opened(node, flags);
    if (node.kind == FileNode.Kind.REGULAR && FileOps.has(flags, Linux.O_TRUNC)) {
      node.content.clear();
      disk.touch(node);
      disk.events().modified(node);
    }
    return fd;
  }

  private int opened(FileNode node, int flags) {
    boolean isWritable = accessOf(flags) != Linux.O_RDONLY;
    File file =
        node.kind == FileNode.Kind.REGULAR
            ? new RegularFile(disk, node, isWritable)
            : new AlwaysReadyFile(disk, node, isWritable);
    node.openCount++;
    disk.events().opened(node);
    int status = accessOf(flags) | (flags & FileOps.STATUS_FLAGS);
    return table.open(file, status, FileOps.has(flags, Linux.O_CLOEXEC));
  }

  /** Opens {@code /dev/null} for reading and writing. */
  int openNull() {
    FileNode node = disk.find("/dev/null").node();
    if (node == null) {
      throw new IllegalStateException("the disk lacks /dev/null");
    }
    return opened(node, Linux.O_RDWR);
  }

  private static int accessOf(int flags) {
    return flags & (Linux.O_WRONLY | Linux.O_RDWR);
  }

  // ---- names

  int unlink(long address) {
    String path = kernel.memory.path(address);
    return path == null ? -Errno.EFAULT : absent("unlink", path, disk.unlink(path));
  }

  int mkdir(long address, int mode) {
    String path = kernel.memory.path(address);
    return path == null
        ? -Errno.EFAULT
        : absent("mkdir", path, disk.makeFolder(path, mode & PERMISSIONS & ~UMASK));
  }

  int rmdir(long address) {
    String path = kernel.memory.path(address);
    return path == null ? -Errno.EFAULT : absent("rmdir", path, disk.removeFolder(path));
  }

  int rename(long oldAddress, long newAddress) {
    String from = kernel.memory.path(oldAddress);
    String to = kernel.memory.path(newAddress);
    if (from == null || to == null) {
      return -Errno.EFAULT;
    }
    return absent("rename", from, absent("rename", to, disk.rename(from, to)));
  }

  /**
   * The result of a call with a path. What a kernel has and this one has not is no file that is not
   * there: that it was asked for is noted.
   */
  private int absent(String call, String path, int result) {
    boolean isKernels =
        path.startsWith("/proc/") || path.startsWith("/sys/") || path.startsWith("/dev/");
    return result == -Errno.ENOENT && isKernels
        ? kernel.unsupported(call + "(" + path + ")")
        : result;
  }

  /** The file on the disk behind {@code /proc/self/fd/N}; null if the path is none of these. */
  private @Nullable FileNode ofDescriptor(String path) {
    if (!path.startsWith(OWN_DESCRIPTORS)) {
      return null;
    }
    String number = path.substring(OWN_DESCRIPTORS.length());
    if (!number.matches("[0-9]{1,9}")) {
      return null;
    }
    Description description = table.get(Integer.parseInt(number));
    return description == null ? null : description.file.node();
  }

  int addWatch(int fd, long address, int mask) {
    if ((mask & ~InotifyFile.KNOWN) != 0 || mask == 0) {
      return -Errno.EINVAL;
    }
    Description description = table.get(fd);
    if (description == null) {
      return -Errno.EBADF;
    }
    int both = Linux.IN_MASK_ADD | Linux.IN_MASK_CREATE;
    if ((mask & both) == both || !(description.file instanceof InotifyFile inotify)) {
      return -Errno.EINVAL;
    }
    String path = kernel.memory.path(address);
    if (path == null) {
      return -Errno.EFAULT;
    }
    FileNode node = ofDescriptor(path);
    if (node == null) {
      FileTree.Place place = disk.find(path);
      node = place.node();
      if (place.error() < 0 || node == null) {
        return absent("inotify_add_watch", path, place.error() < 0 ? place.error() : -Errno.ENOENT);
      }
    }
    return FileOps.has(mask, Linux.IN_ONLYDIR) && !node.isFolder()
        ? -Errno.ENOTDIR
        : inotify.watch(node, mask);
  }

  // ---- statx

  /** Source: do_statx of fs/stat.c. */
  int statx(int folderFd, long address, int flags, int mask, long target) {
    int known = Linux.AT_EMPTY_PATH | Linux.AT_SYMLINK_NOFOLLOW | Linux.AT_STATX_SYNC_TYPE;
    boolean isSync = (flags & Linux.AT_STATX_SYNC_TYPE) == Linux.AT_STATX_SYNC_TYPE;
    if (mask < 0 || isSync || (flags & ~known) != 0) {
      return -Errno.EINVAL;
    }
    String path = kernel.memory.path(address);
    if (path == null) {
      return -Errno.EFAULT;
    }
    FileNode from = null;
    if (folderFd != Linux.AT_FDCWD && !path.startsWith("/")) {
      Description description = table.get(folderFd);
      if (description == null) {
        return path.isEmpty() && !FileOps.has(flags, Linux.AT_EMPTY_PATH)
            ? -Errno.ENOENT
            : -Errno.EBADF;
      }
      from = description.file.node();
      if (path.isEmpty() && FileOps.has(flags, Linux.AT_EMPTY_PATH)) {
        return from == null
            ? show(new FileStatus(description.file.mode()), target)
            : show(FileStatus.of(from), target);
      }
      if (from == null && !path.isEmpty()) {
        return -Errno.ENOTDIR;
      }
    }
    FileNode node = ofDescriptor(path);
    if (node == null) {
      boolean isHere = path.isEmpty() && FileOps.has(flags, Linux.AT_EMPTY_PATH);
      FileTree.Place place = disk.find(from, isHere ? "/" : path);
      node = place.node();
      if (place.error() < 0 || node == null) {
        return absent("statx", path, place.error() < 0 ? place.error() : -Errno.ENOENT);
      }
    }
    return show(FileStatus.of(node), target);
  }

  private int show(FileStatus status, long target) {
    if (!kernel.memory.valid(target, Linux.SIZEOF_STATX)) {
      return -Errno.EFAULT;
    }
    kernel.memory.copyOut(status.encoded(), 0, target, Linux.SIZEOF_STATX);
    return 0;
  }
}
