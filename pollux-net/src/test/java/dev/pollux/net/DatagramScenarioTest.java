package dev.pollux.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.model.Faults;
import dev.pollux.model.ModelSys;
import dev.pollux.sys.NativeSys;
import dev.pollux.sys.Sys;
import dev.pollux.sys.SysException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Circumstances of datagrams: see {@code docs/scenarios.md}. */
@ParameterizedClass(name = "[{0}]")
@MethodSource("dev.pollux.net.StreamScenarioTest#setups")
class DatagramScenarioTest {

  @Parameter Setup setup;
  private DatagramBox box;
  private Sys sys;
  private Map<Integer, String> openBefore;

  @BeforeEach
  void open() {
    sys = setup.model() ? ModelSys.virtual(1, Faults.none()) : NativeSys.open();
    openBefore = openDescriptors();
    box = new DatagramBox(sys);
  }

  private Map<Integer, String> openDescriptors() {
    return sys instanceof ModelSys model ? model.openDescriptors() : Inside.openDescriptors();
  }

  @AfterEach
  void close() {
    box.close();
    assertEquals(openBefore, openDescriptors(), "open descriptors");
  }

  private DatagramBox.Peer peer() throws SysException {
    boolean edge = setup.trigger().isEdge();
    return box.open(DatagramBox.loopback(), DatagramOptions.DEFAULT.withEdge(edge));
  }

  @Test
  void connected_hearsItsPeerOnly() throws SysException {
    DatagramBox.Peer a = peer();
    DatagramBox.Peer b = peer();
    DatagramBox.Peer stranger = peer();
    a.endpoint.connect(b.address());
    assertTrue(stranger.send("not for you", a));
    box.turns(5);
    assertTrue(b.send("for you", a));
    a.expect("for you");
    assertTrue(a.endpoint.send(DatagramBox.bytes("answer")));
    b.expect("answer");
  }

  @Test
  void connectedAgain_toAnother_isTheOthers() throws SysException {
    DatagramBox.Peer a = peer();
    DatagramBox.Peer b = peer();
    DatagramBox.Peer c = peer();
    a.endpoint.connect(b.address());
    assertTrue(a.endpoint.send(DatagramBox.bytes("one")));
    b.expect("one");
    a.endpoint.connect(c.address());
    assertTrue(a.endpoint.send(DatagramBox.bytes("two")));
    c.expect("two");
    assertEquals(List.of(), b.log);
  }

  @Test
  void sendWithinReceived_toOneself_comesInALaterTurn() throws SysException {
    DatagramBox.Peer a = peer();
    int[] left = {20};
    a.action =
        _ -> {
          try {
            if (left[0]-- > 0) {
              assertTrue(a.send("again", a));
            }
          } catch (SysException e) {
            throw new AssertionError(e);
          }
        };
    assertTrue(a.send("again", a));
    box.until(() -> a.log.size() == 21);
    box.turns(3);
    assertEquals(21, a.log.size());
  }

  @Test
  void close_beforeAnythingWasDone_isTold() throws SysException {
    DatagramBox.Peer a = peer();
    a.endpoint.close();
    a.endpoint.close();
    a.expect("closed");
    assertFalse(a.endpoint.isOpen());
    assertThrows(IllegalStateException.class, () -> a.endpoint.send(DatagramBox.bytes("x")));
  }

  @Test
  void nobodyReceives_sendsAreForgotten_andTheSenderGoesOn() throws SysException {
    DatagramBox.Peer a = peer();
    DatagramBox.Peer b = peer();
    InetSocketAddress gone = (InetSocketAddress) b.address();
    b.endpoint.close();
    b.expect("closed");
    for (int i = 0; i < 10; i++) {
      assertTrue(a.endpoint.send(DatagramBox.bytes("into the void"), gone));
      box.turns(2);
    }
    DatagramBox.Peer c = peer();
    assertTrue(a.send("and on", c));
    c.expect("and on");
    assertTrue(a.endpoint.isOpen());
  }

  @Test
  void empty_datagrams_arriveAsSuch() throws SysException {
    DatagramBox.Peer a = peer();
    DatagramBox.Peer b = peer();
    for (int i = 0; i < 3; i++) {
      assertTrue(a.send("", b));
    }
    b.expect("", "", "");
    assertTrue(b.endpoint.isOpen());
  }
}
