package dev.pollux.kqueue.fuzz;

import java.util.List;

/**
 * One step of a program. Descriptors stand in slots, files have numbers for names: a step for which
 * nothing stands there, or that would put something where something stands, does nothing, so that
 * any of them can be left out.
 */
sealed interface Step {

  /** How many slots there are. */
  int SLOTS = 10;

  /** How many names of files. */
  int NAMES = 3;

  record OpenPipe(int reader, int writer) implements Step {}

  record OpenPair(int one, int other) implements Step {}

  record OpenFile(int slot, int name, boolean isReadOnly, boolean isCut) implements Step {}

  record Duplicate(int from, int to) implements Step {}

  record Close(int slot) implements Step {}

  record Write(int slot, int count) implements Step {}

  /** Writes until there is no room. */
  record Fill(int slot) implements Step {}

  record Read(int slot, int count) implements Step {}

  /** How is one of {@code SHUT_RD}, {@code SHUT_WR}, {@code SHUT_RDWR}. */
  record Shutdown(int slot, int how) implements Step {}

  record Unlink(int name) implements Step {}

  record Rename(int from, int to) implements Step {}

  record Advance(long nanos) implements Step {}

  /** Under virtual time: {@code kevent()} with a timeout. */
  record Wait(long nanos) implements Step {}

  /** {@code kevent()}: with room 0 without a list of events. */
  record Call(List<Change> changes, int room, boolean isOneArray) implements Step {}

  /** Waits so often that all that is due must have come, whatever the room. */
  record Drain(int room) implements Step {}
}
