package dev.pollux.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** {@link Film}: it shows what a walk shows, screen by screen. */
class FilmTest {

  private static final Experiment D3 = Experiments.find("D3").orElseThrow();
  private static final int ACT = 2;

  @Test
  void film_hasTheScreensOfTheWalk_inTurn() throws Exception {
    List<List<String>> screens = walked();
    NodeList groups = parsed(Film.of(D3, ACT)).getElementsByTagName("g");

    assertEquals(screens.size(), groups.getLength());
    for (int i = 0; i < screens.size(); i++) {
      Element group = (Element) groups.item(i);
      List<String> lines = screens.get(i).stream().filter(line -> !line.isBlank()).toList();
      NodeList texts = group.getElementsByTagName("text");
      for (int line = 0; line < lines.size(); line++) {
        assertEquals(lines.get(line), texts.item(line).getTextContent());
      }
      assertEquals(lines.size() + 1, texts.getLength(), "one more has the keys");
    }
  }

  @Test
  void film_hasColoursWhereTheTerminalHas() throws Exception {
    String film = Film.of(D3, ACT);
    assertTrue(film.contains("<tspan class=\"red\">[e]</tspan>"), film);
    assertTrue(film.contains("<tspan class=\"bold\">&gt; 12  write "), film);
    assertTrue(film.contains("<tspan class=\"on-bar\">n, blank or right: next "), film);
    assertTrue(!film.contains("\033"), film);
  }

  @Test
  void film_ofWhatWentWrong_isNotMade() {
    Experiment wrong =
        Experiment.of(
            "D0",
            "wrong",
            "Wrong.",
            "wrong",
            Act.of("wrong", Steps.epoll("ep"), Steps.addFails("ep", "ep", "EBADF")));
    assertThrows(IllegalStateException.class, () -> Film.of(wrong, 1));
  }

  /** The screens of the walk through the act, without colours. */
  private static List<List<String>> walked() throws Exception {
    List<List<String>> screens = new ArrayList<>();
    Experiment part =
        Experiment.of(D3.id(), D3.name(), D3.shows(), D3.expects(), D3.acts().get(ACT - 1));
    Walk.Console console =
        new Walk.Console() {
          @Override
          public void show(List<String> lines) {
            screens.add(lines);
          }

          @Override
          public Walk.Key next() {
            return Walk.Key.NEXT;
          }

          @Override
          public int columns() {
            return 80;
          }

          @Override
          public boolean hasColours() {
            return false;
          }
        };
    assertTrue(new Walk(part, Runner.machines(Kernel.MODEL), console).run());
    return screens;
  }

  private static Document parsed(String picture) throws Exception {
    byte[] bytes = picture.getBytes(StandardCharsets.UTF_8);
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(bytes));
  }
}
