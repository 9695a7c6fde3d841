package dev.pollux.bench;

import dev.pollux.bench.EchoResults.Phase;
import java.awt.Color;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.style.Styler.LegendPosition;

/**
 * The echo benchmark as a chart: processor time for each message, as a multiple of one server's.
 */
final class EchoChart {

  private static final int WIDTH = 1100;
  private static final int HEIGHT = 560;

  private static final Color[] COLORS = {
    new Color(0x4d4d4d),
    new Color(0x1b7837),
    new Color(0x7fbf7b),
    new Color(0x2166ac),
    new Color(0xb2182b),
    new Color(0xef8a62),
    new Color(0xf4a582),
    new Color(0x998ec3),
  };

  private final CategoryChart chart;

  EchoChart(EchoResults results, String terms) {
    List<String> servers = results.servers();
    String unit = servers.contains(EchoBars.C) ? EchoBars.C : servers.getFirst();
    chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title("Processor time of echo servers for each message: " + terms)
            .xAxisTitle("profile")
            .yAxisTitle("median of the rounds' ratios, " + unit + " = 1")
            .build();
    chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setYAxisMin(0.0);
    chart.getStyler().setAntiAlias(true);
    chart.getStyler().setSeriesColors(COLORS);
    List<String> labels = results.profiles().stream().map(EchoProfile::label).toList();
    for (String server : servers) {
      List<Double> ratios = new ArrayList<>();
      for (EchoProfile profile : results.profiles()) {
        ratios.add(results.cpuRatio(profile, server, unit, Phase.CLOSED).orElse(0));
      }
      chart.addSeries(server, labels, ratios);
    }
  }

  /** Writes the chart as an SVG image. */
  void writeSvg(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      ChartEncoder.saveChart(chart, out, "SVG");
    }
  }
}
