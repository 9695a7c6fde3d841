package dev.pollux.lab;

/**
 * A picture as SVG text, for documents: opaque, and with a palette for a light and one for a dark
 * page, which the viewer's browser chooses.
 *
 * <p>Units: pixels; {@code y} of a text is its base line.
 */
final class Svg {

  /** Fonts whose letters are all of one width, of whatever system shows it. */
  static final String MONOSPACED =
      "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace";

  private static final String COLOURS =
      """
      .page{fill:#f6f8fa;stroke:#d0d7de}
      .box{fill:#ffffff;stroke:#57606a}
      .line{fill:none;stroke:#57606a}
      text,.tip{fill:#1f2328}
      .dim{fill:#57606a}
      .red{fill:#b3261e}
      .bar{fill:#1f2328}
      .on-bar{fill:#f6f8fa}
      @media (prefers-color-scheme:dark){
      .page{fill:#161b22;stroke:#30363d}
      .box{fill:#0d1117;stroke:#8b949e}
      .line{stroke:#8b949e}
      text,.tip{fill:#e6edf3}
      .dim{fill:#9ea7b1}
      .red{fill:#ff7b72}
      .bar{fill:#e6edf3}
      .on-bar{fill:#161b22}
      }
      """;

  private final StringBuilder text = new StringBuilder();

  /**
   * A picture with an empty page.
   *
   * @param title what is seen, for who cannot see it
   * @param style CSS beside the colours
   */
  Svg(int width, int height, String title, String style) {
    add("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\"".formatted(width, height));
    add(" width=\"%d\" height=\"%d\" role=\"img\">\n".formatted(width, height));
    add("<title>%s</title>\n".formatted(escaped(title)));
    add("<style>\n%s%s</style>\n".formatted(COLOURS, style));
    add("<rect class=\"page\" x=\"0.5\" y=\"0.5\" width=\"%d\"".formatted(width - 1));
    add(" height=\"%d\" rx=\"6\"/>\n".formatted(height - 1));
  }

  /** Adds XML. */
  void add(String xml) {
    text.append(xml);
  }

  /** The text of a document as XML. */
  static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  /** The whole picture. */
  String end() {
    return text + "</svg>\n";
  }
}
