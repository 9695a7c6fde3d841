package dev.pollux.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Tests that leave something behind fail, and others do not. */
class LeavesNothingTest {

  private static final Sys SYS = NativeSys.open();
  private static final List<Integer> LEFT = new ArrayList<>();

  private static TestExecutionResult run(Class<?> tests) {
    List<TestExecutionResult> results = new ArrayList<>();
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(tests)).build();
    LauncherFactory.create()
        .execute(
            request,
            new TestExecutionListener() {
              @Override
              public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (test.isTest()) {
                  results.add(result);
                }
              }
            });
    LEFT.forEach(SYS::close);
    LEFT.clear();
    assertEquals(1, results.size());
    return results.getFirst();
  }

  @LeavesNothing
  static class Clean {
    @Test
    void opensAndCloses() throws Exception {
      ServerSocketChannel.open().close();
    }
  }

  @LeavesNothing
  static class InTheBackground {
    @Test
    void closesLater() {
      int fd = SYS.eventfd(0, 0);
      Thread _ = Thread.ofVirtual().start(() -> SYS.close(fd));
    }
  }

  @LeavesNothing(graceMillis = 0)
  static class Leaky {
    @Test
    void leaves() {
      LEFT.add(SYS.eventfd(0, 0));
    }
  }

  static class OneOfTwo {
    @Test
    @LeavesNothing(graceMillis = 0)
    void leaves() {
      LEFT.add(SYS.eventfd(3, 0));
    }
  }

  @Test
  void whatIsClosed_passes() {
    assertEquals(TestExecutionResult.Status.SUCCESSFUL, run(Clean.class).getStatus());
    assertEquals(TestExecutionResult.Status.SUCCESSFUL, run(InTheBackground.class).getStatus());
  }

  @Test
  void whatIsLeft_failsTheTest_byName() {
    for (Class<?> leaky : List.of(Leaky.class, OneOfTwo.class)) {
      Throwable thrown = run(leaky).getThrowable().orElseThrow();
      String message = String.valueOf(thrown.getMessage());
      assertTrue(message.startsWith("the test leaves behind:\n  fd "), message);
      assertTrue(message.contains("(eventfd count"), message);
    }
  }
}
