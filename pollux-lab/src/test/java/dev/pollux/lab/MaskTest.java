package dev.pollux.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.sys.Linux;
import org.junit.jupiter.api.Test;

class MaskTest {

  @Test
  void text_namesEventsAndModes() {
    assertEquals("IN ET", Mask.IN.and(Mask.ET).toString());
    assertEquals("none", new Mask(0).toString());
    assertEquals("IN 0x40", new Mask(Linux.EPOLLIN | Linux.EPOLLRDNORM).toString());
  }
}
