package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a handler may hear of, the one behind hears too, once. */
class ForwardingHandlerTest {

  static Method[] calls() {
    return ConnectionHandler.class.getMethods();
  }

  @ParameterizedTest
  @MethodSource("calls")
  void everyCall_isPassedOn(Method call) throws Exception {
    List<Method> heard = new ArrayList<>();
    ConnectionHandler inner =
        (ConnectionHandler)
            Proxy.newProxyInstance(
                ConnectionHandler.class.getClassLoader(),
                new Class<?>[] {ConnectionHandler.class},
                (_, method, _) -> {
                  heard.add(method);
                  return null;
                });
    Object _ = call.invoke(new PassOn(inner), new Object[call.getParameterCount()]);
    assertEquals(List.of(call), heard);
  }
}
