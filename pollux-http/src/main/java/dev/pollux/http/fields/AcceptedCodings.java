package dev.pollux.http.fields;

import java.util.List;
import java.util.Locale;

/**
 * Which codings of a content a client takes, by its Accept-Encoding. Source: RFC 9110, 12.4.2 and
 * 12.5.3.
 */
public final class AcceptedCodings {

  private static final int MOST = 1000; // a weight of 1
  private static final int UNSAID = -1;

  private final List<String> lines;

  /** Of the lines of the field; none is as good as identity alone. */
  public AcceptedCodings(List<String> lines) {
    this.lines = lines;
  }

  /** How much a coding is liked, in thousandths; 0 is not at all. */
  public int weight(String coding) {
    int named = named(coding);
    if (named != UNSAID) {
      return named;
    }
    int others = named("*");
    if (coding.equals("identity")) {
      return others == 0 ? 0 : 1; // the least, but there
    }
    return Math.max(0, others);
  }

  private int named(String coding) {
    int weight = UNSAID;
    for (String line : lines) {
      for (String each : line.split(",", -1)) {
        int mark = each.indexOf(';');
        String name = (mark < 0 ? each : each.substring(0, mark)).strip().toLowerCase(Locale.ROOT);
        if (name.equals(coding) || (name.equals("x-gzip") && coding.equals("gzip"))) {
          weight = Math.max(weight, mark < 0 ? MOST : quality(each.substring(mark + 1)));
        }
      }
    }
    return weight;
  }

  /** Of "q=0.5"; what is none is taken for 0. */
  private static int quality(String parameter) {
    String text = parameter.strip().toLowerCase(Locale.ROOT);
    if (!text.matches("q\\s*=\\s*(0(\\.[0-9]{0,3})?|1(\\.0{0,3})?)")) {
      return 0;
    }
    String number = text.substring(text.indexOf('=') + 1).strip();
    return (int) Math.round(Double.parseDouble(number) * MOST);
  }
}
