package dev.pollux.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SysTest {

  /** An implementation that was written before any call was. */
  private static final Sys BARE =
      new Sys() {
        @Override
        public long nanoTime() {
          return 42;
        }
      };

  @Test
  void call_notImplemented_isEnosys() throws ReflectiveOperationException {
    int calls = 0;
    for (Method method : Sys.class.getMethods()) {
      if (method.getReturnType() == int.class) {
        Object[] zeros = new Object[method.getParameterCount()];
        Arrays.setAll(zeros, i -> method.getParameterTypes()[i] == int.class ? (Object) 0 : 0L);
        assertEquals(-Errno.ENOSYS, method.invoke(BARE, zeros), method::getName);
        calls++;
      }
    }
    assertEquals(Sys.class.getMethods().length - 1, calls, "all but nanoTime");
  }

  @Test
  void abstractMethods_areTheClockOnly() {
    List<String> left =
        Arrays.stream(Sys.class.getMethods())
            .filter(method -> Modifier.isAbstract(method.getModifiers()))
            .map(Method::getName)
            .toList();
    assertEquals(List.of("nanoTime"), left);
  }
}
