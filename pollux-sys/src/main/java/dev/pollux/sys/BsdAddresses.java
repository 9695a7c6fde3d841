package dev.pollux.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * Socket addresses: on a BSD the first byte is the length and the second the family, where Linux
 * has a family of two bytes. What follows is the same.
 */
final class BsdAddresses {

  private static final int FAMILY_BYTES = 2;

  private final Profile profile;
  private final NumberMap families;
  private final int longestUnix;

  BsdAddresses(Profile profile) {
    this.profile = profile;
    this.families = new NumberMap(profile, Kind.ADDRESS_FAMILY);
    this.longestUnix =
        profile.offset(Field.SOCKADDR_UN_PATH) + profile.width(Field.SOCKADDR_UN_PATH);
  }

  /** The system's number of a family; {@link NumberMap#NONE} if it has no such. */
  int family(int ours) {
    return families.toSystem(ours);
  }

  /** Pollux's number of a family. */
  int ourFamily(int theirs) {
    int ours = families.fromSystem(theirs);
    return ours == NumberMap.NONE ? theirs : ours;
  }

  /**
   * Writes an address into the scratch memory.
   *
   * @return 0, or {@code -errno}: EINVAL for a length that none has, EAFNOSUPPORT for a family that
   *     the system has not, ENAMETOOLONG for a path that Linux would take
   */
  int toSystem(BsdScratch scratch, long address, int length) {
    if (length < FAMILY_BYTES || length > Linux.SIZEOF_SOCKADDR_STORAGE) {
      return -Errno.EINVAL;
    }
    MemorySegment from = BsdScratch.at(address, length);
    int ours = from.get(JAVA_SHORT_UNALIGNED, 0);
    int family = families.toSystem(ours);
    if (family == NumberMap.NONE) {
      return -Errno.EAFNOSUPPORT;
    }
    if (ours == Linux.AF_UNIX && length > longestUnix) {
      return -Errno.ENAMETOOLONG;
    }
    MemorySegment to = scratch.memory;
    MemorySegment.copy(from, 0, to, BsdScratch.ADDRESS, length);
    BsdFields.write(profile, to, BsdScratch.ADDRESS, Field.SOCKADDR_LENGTH, length);
    BsdFields.write(profile, to, BsdScratch.ADDRESS, Field.SOCKADDR_FAMILY, family);
    return 0;
  }

  /**
   * Makes an address that the system wrote into one of Linux, where it stands; its length. A Unix
   * socket without a name has a path of zeros there, and none here.
   */
  int fromSystem(long address, int room, int length) {
    if (address == 0 || room < FAMILY_BYTES || length < FAMILY_BYTES) {
      return length;
    }
    MemorySegment at = BsdScratch.at(address, FAMILY_BYTES);
    int family = at.get(JAVA_BYTE, profile.offset(Field.SOCKADDR_FAMILY)) & 0xff;
    int ours = ourFamily(family);
    at.set(JAVA_SHORT_UNALIGNED, 0, (short) ours);
    boolean isUnnamed = ours == Linux.AF_UNIX && isZero(address, Math.min(room, length));
    return isUnnamed ? FAMILY_BYTES : length;
  }

  private static boolean isZero(long address, int length) {
    MemorySegment all = BsdScratch.at(address, length);
    for (int i = FAMILY_BYTES; i < length; i++) {
      if (all.get(JAVA_BYTE, i) != 0) {
        return false;
      }
    }
    return true;
  }

  /** The same, of a call that was given where the length stands. */
  int fromSystem(int result, long address, long lengthAddress, int room) {
    if (result >= 0 && address != 0 && lengthAddress != 0) {
      int length = fromSystem(address, room, length(lengthAddress));
      BsdScratch.at(lengthAddress, Integer.BYTES).set(JAVA_INT_UNALIGNED, 0, length);
    }
    return result;
  }

  /** What stands where a length does; 0 if nothing does. */
  static int length(long lengthAddress) {
    return lengthAddress == 0
        ? 0
        : BsdScratch.at(lengthAddress, Integer.BYTES).get(JAVA_INT_UNALIGNED, 0);
  }
}
