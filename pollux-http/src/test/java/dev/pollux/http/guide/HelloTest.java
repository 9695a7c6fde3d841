package dev.pollux.http.guide;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.http.HttpAnswer;
import dev.pollux.http.HttpCall;
import dev.pollux.model.Fault;
import dev.pollux.model.Faults;
import dev.pollux.model.ModelSys;
import dev.pollux.sys.SysException;
import org.junit.jupiter.api.Test;

class HelloTest {

  @Test
  void whoIsNamed_isGreeted() {
    HttpAnswer answer = HttpCall.get("/hello/Ann").to(Hello.SERVICE);
    assertEquals(200, answer.status());
    assertEquals("Hello Ann\n", answer.text());
  }

  @Test
  void whoIsNamed_isGreeted_thoughTheKernelGivesAByteAtATime() throws SysException {
    Faults faults = Faults.none().with(Fault.SHORT_READ, 1).with(Fault.SHORT_WRITE, 1);
    HttpAnswer answer = HttpCall.get("/hello/Ann").on(ModelSys.virtual(1, faults), Hello.SERVICE);
    assertEquals("Hello Ann\n", answer.text());
  }
}
