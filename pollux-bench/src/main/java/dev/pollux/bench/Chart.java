package dev.pollux.bench;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Medians as markers, and a whisker through each from the least to the greatest round.
 *
 * <p>A series has its own colour, marker and dashes: two of them are told apart without the colour,
 * and the colours by who confuses red and green (the palette is that of Okabe and Ito).
 */
final class Chart {

  private static final int WIDTH = 1000;
  private static final int HEIGHT = 560;

  private static final List<Color> COLORS =
      List.of(
          new Color(0x0072b2), // blue
          new Color(0xd55e00), // vermilion
          new Color(0x009e73), // bluish green
          new Color(0xcc79a7), // reddish purple
          new Color(0xe69f00), // orange
          new Color(0x56b4e9), // sky blue
          new Color(0x000000));

  private static final List<Marker> MARKERS =
      List.of(
          SeriesMarkers.CIRCLE,
          SeriesMarkers.SQUARE,
          SeriesMarkers.TRIANGLE_UP,
          SeriesMarkers.DIAMOND,
          SeriesMarkers.CROSS,
          SeriesMarkers.TRIANGLE_DOWN,
          SeriesMarkers.PLUS,
          SeriesMarkers.RECTANGLE);

  private static final float[][] DASHES = {{1, 0}, {7, 4}, {2, 3}, {8, 3, 2, 3}};

  private final XYChart chart;

  Chart(String title, String xTitle, String yTitle) {
    chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle(xTitle)
            .yAxisTitle(yTitle)
            .build();
    chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setYAxisMin(0.0);
    chart.getStyler().setXAxisMin(0.0);
    chart.getStyler().setAntiAlias(true);
  }

  String title() {
    return chart.getTitle();
  }

  /** Names below x = 1, 2 and so on in the place of the numbers. */
  void names(List<String> names) {
    chart.getStyler().setXAxisMax(names.size() + 1.0);
    chart.getStyler().setXAxisTicksVisible(false);
    chart.getStyler().setAnnotationTextFont(chart.getStyler().getAxisTickLabelsFont());
    for (int i = 0; i < names.size(); i++) {
      chart.addAnnotation(new AnnotationText(names.get(i), i + 1, 0, false));
    }
  }

  /**
   * Adds a series.
   *
   * @param style which colour and marker
   * @param dashes which dashes of the line through the medians; negative for no line
   */
  void series(String name, int style, int dashes, List<Double> xs, List<Spread> ys) {
    Color color = COLORS.get(style % COLORS.size());
    XYSeries medians = chart.addSeries(name, xs, ys.stream().map(Spread::median).toList());
    medians.setMarker(MARKERS.get((style + 3 * Math.max(0, dashes)) % MARKERS.size()));
    medians.setMarkerColor(color);
    medians.setLineColor(color);
    medians.setLineStyle(
        dashes < 0
            ? new BasicStroke(0)
            : new BasicStroke(
                1.6f,
                BasicStroke.CAP_BUTT,
                BasicStroke.JOIN_ROUND,
                10,
                DASHES[dashes % DASHES.length],
                0));
    if (dashes < 0) {
      medians.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
    }
    for (int i = 0; i < xs.size(); i++) {
      double x = xs.get(i);
      Spread y = ys.get(i);
      XYSeries whisker =
          chart.addSeries(name + " at " + x, List.of(x, x), List.of(y.least(), y.greatest()));
      whisker.setMarker(SeriesMarkers.NONE);
      whisker.setLineColor(color);
      whisker.setLineStyle(new BasicStroke(1.2f));
      whisker.setShowInLegend(false);
    }
  }

  /** Whether the ending of a file says how a chart is written there. */
  static boolean isKnown(Path file) {
    return isNamed(file, ".svg") || isNamed(file, ".png");
  }

  /** Writes the chart; the ending of the file says how: {@code .svg} or {@code .png}. */
  void write(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      ChartEncoder.saveChart(chart, out, isNamed(file, ".png") ? "PNG" : "SVG");
    }
  }

  private static boolean isNamed(Path file, String ending) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(ending);
  }
}
