package dev.pollux.junit;

import dev.pollux.inspect.Finding;
import dev.pollux.inspect.InspectException;
import dev.pollux.inspect.Leftovers;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.platform.commons.support.AnnotationSupport;
import org.opentest4j.AssertionFailedError;

/** Looks before and after each test. */
final class LeavesNothingExtension implements BeforeEachCallback, AfterEachCallback {

  private static final Namespace NAMESPACE = Namespace.create(LeavesNothingExtension.class);
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long LOOK_AGAIN_NANOS = 20 * NANOS_PER_MILLI;

  private final Sys sys = NativeSys.open();

  @Override
  public void beforeEach(ExtensionContext context) throws InspectException, IOException {
    ServerSocketChannel.open().close(); // with its first channel the JDK opens what it keeps
    context.getStore(NAMESPACE).put(context.getUniqueId(), Leftovers.before(sys));
  }

  @Override
  public void afterEach(ExtensionContext context) throws InspectException {
    Leftovers before = context.getStore(NAMESPACE).remove(context.getUniqueId(), Leftovers.class);
    long end = sys.nanoTime() + graceMillis(context) * NANOS_PER_MILLI;
    List<Finding> left = before.now();
    while (!left.isEmpty() && sys.nanoTime() < end) {
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
      left = before.now();
    }
    if (!left.isEmpty()) {
      throw new AssertionFailedError(
          "the test leaves behind:\n"
              + left.stream()
                  .flatMap(each -> each.evidence().stream())
                  .map(line -> "  " + line)
                  .collect(Collectors.joining("\n")));
    }
  }

  private static long graceMillis(ExtensionContext context) {
    return AnnotationSupport.findAnnotation(context.getElement(), LeavesNothing.class)
        .or(() ->
            AnnotationSupport.findAnnotation(context.getRequiredTestClass(), LeavesNothing.class))
        .map(LeavesNothing::graceMillis)
        .orElseThrow();
  }
}
