package dev.pollux.bench;

import dev.pollux.poll.Backend;
import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The pipes benchmark as a chart: the time of a run against the count of watched pairs. */
final class PipesChart {

  private static final int WIDTH = 900;
  private static final int HEIGHT = 560;
  private static final double NANOS_PER_MICRO = 1000;

  private final XYChart chart;

  PipesChart(PipesResults results, String terms) {
    chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title("Time of a run against watched pairs: " + terms)
            .xAxisTitle("watched socket pairs, N")
            .yAxisTitle("median time of a run, µs")
            .build();
    chart.getStyler().setLegendPosition(LegendPosition.InsideNW);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setYAxisMin(0.0);
    chart.getStyler().setXAxisMin(0.0);
    chart.getStyler().setAntiAlias(true);
    for (Backend backend : results.backends()) {
      addSeries(results, backend, Contestant.JAVA);
      addSeries(results, backend, Contestant.C);
    }
  }

  private void addSeries(PipesResults results, Backend backend, Contestant contestant) {
    if (!results.has(contestant)) {
      return;
    }
    List<Integer> sizes = results.sizes().stream().sorted().toList();
    List<Double> micros =
        sizes.stream().map(n -> results.median(backend, n, contestant) / NANOS_PER_MICRO).toList();
    boolean java = contestant == Contestant.JAVA;
    Marker marker = java ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE;
    XYSeries series = chart.addSeries(backend.label() + ", " + contestant.label(), sizes, micros);
    series.setMarker(marker);
    series.setMarkerColor(color(backend));
    series.setLineColor(color(backend));
    series.setLineStyle(java ? solid() : dashed());
  }

  /** Writes the chart as a PNG image. */
  void writePng(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      ChartEncoder.saveChart(chart, out, "PNG");
    }
  }

  /** Writes the chart as an SVG image. */
  void writeSvg(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      ChartEncoder.saveChart(chart, out, "SVG");
    }
  }

  private static Color color(Backend backend) {
    return switch (backend) {
      case EPOLL -> new Color(0x1b7837);
      case POLL -> new Color(0x2166ac);
      case SELECT -> new Color(0xb2182b);
    };
  }

  private static BasicStroke solid() {
    return new BasicStroke(2);
  }

  private static BasicStroke dashed() {
    float[] pattern = {6, 4};
    return new BasicStroke(1.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, pattern, 0);
  }
}
