package dev.pollux.junit;

import dev.pollux.sim.Invariant;
import dev.pollux.sim.Sim;
import dev.pollux.sim.SimFailure;
import dev.pollux.sim.SimReport;
import dev.pollux.sim.SimRuns;
import java.lang.reflect.Method;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.ReflectionSupport;
import org.opentest4j.TestAbortedException;

/** One invocation for JUnit, in which the method is called once for each seed. */
final class SimulatedExtension implements TestTemplateInvocationContextProvider {

  @Override
  public boolean supportsTestTemplate(ExtensionContext context) {
    return true; // it comes with the annotation
  }

  @Override
  public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
      ExtensionContext context) {
    Method method = context.getRequiredTestMethod();
    if (!List.of(method.getParameterTypes()).contains(Sim.class)) {
      throw new ExtensionConfigurationException(
          "@Simulated: " + method + " takes no Sim, so there is nothing to run; give it one");
    }
    String test = context.getRequiredTestClass().getName() + "#" + method.getName();
    Simulated options = method.getAnnotation(Simulated.class);
    return Stream.of(new AllRuns(runs(method, test, options), method));
  }

  private static SimRuns runs(Method method, String test, Simulated options) {
    SimRuns runs;
    try {
      runs =
          Sim.seeds(options.runs())
              .from(options.from())
              .givingUpOn(TestAbortedException.class)
              .lasting(Duration.parse(options.lasting()))
              .replay(test.contains("$") ? "'-Dtest=" + test + "'" : "-Dtest=" + test);
    } catch (DateTimeParseException | IllegalArgumentException e) {
      throw new ExtensionConfigurationException("@Simulated: " + method + ": " + e.getMessage(), e);
    }
    for (Invariant invariant : options.without()) {
      runs = runs.without(invariant);
    }
    return options.repeated() ? runs.repeated() : runs;
  }

  private record AllRuns(SimRuns runs, Method method) implements TestTemplateInvocationContext {

    @Override
    public String getDisplayName(int index) {
      return runs.toString();
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
      return List.of(new World(method), new Runner(runs, method));
    }
  }

  /** Takes the place of the world, of which there is a new one each time the method is called. */
  private record World(Method method) implements ParameterResolver {

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == Sim.class
          && parameter.getDeclaringExecutable().equals(method);
    }

    @Override
    public @Nullable Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return null;
    }
  }

  private record Runner(SimRuns runs, Method method) implements InvocationInterceptor {

    @Override
    public void interceptTestTemplateMethod(
        Invocation<@Nullable Void> invocation,
        ReflectiveInvocationContext<Method> called,
        ExtensionContext context)
        throws Throwable {
      invocation.skip(); // it is called here, and often
      Object test = called.getTarget().orElseThrow();
      @Nullable Object[] arguments = called.getArguments().toArray();
      List<Class<?>> types = List.of(method.getParameterTypes());
      SimReport report;
      try {
        report =
            runs.run(sim -> {
              @Nullable Object[] own = arguments.clone();
              own[types.indexOf(Sim.class)] = sim;
              call(test, own);
            });
      } catch (SimFailure e) {
        if (e.getCause() instanceof TestAbortedException aborted) {
          throw aborted; // an assumption of the test holds in none of the runs
        }
        throw e;
      }
      if (report.givenUp() == report.runs()) {
        throw new TestAbortedException("the run was given up");
      }
      context.publishReportEntry(
          Map.of(
              "pollux.sim.runs", Integer.toString(report.runs()),
              "pollux.sim.given-up", Integer.toString(report.givenUp()),
              "pollux.sim.steps", Long.toString(report.steps()),
              "pollux.sim.faults", report.faults().toString(),
              "pollux.sim.never-met", report.neverMet().toString()));
    }

    /** By JUnit, to which the test's module is open. */
    private void call(Object test, @Nullable Object[] arguments) {
      Object _ = ReflectionSupport.invokeMethod(method, test, arguments);
    }
  }
}
