package dev.pollux.poll;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGenerator;

/**
 * Display names with the backend in them: {@code add_twice_failsWithEexist [epoll/native]}. A class
 * tells its {@link Fixture} by a static field {@code FIXTURE} in itself or an enclosing class.
 */
final class BackendNames extends DisplayNameGenerator.Standard {

  @Override
  public String generateDisplayNameForNestedClass(List<Class<?>> enclosing, Class<?> nested) {
    return nested.getSimpleName() + " [" + fixture(nested) + "]";
  }

  @Override
  public String generateDisplayNameForMethod(
      List<Class<?>> enclosing, Class<?> testClass, Method method) {
    Fixture fixture = fixture(testClass);
    ByCapability by = method.getAnnotation(ByCapability.class);
    String outcome = "";
    if (by != null && !fixture.supports(by.value())) {
      outcome = " without " + by.value() + ": " + by.otherwise();
    }
    return method.getName() + outcome + " [" + fixture + "]";
  }

  private static Fixture fixture(Class<?> testClass) {
    for (Class<?> c = testClass; c != null; c = c.getEnclosingClass()) {
      try {
        Field field = c.getDeclaredField("FIXTURE");
        field.setAccessible(true);
        return (Fixture) field.get(null);
      } catch (NoSuchFieldException _) {
        // the enclosing class has it
      } catch (IllegalAccessException e) {
        throw new IllegalStateException(e);
      }
    }
    throw new IllegalStateException("no FIXTURE in or around " + testClass.getName());
  }
}
