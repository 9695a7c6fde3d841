package dev.pollux.poll;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.pollux.model.ModelSys;
import dev.pollux.sys.Sys;
import java.util.SortedMap;

/** A model kernel with real threads, on the clock that the deadlines of the tests go by. */
final class ModelKernel implements Kernel {

  private static final String FILE = "/file";

  private final ModelSys sys = ModelSys.threads(System::nanoTime);

  ModelKernel() {
    sys.putFile(FILE, "content\n".getBytes(US_ASCII));
  }

  @Override
  public Sys sys() {
    return sys;
  }

  @Override
  public String name() {
    return "model";
  }

  @Override
  public String regularFile() {
    return FILE;
  }

  @Override
  public boolean hasEpollPwait2() {
    return true;
  }

  @Override
  public SortedMap<Integer, String> openDescriptors() {
    return sys.openDescriptors();
  }

  @Override
  public Object currentThread() {
    return Thread.currentThread();
  }

  @Override
  public void awaitBlocked(Object thread, Deadline deadline) {
    Thread waiter = (Thread) thread;
    deadline.await(() -> sys.isBlocked(waiter) || !waiter.isAlive());
  }
}
