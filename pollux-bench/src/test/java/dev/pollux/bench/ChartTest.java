package dev.pollux.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class ChartTest {

  @Test
  void chart_isWrittenAsValidSvgAndPng_withAColourASeries(@TempDir Path folder) throws Exception {
    Chart chart = new Chart("title of it", "x", "y");
    chart.names(List.of("first", "second"));
    List<Double> xs = List.of(1.0, 2.0);
    chart.series("one", 0, 0, xs, List.of(Spread.of(1, 2, 4), Spread.of(2, 3, 4)));
    chart.series("two", 1, -1, xs, List.of(Spread.of(1), Spread.of(2)));
    Path svg = folder.resolve("chart.svg");
    Path png = folder.resolve("chart.png");
    chart.write(svg);
    chart.write(png);
    assertEquals("\u0089PNG", Files.readString(png, StandardCharsets.ISO_8859_1).substring(0, 4));
    assertEquals(1000, ImageIO.read(png.toFile()).getWidth());
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
    Document document = factory.newDocumentBuilder().parse(svg.toFile());
    assertEquals("svg", document.getDocumentElement().getTagName());
    String text = Files.readString(svg);
    // Words are drawn: there are no letters to look for.
    for (String colour : List.of("rgb(0,114,178)", "rgb(213,94,0)")) {
      assertTrue(text.contains(colour), colour);
    }
    assertEquals("title of it", chart.title());
  }
}
